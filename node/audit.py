"""Audit entries: what was done, by whom, why and to what effect; chained, so that no edit hides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from federation.messages import MemberId, Question
from federation.witness import leaf_hash
from node import codes

GENESIS = bytes(32)


Operation = codes.Operation


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that was done; never content, only references and keyed digests.

    `person` and `role` are who did it, here or at the member `peer`; `records` are our own ids;
    `question_digest` is keyed, so that only its node can test a guess; `ground` is the rule or
    fault that decided, for a supervisor, never for the asker. `digests` are of what was said, by
    whom: `body` is what we asked, keyed; a member's id or our own stands for its answer. The
    store adds when, where and the place in the log.
    """

    operation: Operation
    event: str
    person: str = ""
    role: str = ""
    peer: str = ""
    recipients: tuple[str, ...] = ()
    question: str = ""
    question_digest: str = ""
    case: str = ""
    purpose: str = ""
    topic: str = ""
    reason: str = ""
    is_urgent: bool = False
    records: tuple[str, ...] = ()
    handling: tuple[str, ...] = ()
    counts: Mapping[str, int] = MappingProxyType({})
    ground: str = ""
    digests: Mapping[str, str] = MappingProxyType({})


def entry_about(question: Question, digest: str = "", **what: Any) -> Entry:  # noqa: ANN401 - Entry's fields
    """An entry that says who asks and why, and by its keyed digest what; `what` says the rest."""
    return Entry(
        person=question.asker.person,
        role=question.asker.role,
        question=question.id,
        question_digest=digest,
        case=question.case,
        purpose=question.purpose,
        topic=question.topic,
        is_urgent=question.is_urgent,
        **what,
    )


class Framed(msgspec.Struct, frozen=True):
    """An entry in its place: what is hashed. `previous` is the hash before it, in hex."""

    seq: int
    at: datetime
    node: MemberId
    previous: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored: its exact bytes, their hash, and our signature under both."""

    seq: int
    data: bytes
    hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log goes: the place and hash of its last entry, signed."""

    seq: int
    hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that does not hold, and what is wrong with it."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class About:
    """What somebody wants to read of a log; what is empty asks for nothing in particular."""

    since: datetime | None = None
    until: datetime | None = None
    person: str = ""
    record: str = ""
    member: str = ""
    case: str = ""
    operation: str = ""

    def __str__(self) -> str:
        """What is asked for in words; of everything no word."""
        days = {"from": self.since, "to": self.until}
        said = [f"{word} {day:%Y-%m-%d}" for word, day in days.items() if day]
        words = ("person", "record", "member", "case", "operation")
        said += [f"{word} {getattr(self, word)}" for word in words if getattr(self, word)]
        return ", ".join(said)

    def named(self, framed: Framed) -> set[str]:
        """Which of person, record and member an entry names, whatever else is asked for."""
        entry = framed.entry
        found = {
            "person": self.person == entry.person,
            "record": self.record in entry.records,
            "member": self.member in (entry.peer, *entry.recipients),
        }
        return {what for what, is_named in found.items() if is_named}

    def fits(self, framed: Framed) -> bool:
        """Whether an entry is about all of it."""
        entry = framed.entry
        return (
            (self.since is None or framed.at >= self.since)
            and (self.until is None or framed.at <= self.until)
            and self.person in ("", entry.person)
            and self.case in ("", entry.case)
            and self.operation in ("", entry.operation)
            and (not self.record or self.record in entry.records)
            and (not self.member or self.member in (entry.peer, *entry.recipients))
        )


class Rows(Protocol):
    """The rows of a log: all in their order, and single ones by their place from 0."""

    def __iter__(self) -> Iterator[Row]:
        """Every row in order."""

    def __getitem__(self, place: int, /) -> Row:
        """The row of a place, which is there."""


