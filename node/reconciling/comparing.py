"""Reconciling: our books of the traffic with one member compared with its own, both ways."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from federation import wire, witness
from federation.accounts import Account, Book, Inquiry, Line
from federation.errors import InvalidError, RefusedError
from federation.fanout import Fanout
from federation.limits import LINES
from federation.messages import Asker, MemberId, Outcome, OutcomeKind
from federation.witness import TreeHead
from node import store
from node.audit import Entry, Operation
from node.policy import Policy
from node.reconciling.books import Books, Compared, Finding
from node.reconciling.differences import APART, WAITING, Difference, Period, What
from node.witnessing import Witnessing

#: So much of a period is compared at once, and so many questions of it at most.
WINDOW, MOST = timedelta(days=7), 500_000
#: The longest period that is compared.
LONGEST = timedelta(days=3_660)
#: Why a member's log is not believed, besides what a witness doubts.
NOT_IN_LOG = "not-in-log"
#: How a comparison ended that did not come to its end by anything that the member did.
STOPPED = "stopped"

_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Reconciled:
    """How a comparison ended: how the member met it, what agreed, what did not.

    An `outcome` other than answered says that it did not come to its end; a `doubt` that the
    member's log contradicts what it signed, at the entry `doubted_at` where that is known.
    `proven` lines of the member's are in its log of `size` entries, `unproven` ones have no place
    in it though they are over: they are of a time before places were noted. It `is_stopped` until
    it came to its end, or the member ended it.
    """

    member: MemberId
    since: datetime
    until: datetime
    outcome: OutcomeKind = OutcomeKind.ANSWERED
    reason: str = ""
    doubt: str = ""
    doubted_at: int = 0
    agreed: dict[Book, int] = field(default_factory=lambda: dict.fromkeys(Book, 0))
    explained: int = 0
    gaps: int = 0
    proven: int = 0
    unproven: int = 0
    size: int = 0
    is_stopped: bool = True


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Compares books with those of one member after the other; on disk before anything leaves.

    A page of the member's counts only under its seal, when the head of its log goes on from the
    one that we know, and when each of its lines is proven to be in that log.
    """

    books: Books
    policy: Policy
    fanout: Fanout
    witnessing: Witnessing
    ids: Callable[[], str]
    timeout_s: float

    async def reconcile(
        self, member: MemberId, asker: Asker, since: datetime, until: datetime
    ) -> AsyncGenerator[Finding | Reconciled, None]:
        """Every difference in a period, then how the comparison ended, which is written down.

        A member that refuses, is late or not reached, or whose log is contradicted, ends it; what
        was found until then stays. Whatever else ends it is written down as having stopped it.
        Raises `RefusedError` when our own policy says no, and `InvalidError` for a member or a
        period that there is none of.
        """
        members = self.books.charter().chosen([member])
        if self.books.us in members:
            raise InvalidError("books are compared with those of another member (--with)")
        if not timedelta() <= until - since <= LONGEST:
            raise InvalidError("a period ends on or after its first day, within ten years")
        result = Reconciled(member, since, until)
        now, known = await asyncio.to_thread(self._begin, result, asker)
        run = _Run(self, asker, result, Period(since, min(until, now), now), known)
        try:
            with suppress(_EndedError):
                async for finding in run.findings():
                    yield finding
            result.is_stopped = False
        finally:
            await asyncio.to_thread(self._end, result, asker)
        yield result

    def _begin(self, result: Reconciled, asker: Asker) -> tuple[datetime, TreeHead | None]:
        """Put on disk that books are compared, or our refusal; now, and what we know of its log."""
        us = self.books.charter().member(self.books.us)
        verdict = self.policy.weigh_inquiry(us.id, us.kind, asker.role, is_own=True)
        operation = Operation.ADMINISTRATION if verdict.is_allowed else Operation.REFUSAL
        event = "reconciling" if verdict.is_allowed else "not reconciled"
        with self.books.store.write() as tx:
            store.audit.append(tx, _entry(operation, event, result, asker, verdict.ground))
            begun = tx.now, store.witness.witnessed(tx, result.member)
        if not verdict.is_allowed:
            raise RefusedError(verdict.ground)
        return begun

    def _end(self, result: Reconciled, asker: Asker) -> None:
        how = STOPPED if result.is_stopped else result.doubt or str(result.outcome)
        entry = _entry(Operation.ADMINISTRATION, "reconciled", result, asker, how)
        counts = {
            "agreed": sum(result.agreed.values()),
            "explained": result.explained,
            "gaps": result.gaps,
            "proven": result.proven,
        }
        with self.books.store.write() as tx:
            store.audit.append(tx, msgspec.structs.replace(entry, counts=counts))


