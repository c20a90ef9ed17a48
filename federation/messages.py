"""Question, Hit, Answer, Outcome, Notice, Receipt: frozen values, the same word on the wire.

Everything that crosses from one node to another is first one of these. They hold plain text
and numbers; whether a text is a known code is judged by the node, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NewType

from federation.alarms import Alarm
from federation.meetings import (
    Consent,
    Encounter,
    Handle,
    Parting,
    Place,
    Probe,
    ProbeAnswer,
    ProbeProof,
)
from federation.votes import CharterAdopted, Vote

MemberId = NewType("MemberId", str)
PersonId = NewType("PersonId", str)
QuestionId = NewType("QuestionId", str)
Reference = NewType("Reference", str)
NoticeId = NewType("NoticeId", str)
WatchId = NewType("WatchId", str)

EVERYONE = "ALL"
GROUP_PREFIX = "group:"

_EMPTY: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Share(IntEnum):
    """How much of a record a member may see; higher shows more."""

    HIDDEN = 0
    HIT = 1
    CORE = 2
    FULL = 3


class OutcomeKind(StrEnum):
    """How the asking of one member ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    LATE = "late"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Marking:
    """Who may see a record, how much of it, and how it may be used.

    Unset means hidden and nobody. `handling` are Europol codes and combine; `audience` names
    members, `group:ID` or `ALL`, and an empty one means nobody. `review_on` is the day the
    owner looks at the record again. `tell` is how the owner's people are told when a member's
    question touches the record; an empty one means not at all. Only the owner relaxes a marking.
    """

    share: Share = Share.HIDDEN
    audience: frozenset[str] = frozenset()
    handling: frozenset[str] = frozenset({"H0"})
    handling_text: str = ""
    topic: str = "other"
    category: str = "other"
    grade_scheme: str = "europol-4x4"
    source_grade: str = "X"
    information_grade: str = "4"
    review_on: date | None = None
    owner: MemberId = MemberId("")
    tell: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing in FollowTheMoney's shape: its owner's id, a schema word, many-valued properties."""

    id: str
    schema: str
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _EMPTY, hash=False)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of one property, in the owner's order; empty when it has none."""
        return self.properties.get(name, ())

    def first(self, name: str) -> str:
        """The first value of one property, or an empty text."""
        values = self.properties.get(name, ())
        return values[0] if values else ""

    @property
    def caption(self) -> str:
        """The words a list shows for it: its first name or title, else its id."""
        for name in ("name", "title", "alias", "containerNumber", "registrationNumber", "number"):
            if value := self.first(name):
                return value
        return self.id


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number of a known type, as it was typed."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looks for. An empty text is something the asker did not say."""

    name: str = ""
    birth_date: str = ""
    nationality: str = ""
    identifiers: tuple[Identifier, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Asks for the rest of one hit that this member gave us before."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class Asker:
    """The person behind a question and the role in which that person asks."""

    person: PersonId
    role: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question, with everything a member needs to decide whether to answer it.

    `case` and `purpose` are why it is asked; `limit` is the most hits wanted from one member.
    """

    id: QuestionId
    asker: Asker
    case: str
    purpose: str
    seeks: Sought | Detail
    topic: str = ""
    is_urgent: bool = False
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence for or against a hit, in words an analyst can repeat."""

    feature: str
    text: str
    points: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One record of one member that fits the question, cut to what the asker may see.

    `reference` is random for this asker and record. At share `hit` there is no entity,
    marking or reason; at `core` the entity holds name, birth date and schema only.
    `is_owner_told` says that the owner's people were told of the question.
    """

    member: MemberId
    reference: Reference
    score: float
    is_strong: bool
    share: Share
    entity: Entity | None = None
    marking: Marking | None = None
    reasons: tuple[Reason, ...] = ()
    is_owner_told: bool = False


@dataclass(frozen=True, slots=True)
class LogReceipt:
    """Where an answer stands in the log of the member that gave it, and how far that log went then.

    `entry` is its place, from 1; the rest is the head of the log, of at least that size, as the
    member signed it: by this the answer can be proven to be in the log, whatever becomes of it.
    """

    entry: int
    size: int
    root: bytes
    signed_at: datetime
    signature: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member says to one question, best hit first.

    `index_age_s` is the time since that member's records last changed, None when it holds
    none. `is_truncated` says that more was found than one message holds. `receipt` is from the
    log of a member; our own node needs none. `digest` is of what the answer says but for its
    receipt, as it came from a member. `is_veiled` does not travel: the member may not know of all
    that could be found, so neither size nor time of the answer may tell.
    """

    question: QuestionId
    member: MemberId
    hits: tuple[Hit, ...] = ()
    index_age_s: int | None = None
    is_truncated: bool = False
    receipt: LogReceipt | None = None
    digest: str = field(default="", compare=False)
    is_veiled: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one member met one question: its answer, or why there is none, and the time it took.

    `clock_off_s` are the seconds by which its clock is ahead of ours (behind: below 0), 0 as long
    as they agree well enough.
    """

    member: MemberId
    kind: OutcomeKind
    ms: int
    answer: Answer | None = None
    reason: str = ""
    clock_off_s: int = 0


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came back from everybody that was asked: hits best first, and how each member met it.

    `is_complete` only when every member asked has answered; an answer from fewer never looks
    complete.
    """

    question: QuestionId
    hits: tuple[Hit, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every member that was asked has answered."""
        return all(outcome.kind is OutcomeKind.ANSWERED for outcome in self.outcomes)


class WatchState(StrEnum):
    """What a member made of a watch that it was asked to keep."""

    REGISTERED = "registered"
    REFUSED = "refused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Watch:
    """A question that stands until it expires: who fits it now or later raises an alert.

    `threshold` is the least score, 0 to 1, that does.
    """

    id: WatchId
    asker: Asker
    case: str
    purpose: str
    seeks: Sought
    threshold: float
    expires_at: datetime
    topic: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class WatchVerdict:
    """What the member that was asked to keep a watch made of it; it may say a coded ground."""

    watch: WatchId
    state: WatchState
    ground: str = ""


@dataclass(frozen=True, slots=True)
class WatchEnd:
    """A watch is over: nothing of it is kept that still finds."""

    watch: WatchId


@dataclass(frozen=True, slots=True)
class Alert:
    """A record that fits a watch, as much of it as a search would show at that moment.

    What comes again under the same watch and reference is a newer state of the same record.
    """

    watch: WatchId
    hit: Hit


class RecallGround(StrEnum):
    """Why what was told no longer counts."""

    MARKING = "marking"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Recall:
    """What was told under this watch and reference no longer counts."""

    watch: WatchId
    reference: Reference
    ground: RecallGround


@dataclass(frozen=True, slots=True)
class Showing:
    """What the sender shows of an activity of its own that meets another; None is not shown."""

    mine: Handle
    yours: Handle
    kind: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    place: Place | None = None
    target: Sought | None = None


Meeting = Probe | ProbeAnswer | ProbeProof | Encounter | Consent | Showing | Parting
Content = Watch | WatchVerdict | WatchEnd | Alert | Recall | Alarm | Meeting | Vote


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of the durable lane; its place in the mail of its sender is `sequence`.

    What arrives after `expires_at` has no effect; None is never. `sealed_at` is when its sender put
    it in the mail, once its seal was opened.
    """

    id: NoticeId
    sequence: int
    content: Content
    expires_at: datetime | None = None
    sealed_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A notice that arrived and has no effect, and a coded ground as far as one is said."""

    sequence: int
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a member has taken our mail: every notice up to `through` is on its disk.

    `refused` are those of one dispatch that are there and have no effect. `witnessed` is the size
    of our log that the member signed last, `cosignature` what it signs of the head that we
    showed, and `doubt` a word why it does not. `prove` are sizes of our log that others showed
    it, from which it wants a proof next. `missed` is the next charter after ours, which it holds,
    and `charter` the version of its own, as its seal says.
    """

    through: int
    refused: tuple[Refusal, ...] = ()
    witnessed: int = 0
    cosignature: bytes = b""
    doubt: str = ""
    prove: tuple[int, ...] = ()
    missed: CharterAdopted | None = None
    charter: int = 0
