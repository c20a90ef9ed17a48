"""The calls of the desk about the audit logs, ours and those that we witness."""

import asyncio
import functools
from contextlib import aclosing
from datetime import datetime, timedelta

from federation.accounts import Book, Line
from federation.errors import InvalidError
from node.api.admission import Admission, Caller, Stream, answered, streamed
from node.api.forms import first_moment, last_moment, member_from
from node.api.lists import stepped
from node.audit import About, Framed, Operation
from node.reconciling.books import Finding
from node.reconciling.comparing import Reconciled
from node.store.instants import microseconds
from protos.node.v1 import node_pb2 as pb

#: How far back books are compared unless somebody says otherwise.
MONTH = timedelta(days=30)


class AuditCalls(Admission):
    """The part of the desk port that is about audit logs."""

    @answered
    async def VerifyAudit(
        self, request: pb.VerifyAuditRequest, caller: Caller
    ) -> pb.VerifyAuditResponse:
        """Prove the log."""
        verify = functools.partial(self._house.administration.verify, by=caller.person)
        entries, broken = await asyncio.to_thread(verify)
        return pb.VerifyAuditResponse(
            entries=entries,
            whole=broken is None,
            broken_at=broken.seq if broken else 0,
            broken=broken.what if broken else "",
        )

    @streamed
    async def ReportAudit(
        self, request: pb.ReportAuditRequest, caller: Caller
    ) -> Stream[pb.ReportAuditResponse]:
        """List what the log says of something."""
        entries = self._house.administration.report(_about(request), by=caller.person)
        async with aclosing(stepped(entries)) as taken:
            async for entry in taken:
                yield pb.ReportAuditResponse(entry=_entry_to(entry))

    @streamed
    async def ReconcileAudit(
        self, request: pb.ReconcileAuditRequest, caller: Caller
    ) -> Stream[pb.ReconcileAuditResponse]:
        """Compare books with a member."""
        member = member_from(request.member)
        since, until = self._period(request)
        compared = self._house.reconciling.reconcile(member, caller.asker, since, until)
        async with aclosing(compared) as steps:
            async for step in steps:
                yield _compared_to(step)

    def _period(self, request: pb.ReconcileAuditRequest) -> tuple[datetime, datetime]:
        now = self._house.clock()
        until = last_moment(request.until) if request.until else now
        since = first_moment(request.since) if request.since else until - MONTH
        _check_order(since, until)
        return since, until

    @answered
    async def AcceptLog(self, request: pb.AcceptLogRequest, caller: Caller) -> pb.AcceptLogResponse:
        """Take a member's log as it stands."""
        member = member_from(request.member)
        accept = functools.partial(self._house.administration.accept_log, by=caller.person)
        await asyncio.to_thread(accept, member, request.reason)
        return pb.AcceptLogResponse()


def _compared_to(step: Finding | Reconciled) -> pb.ReconcileAuditResponse:
    if isinstance(step, Finding):
        return pb.ReconcileAuditResponse(finding=_finding_to(step))
    result = pb.Reconciled(
        member=step.member,
        outcome=step.outcome,
        reason=step.reason,
        doubt=step.doubt,
        doubted_at=step.doubted_at,
        agreed={str(book): count for book, count in step.agreed.items()},
        explained=step.explained,
        gaps=step.gaps,
        proven=step.proven,
        entries=step.size,
        unproven=step.unproven,
    )
    return pb.ReconcileAuditResponse(result=result)


def _finding_to(finding: Finding) -> pb.Finding:
    difference, is_ours = finding.difference, finding.book in (Book.ASKED, Book.SENT)
    sides = (difference.begun, difference.met)
    ours, theirs = sides if is_ours else sides[::-1]
    either = ours or theirs
    return pb.Finding(
        book=finding.book,
        what=difference.what,
        gap=difference.what.is_gap,
        question=either.id if either else "",
        sequence=either.sequence if either else 0,
        ours=_line_to(ours),
        theirs=_line_to(theirs),
        sealed_by=finding.sealed_by,
    )


def _line_to(line: Line | None) -> pb.BookLine | None:
    if line is None:
        return None
    return pb.BookLine(at=microseconds(line.at), word=line.word, entry=line.entry)


def _about(request: pb.ReportAuditRequest) -> About:
    if request.operation and request.operation not in set(Operation):
        raise InvalidError(f"--operation must be one of {', '.join(Operation)}")
    since = first_moment(request.since) if request.since else None
    until = last_moment(request.until) if request.until else None
    _check_order(since, until)
    return About(
        since=since,
        until=until,
        person=request.person.strip(),
        record=request.record.strip(),
        member=member_from(request.member),
        case=request.case_reference,
        operation=request.operation,
    )


def _check_order(since: datetime | None, until: datetime | None) -> None:
    if since and until and since > until:
        raise InvalidError("--since is a later day than --until: nothing lies between the two")


def _entry_to(framed: Framed) -> pb.AuditEntry:
    entry = framed.entry
    return pb.AuditEntry(
        seq=framed.seq,
        at=microseconds(framed.at),
        node=framed.node,
        operation=entry.operation,
        event=entry.event,
        person=entry.person,
        role=entry.role,
        peer=entry.peer,
        recipients=entry.recipients,
        case_reference=entry.case,
        purpose=entry.purpose,
        topic=entry.topic,
        reason=entry.reason,
        urgent=entry.is_urgent,
        records=entry.records,
        handling=entry.handling,
        counts=entry.counts,
        question=entry.question,
        question_digest=entry.question_digest,
        ground=entry.ground,
        digests=entry.digests,
    )