class _EndedError(Exception):
    """The member gives no more pages that count; why stands in the result."""


@dataclass(slots=True)
class _Run:
    """One comparison while it goes on; `known` is the member's log as it was shown last.

    `last` is how far the member says that its mail to us goes, of which `count` lines were read.
    """

    house: Reconciling
    asker: Asker
    result: Reconciled
    period: Period
    known: TreeHead | None
    last: int = 0
    count: int = 0

    async def findings(self) -> AsyncIterator[Finding]:
        """Every difference: of questions window by window, of notices in their order."""
        for window in _windows(self.period):
            for compare in (self._asked, self._heard):
                for finding in self._counted(*await compare(window)):
                    yield finding
        for pages in (self._sent(), self._taken()):
            async for compared in pages:
                for finding in self._counted(*compared):
                    yield finding

    def _counted(self, book: Book, compared: Compared) -> Iterator[Finding]:
        agreed, findings = compared
        self.result.agreed[book] += agreed
        for finding in findings:
            if finding.difference.what.is_gap:
                self.result.gaps += 1
            else:
                self.result.explained += 1
            yield finding

    async def _asked(self, window: Period) -> tuple[Book, Compared]:
        """Ours first: what we ask meanwhile is in the member's book and looked up in ours."""
        books, member = self.house.books, self.result.member
        ours = await asyncio.to_thread(books.questions, member, Book.ASKED, window)
        theirs = await self._questions(Book.HEARD, window)
        return Book.ASKED, await asyncio.to_thread(books.asked, member, ours, theirs, window)

    async def _heard(self, window: Period) -> tuple[Book, Compared]:
        """Theirs first: what it says that we answered is in our book by then."""
        books, member = self.house.books, self.result.member
        theirs = await self._questions(Book.ASKED, window)
        ours = await asyncio.to_thread(books.questions, member, Book.HEARD, window)
        return Book.HEARD, await asyncio.to_thread(books.heard, member, ours, theirs, window)

    async def _questions(self, book: Book, window: Period) -> list[Line]:
        """A member's lines of a window, and a little before and behind it."""
        found: list[Line] = []
        since, until = window.since - APART, window.until + APART
        async for page in self._pages(Inquiry(self.asker, book, since, until)):
            found += page.lines
            _check_count(len(found))
        return found

    async def _sent(self) -> AsyncIterator[tuple[Book, Compared]]:
        """Our notices by as many as a page holds, ours first: they can only come further."""
        books, member = self.house.books, self.result.member
        first, through = await asyncio.to_thread(books.sequences, member, Book.SENT, self.period)
        after, last, has_more = first - 1, 0, True
        while has_more:
            ours = await asyncio.to_thread(
                books.notices, member, Book.SENT, after, through, LINES + 1
            )
            has_more = len(ours) > LINES
            end = ours[LINES - 1].sequence if has_more else through
            theirs: list[Line] = []
            async for page in self._pages(self._of_notices(Book.TAKEN, after, end)):
                theirs, last = [*theirs, *page.lines], page.last
                _check_count(len(theirs))
            ours = ours[:LINES]
            compared = await asyncio.to_thread(books.mail, member, Book.SENT, ours, theirs, last)
            yield Book.SENT, compared
            after = end
        if last > await asyncio.to_thread(books.last, member, Book.SENT):
            yield Book.SENT, self._beyond(Book.SENT, last)

    async def _taken(self) -> AsyncIterator[tuple[Book, Compared]]:
        """The member's notices page by page, theirs first; how far we have them before that.

        Where its period begins and ends the member says itself. What we took in these days and it
        does not show is asked for by our bounds, so that nothing is hidden at either end.
        """
        books, member = self.house.books, self.result.member
        received = await asyncio.to_thread(books.last, member, Book.TAKEN)
        first, through = await asyncio.to_thread(books.sequences, member, Book.TAKEN, self.period)
        shown: list[range] = []
        async for span, compared in self._told(0, 0):
            shown.append(span)
            yield Book.TAKEN, compared
        for span in _beside(range(first, through + 1), shown):
            async for _, compared in self._told(span.start - 1, span.stop - 1):
                yield Book.TAKEN, compared
        if received > self.last:
            yield Book.TAKEN, self._beyond(Book.TAKEN, received)

    async def _told(self, after: int, through: int) -> AsyncIterator[tuple[range, Compared]]:
        """What the member shows of its notices up to a sequence, of the period where that is 0."""
        books, member = self.house.books, self.result.member
        async for page in self._pages(self._of_notices(Book.SENT, after, through)):
            self.last, self.count = page.last, self.count + len(page.lines)
            _check_count(self.count)
            if through or page.lines:
                after = after if after or through else page.lines[0].sequence - 1
                end = page.lines[-1].sequence if page.has_more else through or page.through
                ours = await asyncio.to_thread(books.notices, member, Book.TAKEN, after, end)
                compared = await asyncio.to_thread(
                    books.mail, member, Book.TAKEN, ours, page.lines, self.last
                )
                yield range(after + 1, end + 1), compared
                after = end

    def _beyond(self, book: Book, last: int) -> Compared:
        """The receiver of notices has more of them than their sender ever sent."""
        line = Line(self.period.now, "", 0, sequence=last)
        return 0, [Finding(book, Difference(What.NOT_SENT, None, line))]

    def _of_notices(self, book: Book, after: int, through: int) -> Inquiry:
        since, until = self.period.since, self.period.until
        return Inquiry(self.asker, book, since, until, after=after, through=through)

    async def _pages(self, inquiry: Inquiry) -> AsyncIterator[Account]:
        """Every page of one of the member's books, each believed before it is handed out."""
        has_more = True
        while has_more:
            page = await self._page(inquiry)
            yield page
            has_more = page.has_more
            inquiry = wire.following(inquiry, page) if has_more else inquiry

    async def _page(self, inquiry: Inquiry) -> Account:
        house, member = self.house, self.result.member
        asked = replace(inquiry, known=self.known.size if self.known else 0)
        page = await house.fanout.account(member, house.ids(), asked, timeout_s=house.timeout_s)
        if isinstance(page, Outcome):
            self.result.outcome, self.result.reason = page.kind, page.reason
            raise _EndedError
        if doubt := await asyncio.to_thread(self._doubt, page):
            self.result.doubt = doubt
            raise _EndedError
        self.known, self.result.size = page.head, page.head.size
        self.result.proven += sum(bool(line.entry) for line in page.lines)
        self.result.unproven += sum(_is_unproven(line) for line in page.lines)
        return page

    def _doubt(self, page: Account) -> str:
        """Why a page does not count, written down where its head contradicts an earlier one."""
        house = self.house
        doubt = house.witnessing.goes_on(self.known, page.head, page.consistency)
        if doubt:
            with house.books.store.write() as tx:
                house.witnessing.contradicted(tx, doubt, page.head)
            return doubt
        for line in page.lines:
            if line.entry and not _is_in(line, page.head):
                self.result.doubted_at = line.entry
                return NOT_IN_LOG
        return ""