class Notary(Protocol):
    """Signs for the node and knows its own signature again."""

    def sign(self, data: bytes) -> bytes:
        """A signature under these bytes."""

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether this is our signature under these bytes."""


def encode(entry: Entry, *, seq: int, at: datetime, node: MemberId, previous: bytes) -> bytes:
    """The exact bytes of an entry in its place."""
    return _ENCODER.encode(Framed(seq, at, node, previous.hex(), entry))


def framed(row: Row) -> Framed:
    """What a row of a whole log says: the entry, when and where."""
    return _DECODER.decode(row.data)


def decode(row: Row) -> Entry:
    """The entry that a row holds."""
    return framed(row).entry


def row_statement(node: MemberId, seq: int, hash: bytes) -> bytes:
    """What is signed for one entry: its place and hash. It is no head, and no other message."""
    return b"amber audit entry v1\0%b\0%d\0%b" % (node.encode(), seq, hash)


def head_statement(node: MemberId, seq: int, hash: bytes) -> bytes:
    """What is signed for the head: that the log ends here. Only the last one is kept."""
    return b"amber audit head v1\0%b\0%d\0%b" % (node.encode(), seq, hash)


def verify(rows: Rows, head: Head | None, *, node: MemberId, notary: Notary) -> Break | None:
    """None when the log is whole, else the first entry that was edited, deleted, inserted or moved.

    `rows` are read once. When the log is not whole, a few of them are looked at again to name the
    first entry that was not signed by us: an editor can recompute every hash after an edit. The
    signed head tells how far the log must go, so that entries cut off its end are missed too.

    What it cannot see: whoever holds the signing key can write another log, and whoever puts
    back rows and head of an earlier day together shows a log that was whole then. Only those who
    remember a later head can tell.
    """
    last, broken = _chained(rows, _NONE_YET)
    broken = broken or _ended(last, head, node, notary)
    return _unsigned(rows, broken, node, notary) if broken else None


def first_break(rows: Iterable[Row], before: Row | None = None) -> Break | None:
    """The first of these rows that does not follow the one before it, by hashes alone, or None.

    `before` is the row that stands before them; without it they begin the log.
    """
    return _chained(rows, before or _NONE_YET)[1]


def _chained(rows: Iterable[Row], last: Row) -> tuple[Row, Break | None]:
    """The last row up to which every entry names the one before it, and the break after it."""
    for row in rows:
        if what := _misplaced(row, last):
            return last, Break(last.seq + 1, what)
        last = row
    return last, None


def _misplaced(row: Row, last: Row) -> str:
    """What is wrong with a row as the one that follows `last`, or nothing."""
    if row.seq != last.seq + 1:
        return "deleted"
    if leaf_hash(row.data) != row.hash:
        return "edited"
    try:
        found = framed(row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "edited: it is no entry"
    if found.seq != row.seq:
        return "moved or inserted"
    return "" if found.previous == last.hash.hex() else "it does not follow the entry before it"


def _ended(last: Row, head: Head | None, node: MemberId, notary: Notary) -> Break | None:
    """What is wrong with the end of a log whose entries follow one another, or None."""
    if head is None:
        return Break(last.seq + 1, "the head is missing: entries may have been cut off here")
    if not notary.holds(head_statement(node, head.seq, head.hash), head.signature):
        return Break(last.seq + 1, "the head is not ours: entries may have been cut off here")
    if last.seq < head.seq:
        return Break(last.seq + 1, "deleted")
    if last.seq > head.seq:
        return Break(head.seq + 1, "inserted after the end")
    return None if last.hash == head.hash else Break(last.seq, "edited")


def _unsigned(rows: Rows, broken: Break, node: MemberId, notary: Notary) -> Break:
    """The first row before a break that we did not sign, else the break itself.

    Every row there names the hash of the one before it. So one that we signed vouches for all
    before it, and the first that is not ours is found by halving: 20 signatures of a million rows.
    """
    ours, other = 0, broken.seq
    while other - ours > 1:
        middle = rows[(ours + other) // 2 - 1]
        if notary.holds(row_statement(node, middle.seq, middle.hash), middle.signature):
            ours = middle.seq
        else:
            other = middle.seq
    if other == broken.seq:
        return broken
    return Break(other, "edited or inserted: its signature is not ours")


#: What the first row of a log follows.
_NONE_YET = Row(0, b"", GENESIS, b"")
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Framed)
