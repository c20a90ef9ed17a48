"""Audit logs, as a person's command asks for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from node.desk.plain import Plain, each, fields, told
from protos.node.v1 import node_pb2 as pb
from protos.node.v1 import node_pb2_grpc


class AuditCalls:
    """The part of a desk that is about audit logs."""

    _calls: "node_pb2_grpc.DeskAsyncStub"

    async def verify_audit(self) -> Plain:
        """Whether the audit log is whole, or the first entry that does not hold."""
        response = await told(self._calls.VerifyAudit(pb.VerifyAuditRequest()))
        return fields(response)

    async def report_audit(self, about: dict[str, str]) -> AsyncIterator[Plain]:
        """What the log says of something, entry by entry; instants as ISO 8601."""
        async for response in each(self._calls.ReportAudit(pb.ReportAuditRequest(**about))):
            yield _entry(response.entry)

    async def reconcile_audit(
        self, member: str, since: str, until: str
    ) -> AsyncIterator[tuple[str, Plain]]:
        """Each difference as a `finding`, then the `result`; instants as ISO 8601."""
        request = pb.ReconcileAuditRequest(member=member, since=since, until=until)
        async for response in each(self._calls.ReconcileAudit(request)):
            if response.HasField("finding"):
                yield "finding", _finding(response.finding)
            else:
                yield "result", _reconciled(response.result)

    async def accept_log(self, member: str, reason: str) -> None:
        """Take a member's log as it stands from now on."""
        await told(self._calls.AcceptLog(pb.AcceptLogRequest(member=member, reason=reason)))


def _finding(finding: pb.Finding) -> Plain:
    sides: Plain = {
        "ours": _line(finding.ours) if finding.HasField("ours") else None,
        "theirs": _line(finding.theirs) if finding.HasField("theirs") else None,
    }
    return fields(finding) | sides


def _line(line: pb.BookLine) -> Plain:
    return fields(line) | {"at": _instant(line.at)}


def _reconciled(result: pb.Reconciled) -> Plain:
    return fields(result) | {"agreed": dict(result.agreed)}


def _instant(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="milliseconds")


def _entry(entry: pb.AuditEntry) -> Plain:
    lists = {
        "at": _instant(entry.at),
        "recipients": list(entry.recipients),
        "records": list(entry.records),
        "handling": list(entry.handling),
        "counts": dict(entry.counts),
        "digests": dict(entry.digests),
    }
    return fields(entry) | lists
