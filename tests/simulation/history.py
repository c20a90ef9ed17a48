"""What happened in a federation, and which of its promises that broke: a pure function.

Whoever runs nodes writes down what was committed where. What a member committed after the state
to which it was later put back no longer counts: `PutBack` says so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

#: How much of a record is shown: nothing, that there is one, its core, all of it.
HIDDEN, HIT, CORE, FULL = range(4)
ALERT, END = "alert", "watchend"
EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a record: who it is about, what may be known of it by whom, its newest fact."""

    member: str
    record: str
    version: int
    subject: str
    share: int
    audience: frozenset[str]
    stamp: str
    is_withdrawn: bool = False

    def shown_to(self, member: str) -> tuple[int, str]:
        """How much of it a member may see, and its fact where that is seen."""
        if self.is_withdrawn:
            return HIDDEN, ""
        is_reached = member == self.member or bool(self.audience & {member, "ALL"})
        share = FULL if member == self.member else self.share if is_reached else HIDDEN
        return share, self.stamp if share == FULL else ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice put in the outbox for `to`; an alert with the record and what it shows of it."""

    member: str
    to: str
    id: str
    kind: str
    watch: str
    record: str = ""
    share: int = HIDDEN
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A notice of `sender` on the disk of `member`; it has an effect unless there is a ground."""

    member: str
    sender: str
    sequence: int
    id: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The sender `member` has noted that `to` has a notice."""

    member: str
    to: str
    id: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """A member was put back to its state when the history was `since` events long."""

    member: str
    since: int


@dataclass(frozen=True, slots=True)
class Holds:
    """In the end: a record as it is held."""

    member: str
    record: str
    version: int


@dataclass(frozen=True, slots=True)
class Watches:
    """In the end: a watch that is not over, of one of this member's people."""

    member: str
    watch: str
    subject: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """In the end: a watch of `owner` that is kept here and not over."""

    member: str
    owner: str
    watch: str


@dataclass(frozen=True, slots=True)
class Shows:
    """In the end: an alert in an inbox; the record is that of its origin, empty when unknown."""

    member: str
    watch: str
    origin: str
    record: str
    times: int
    is_recalled: bool
    share: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Accuses:
    """In the end: a member was named for holding mail back, or for another notice in a place."""

    member: str
    sender: str
    of: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """In the end: what a member still has to do, though nothing keeps it from doing it."""

    member: str
    what: str


Event = (
    Kept
    | Sent
    | Arrived
    | Acknowledged
    | PutBack
    | Holds
    | Watches
    | Stands
    | Shows
    | Accuses
    | Unsettled
)
Kind = TypeVar("Kind")


@dataclass
class Told:
    """A history read once: what counts of it in the end, by kind."""

    history: Sequence[Event]
    counted: dict[str, list[tuple[int, Event]]] = field(default_factory=lambda: defaultdict(list))
    put_back: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for place, event in enumerate(self.history):
            kept = self.counted[event.member]
            if isinstance(event, PutBack):
                self.put_back.add(event.member)
                kept[:] = [(at, one) for at, one in kept if at < event.since]
            else:
                kept.append((place, event))
        self.sent = {one.id: one for one in self.history if isinstance(one, Sent)}
        self.present = {(one.member, one.record): one for one in self.of(Kept)}
        self.standing = {(one.member, one.owner, one.watch) for one in self.of(Stands)}

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """Events of a kind that count, member by member in their order."""
        for events in self.counted.values():
            yield from (event for _, event in events if isinstance(event, kind))


def broken(history: Sequence[Event]) -> list[str]:
    """Every promise that was broken, in words; empty when all were kept."""
    told = Told(history)
    return [wrong for rule in _RULES for wrong in rule(told)]


def _unsettled(told: Told) -> Iterator[str]:
    for one in told.of(Unsettled):
        yield f"unsettled: {one.member} {one.what}"


def _accused(told: Told) -> Iterator[str]:
    """Nobody is named for what it did not do; where one of the two was put back it looks so."""
    for one in told.of(Accuses):
        if not {one.sender, one.member} & told.put_back:
            yield f"accused: {one.sender} by {one.member} of {one.of}"


def _lost_notices(told: Told) -> Iterator[str]:
    """What was put in an outbox is there in the end, with its effect unless it came too late."""
    there = {(one.member, one.id): one for one in told.of(Arrived)}
    watched = {(one.member, one.watch) for one in told.of(Watches)}
    for sent in told.of(Sent):
        arrived = there.get((sent.to, sent.id))
        if arrived is None:
            yield f"lost: {sent.kind} {sent.id} of {sent.member} for {sent.to}"
        elif arrived.ground == EXPIRED and sent.kind == ALERT:
            if (sent.to, sent.watch) in watched:
                yield f"lost: alert {sent.id} expired at {sent.to} before its watch did"
        elif arrived.ground not in ("", EXPIRED) and sent.to not in told.put_back:
            yield f"refused: {sent.kind} {sent.id} of {sent.member}: {arrived.ground}"


def _acknowledged_and_not_there(told: Told) -> Iterator[str]:
    """What a sender believes to be there is on disk by then."""
    there: set[tuple[str, str]] = set()
    for event in told.history:
        if isinstance(event, Arrived):
            there.add((event.member, event.id))
        if isinstance(event, Acknowledged) and (event.to, event.id) not in there:
            yield f"acknowledged before it was stored: {event.id} at {event.to}"