def _check_count(count: int) -> None:
    """Raise `InvalidError` for more than can be compared: a member may go on without end."""
    if count > MOST:
        raise InvalidError(f"more than {MOST} lines at once: choose a shorter period")


def _beside(ours: range, shown: Sequence[range]) -> Iterator[range]:
    """What of our places lies before and behind all that was shown."""
    begin, end = (shown[0].start, shown[-1].stop) if shown else (ours.stop, ours.stop)
    before, behind = (
        range(ours.start, min(begin, ours.stop)),
        range(max(end, ours.start), ours.stop),
    )
    yield from filter(None, (before, behind))


def _is_in(line: Line, head: TreeHead) -> bool:
    return witness.is_included(line.leaf, line.entry - 1, head, line.inclusion)


def _is_unproven(line: Line) -> bool:
    return not line.entry and line.word != WAITING


def _windows(period: Period) -> Iterator[Period]:
    """The period in pieces that do not overlap."""
    since = period.since
    while since <= period.until:
        until = min(period.until, since + WINDOW - _MICROSECOND)
        yield Period(since, until, period.now)
        since = until + _MICROSECOND


def _entry(
    operation: Operation, event: str, result: Reconciled, asker: Asker, ground: str
) -> Entry:
    days: Mapping[str, datetime] = {"from": result.since, "to": result.until}
    return Entry(
        operation=operation,
        event=event,
        person=asker.person,
        role=asker.role,
        peer=result.member,
        reason=" ".join(f"{word} {day:%Y-%m-%d}" for word, day in days.items()),
        ground=ground,
    )
