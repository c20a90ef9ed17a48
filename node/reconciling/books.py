"""Books: what we have of the traffic with a member, compared with what that member shows of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from federation import seal
from federation.accounts import Book, Line
from federation.charter import Charter
from federation.messages import MemberId
from federation.seal import ASK, NOTICE, Sealed, SigningKey, Statement
from node import store
from node.reconciling import differences
from node.reconciling.differences import APART, Difference, Period, What
from node.store import Store

#: How many agree, and what does not.
Compared = tuple[int, list["Finding"]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, the book of ours in which it is, and whose seal there is for it.

    `sealed_by` is the member under whose seal the question or notice is that one side has, as far
    as it can be proven now; empty when no seal is there that the charter's keys prove.
    """

    book: Book
    difference: Difference
    sealed_by: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """Our side of every comparison. `keyed` makes of a body's digest the one that we noted."""

    us: MemberId
    store: Store
    charter: Callable[[], Charter]
    keyed: Callable[[str], str]

    def questions(self, member: MemberId, book: Book, period: Period) -> list[Line]:
        """Our lines of a period, and a little before and behind it."""
        with self.store.view() as view:
            return store.exchanges.questions(
                view,
                member,
                book,
                since=period.since - APART,
                until=period.until + APART,
                most=-1,
            )

    def asked(
        self, member: MemberId, ours: Sequence[Line], theirs: Sequence[Line], period: Period
    ) -> Compared:
        """What we asked a member, and what it says that it heard of us."""
        with self.store.view() as view:
            agreed, found = differences.questions(
                ours,
                theirs,
                period,
                lambda id: store.exchanges.first(view, member, Book.ASKED, id) is not None,
            )
            said = store.exchanges.said(view, member, [one.id for one in theirs])
        different = {one.begun.id for one in found if one.begun}
        begun = {one.id: one for one in ours if period.holds(one) and one.id not in different}
        other = [
            Difference(what, begun[one.id], one)
            for one in theirs
            if one.id in begun and (what := self._said(member, one, said.get(one.id, "")))
        ]
        return agreed - len(other), self._findings(member, Book.ASKED, [*found, *other])

    def heard(
        self, member: MemberId, ours: Sequence[Line], theirs: Sequence[Line], period: Period
    ) -> Compared:
        """What a member says that it asked us, and what we heard."""
        earliest = period.since - APART
        with self.store.view() as view:

            def is_again(id: str) -> bool:
                first = store.exchanges.first(view, member, Book.HEARD, id)
                return first is not None and first.at < earliest

            agreed, found = differences.questions(theirs, ours, period, is_again)
        return agreed, self._findings(member, Book.HEARD, found)

    def sequences(self, member: MemberId, book: Book, period: Period) -> tuple[int, int]:
        """The first and last notice that we sent a member in a period, or took of it."""
        with self.store.view() as view:
            return store.exchanges.sequences(view, member, book, period.since, period.until)

    def notices(
        self, member: MemberId, book: Book, after: int, through: int, most: int = -1
    ) -> list[Line]:
        """Our lines behind a sequence up to another."""
        with self.store.view() as view:
            return store.exchanges.notices(
                view, member, book, after=after, through=through, most=most
            )

    def last(self, member: MemberId, book: Book) -> int:
        """The last notice that we sent a member, or took of it."""
        with self.store.view() as view:
            lane = store.mail.lane(view, member)
        return lane.assigned if book is Book.SENT else lane.received

    def mail(
        self, member: MemberId, book: Book, ours: Sequence[Line], theirs: Sequence[Line], last: int
    ) -> Compared:
        """Our notices and a member's of the same sequences; `last` is the last that it has."""
        own = self.last(member, book)
        if book is Book.SENT:
            agreed, found = differences.notices(ours, theirs, assigned=own, received=last)
        else:
            agreed, found = differences.notices(theirs, ours, assigned=last, received=own)
        return agreed, self._findings(member, book, found)

    def _said(self, member: MemberId, line: Line, said: str) -> What | None:
        """How a question that a member shows as ours is not what we noted, None when it is."""
        if line.word == differences.TURNED_AWAY:
            return None
        if line.kept is None:
            return What.NOT_SHOWN
        statement = seal.read(line.kept.statement)
        is_ours = statement is not None and _names(statement, self.us, member, line)
        is_same = not said or (statement and self.keyed(statement.body_digest) == said)
        return None if is_ours and is_same else What.OTHER_QUESTION

    def _findings(self, member: MemberId, book: Book, found: Sequence[Difference]) -> list[Finding]:
        return [Finding(book, one, self._sealed_by(member, book, one)) for one in found]

    def _sealed_by(self, member: MemberId, book: Book, difference: Difference) -> str:
        """Who provably sealed what one of both sides keeps: whoever began it.

        What had been here before its key was revoked stays proof; what is shown to us now is none.
        """
        is_ours = book in (Book.ASKED, Book.SENT)
        begun_by = (self.us, member) if is_ours else (member, self.us)
        keys = self.charter().member(begun_by[0]).signing_keys
        here = difference.begun if is_ours else difference.met
        is_held = any(
            _holds(one, keys, begun_by, arrived_at=one.at if one is here else None)
            for one in _kept(difference)
        )
        return begun_by[0] if is_held else ""


def _kept(difference: Difference) -> Iterator[Line]:
    """The lines of a difference with a statement, that of the side it went to first."""
    return (one for one in (difference.met, difference.begun) if one and one.kept)


def _holds(
    line: Line,
    keys: Sequence[SigningKey],
    begun_by: tuple[MemberId, MemberId],
    *,
    arrived_at: datetime | None,
) -> bool:
    if line.kept is None:
        return False
    kept = line.kept
    sealed = Sealed(kept.statement, kept.key_id, kept.signature, b"")
    statement = seal.stated(sealed, keys, arrived_at=arrived_at)
    return statement is not None and _names(statement, *begun_by, line)


def _names(statement: Statement, sender: MemberId, audience: MemberId, line: Line) -> bool:
    """Whether a statement is of the question or notice of a line, and between these two."""
    if (statement.sender, statement.audience) != (sender, audience):
        return False
    if line.sequence:
        return (statement.method, statement.sequence) == (NOTICE, line.sequence)
    return (statement.method, statement.id) == (ASK, line.id)
