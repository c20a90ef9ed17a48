"""Accounting: what a member is shown of our books, a page at a time."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from federation.accounts import Account, Book, Inquiry, Line
from federation.charter import Member
from federation.errors import FederationError, QuotaError, RefusedError, ReplayedError
from federation.limits import LINES
from federation.messages import MemberId
from federation.seal import Statement
from federation.witness import TreeHead
from node import store
from node.audit import Entry, Operation
from node.policy import Policy
from node.store import Store, Tx, View

HOUR = timedelta(hours=1)
#: Pages that one member is shown in an hour: as many lines as questions are answered in 200.
PAGES_PER_HOUR = 3_600

#: Lines of a page, whether more follow, and of notices the last sequence asked for and at all.
Page = tuple[Sequence[Line], bool, int, int]


@dataclass(frozen=True, slots=True)
class Accounting:
    """Shows each member what we have of the traffic with that member, and of nobody else's.

    `sign_for` signs the head of our log by the key that the member knows. Plain synchronous code:
    it is called from several threads.
    """

    store: Store
    policy: Policy
    sign_for: Callable[[MemberId, bytes], bytes]
    quota_per_hour: int = PAGES_PER_HOUR

    def account(self, member: Member, inquiry: Inquiry, statement: Statement) -> Account:
        """A page of one of our books, each line proven to be in the log of the head.

        That it was asked for is on disk before this returns. Raises `RefusedError` when policy
        does not let this member see it, `QuotaError` for too many pages in an hour, and
        `ReplayedError` for an inquiry that came before.
        """
        fault = self.store.together(lambda tx: self._admitted(tx, member, inquiry, statement))
        if fault:
            raise fault
        with self.store.view() as view:
            now, sign = view.house.clock(), functools.partial(self.sign_for, member.id)
            head = store.audit.tree_head(view, now, sign)
            lines, has_more, through, last = _page(view, member.id, inquiry)
            return Account(
                lines=tuple(_proven(view, one, head) for one in lines),
                has_more=has_more,
                head=head,
                consistency=tuple(store.audit.consistency(view, inquiry.known, head.size)),
                through=through,
                last=last,
            )

    def _admitted(
        self, tx: Tx, member: Member, inquiry: Inquiry, statement: Statement
    ) -> FederationError | None:
        """Write down that our books are shown, or why not; the fault of it, if any."""
        role = inquiry.asker.role
        verdict = self.policy.weigh_inquiry(member.id, member.kind, role, is_own=False)
        fault = self._received(tx, statement)
        if not (fault or verdict.is_allowed):
            fault = RefusedError(f"{member.id}: {verdict.ground}")
        entry = Entry(
            operation=Operation.REFUSAL if fault else Operation.ADMINISTRATION,
            event="books not shown" if fault else "books shown",
            person=inquiry.asker.person,
            role=role,
            peer=member.id,
            question=statement.id,
            reason=inquiry.book,
            ground=f"{fault.code}: {fault}" if fault else verdict.ground,
        )
        store.audit.append(tx, entry)
        return fault

    def _received(self, tx: Tx, statement: Statement) -> FederationError | None:
        """Note that this inquiry came; why it gets no answer whatever it asks, or None."""
        sender = MemberId(f"{statement.sender} books")  # apart from its questions
        if not store.seen.remember(tx, sender, statement.id):
            return ReplayedError(f"{statement.sender}: {statement.id}")
        if store.seen.count_since(tx, sender, tx.now - HOUR) > self.quota_per_hour:
            return QuotaError(f"{sender}: more than {self.quota_per_hour} pages in an hour")
        return None


def _page(view: View, member: MemberId, inquiry: Inquiry) -> Page:
    """What there is of a book behind where the inquiry goes on, as much as one page holds."""
    if inquiry.book in (Book.ASKED, Book.HEARD):
        lines, through, last = _questions(view, member, inquiry), 0, 0
    else:
        lines, through, last = _notices(view, member, inquiry)
    return lines[:LINES], len(lines) > LINES, through, last


def _questions(view: View, member: MemberId, inquiry: Inquiry) -> Sequence[Line]:
    return store.exchanges.questions(
        view,
        member,
        inquiry.book,
        since=inquiry.since,
        until=inquiry.until,
        after=inquiry.after,
        most=LINES + 1,
    )


def _notices(view: View, member: MemberId, inquiry: Inquiry) -> tuple[Sequence[Line], int, int]:
    """Notices behind a sequence, the last one that is asked for, and the last that there is."""
    lane, is_sent = store.mail.lane(view, member), inquiry.book is Book.SENT
    after, through = inquiry.after, inquiry.through
    if is_sent and not through:
        period = inquiry.since, inquiry.until
        first, through = store.exchanges.sequences(view, member, Book.SENT, *period)
        after = max(after, first - 1)
    lines = store.exchanges.notices(
        view, member, inquiry.book, after=after, through=through, most=LINES + 1
    )
    return lines, through, lane.assigned if is_sent else lane.received


def _proven(view: View, line: Line, head: TreeHead) -> Line:
    """A line with the proof that its entry is in the log; one without an entry as it is."""
    if not 1 <= line.entry <= head.size:
        return line
    leaf, inclusion = store.audit.proven(view, line.entry, head.size)
    return replace(line, leaf=leaf, inclusion=tuple(inclusion))