def _order(told: Told) -> Iterator[str]:
    """Each lane counts up by one, but behind a sender that lost what it had sent."""
    through: dict[tuple[str, str], int] = defaultdict(int)
    for one in told.of(Arrived):
        before = through[one.member, one.sender]
        if one.sequence != before + 1 and one.sender not in told.put_back:
            yield f"order: {one.sequence} of {one.sender} after {before} at {one.member}"
        through[one.member, one.sender] = one.sequence


def _effects(told: Told) -> Iterator[str]:
    """An alert counts every state that came once, and no notice twice."""
    came: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for one in told.of(Arrived):
        sent = told.sent.get(one.id)
        if sent and sent.kind == ALERT and not one.ground:
            came[one.member, sent.watch, one.sender, sent.record].add(one.id)
    shown: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for alert in told.of(Shows):
        if alert.origin != alert.member:
            shown[alert.member, alert.watch, alert.origin, alert.record] += alert.times
    for key in came.keys() | shown.keys():
        if len(came[key]) != shown[key]:
            word = "shown twice" if shown[key] > len(came[key]) else "lost in the inbox"
            yield f"{word}: {key}: {len(came[key])} came, {shown[key]} shown"


def _one_alert_each(told: Told) -> Iterator[str]:
    """A watch has one alert of a record, unless its owner lost under which name it told of it."""
    seen: set[tuple[str, str, str, str]] = set()
    for one in told.of(Shows):
        key = (one.member, one.watch, one.origin, one.record)
        if key in seen and one.origin not in told.put_back:
            yield f"shown twice: two alerts of {key}"
        seen.add(key)


def _gate(told: Told) -> Iterator[str]:
    """No alert shows what its receiver could not have found at the moment when it was told."""
    kept: dict[tuple[str, str], list[tuple[int, Kept]]] = defaultdict(list)
    for place, event in enumerate(told.history):
        if isinstance(event, Kept):
            kept[event.member, event.record].append((place, event))
        if isinstance(event, PutBack):
            for key in [key for key in kept if key[0] == event.member]:
                kept[key] = [(at, one) for at, one in kept[key] if at < event.since]
        if isinstance(event, Sent) and event.kind == ALERT:
            versions = kept[event.member, event.record]
            share, stamp = versions[-1][1].shown_to(event.to) if versions else (HIDDEN, "")
            if share == HIDDEN or (event.share, event.stamp) != (share, stamp):
                yield f"gate: {event} of {versions[-1:]}"


def _ended(told: Told) -> Iterator[str]:
    """Behind the end of a watch nothing is told for it."""
    for events in told.counted.values():
        over: set[tuple[str, str]] = set()
        for _, event in events:
            if isinstance(event, Arrived) and not event.ground:
                sent = told.sent.get(event.id)
                if sent and sent.kind == END:
                    over.add((event.sender, sent.watch))
            if isinstance(event, Sent) and event.kind == ALERT and (event.to, event.watch) in over:
                yield f"told after the end of its watch: {event}"


def _stale(told: Told) -> Iterator[str]:
    """What an inbox shows in the end may be known, and is the newest state while it is watched."""
    for one in told.of(Shows):
        if one.is_recalled or one.origin in told.put_back:
            continue
        record = told.present.get((one.origin, one.record))
        share, stamp = record.shown_to(one.member) if record else (HIDDEN, "")
        if share == HIDDEN:
            yield f"not recalled: {one} of {record}"
        is_watched = (one.origin, one.member, one.watch) in told.standing
        if share != HIDDEN and is_watched and (one.share, one.stamp) != (share, stamp):
            yield f"stale: {one} of {record}"


def _missed(told: Told) -> Iterator[str]:
    """Every record that fits a watch and may be known is in its inbox.

    A member that was put back does not know that it recalled something since.
    """
    shown = {
        (one.member, one.watch, one.origin, one.record)
        for one in told.of(Shows)
        if not one.is_recalled or one.origin in told.put_back
    }
    for watch in told.of(Watches):
        for origin in watch.members:
            if (origin, watch.member, watch.watch) not in told.standing:
                if watch.member not in told.put_back:
                    yield f"missed: {watch} does not stand at {origin}"
                continue
            for record in told.present.values():
                fits = (record.member, record.subject) == (origin, watch.subject)
                if not fits or record.shown_to(watch.member)[0] == HIDDEN:
                    continue
                if (watch.member, watch.watch, origin, record.record) not in shown:
                    yield f"missed: {watch} has no alert of {record}"


def _records(told: Told) -> Iterator[str]:
    """What was acknowledged to whoever stored it is held."""
    held = {(one.member, one.record): one.version for one in told.of(Holds)}
    for key, record in told.present.items():
        if held.get(key) != record.version:
            yield f"lost: record {record}"


_RULES: tuple[Callable[[Told], Iterator[str]], ...] = (
    _unsettled,
    _accused,
    _lost_notices,
    _acknowledged_and_not_there,
    _order,
    _effects,
    _one_alert_each,
    _gate,
    _ended,
    _stale,
    _missed,
    _records,
)
