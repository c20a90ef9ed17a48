"""What members show one another of their books, to be compared: frozen values, library-free."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from federation.messages import Asker
from federation.witness import TreeHead


class Book(StrEnum):
    """What a member's books hold of its traffic with another one."""

    ASKED = "asked"
    HEARD = "heard"
    SENT = "sent"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Which page of which book a person of the sender's wants to see.

    `since` and `until` are the first and last moment; of notices that of being put in the outbox.
    `after` is behind which line to go on: of notices a sequence, of questions an entry among
    those of the moment `since`. `through` is the last sequence, 0 that of the period. `known` is
    the size of the receiver's log from which its head is to be proven.
    """

    asker: Asker
    book: Book
    since: datetime
    until: datetime
    after: int = 0
    through: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as its sender sealed it, without the body."""

    statement: bytes
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One question (by `id`) or notice (by `sequence`) as one member's books have it.

    `word` says how it ended, `entry` where it stands in that member's log (0: nowhere yet),
    `answer` the digest of what was answered, `theirs` the place that the other side gave for
    its answer. `kept` is the statement, where it was kept. `leaf` is the hash of the entry and
    `inclusion` the proof that it is in the log.
    """

    at: datetime
    word: str
    entry: int
    id: str = ""
    sequence: int = 0
    answer: str = ""
    theirs: int = 0
    kept: Kept | None = None
    leaf: bytes = b""
    inclusion: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """One page of a member's book, and the head of its log that holds every line.

    `through` is the last sequence of the notices asked for, `last` the last that there is at all.
    """

    lines: tuple[Line, ...]
    has_more: bool
    head: TreeHead
    consistency: tuple[bytes, ...] = ()
    through: int = 0
    last: int = 0
