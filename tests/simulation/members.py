"""A member in a simulation: a real node but for its network, threads and disk."""

import functools
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from federation import seal, wire
from federation.charter import Charter
from federation.keys import Keys
from federation.messages import (
    Alert,
    Entity,
    Hit,
    MemberId,
    Notice,
    PersonId,
    Recall,
    Receipt,
    Share,
    WatchEnd,
    WatchVerdict,
)
from federation.peer import MAIL, NOTICE, RECEIPT, Self
from federation.seal import Sealed
from federation.server import Porter
from node import config, store
from node import home as homes
from node.alerts.posed import decoded
from node.answering import Gate, Limits, keyed_digest
from node.assembly import Chance, Post
from node.keeping import Keeping, Why
from node.policy import Policy
from node.search import findable
from node.store import House, View
from node.store.standing import Standing
from tests.simulation.disks import Disk, Faulty
from tests.simulation.history import (
    Acknowledged,
    Arrived,
    Event,
    Holds,
    Kept,
    PutBack,
    Sent,
    Shows,
    Stands,
    Unsettled,
    Watches,
)

MEMBERS = ("EE", "LV", "LT", "FI", "PL")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
#: How wrong a clock may be.
MOST_SKEW = timedelta(seconds=25)
#: A simulation lets mail of weeks ago through the doors: the letterbox must know it again.
WINDOW = timedelta(days=365)
WHY = Why(PersonId("first"), "analyst", "a simulation")


@dataclass(frozen=True)
class Template:
    """Five homes under one charter, made once; each simulation begins with copies of them."""

    homes: dict[MemberId, homes.Home]
    keys: dict[MemberId, Keys]
    charter: Charter
    policy: Policy

    @classmethod
    def make(cls, folder: Path) -> "Template":
        """Make the homes of all members in a folder."""
        made = [
            homes.make(
                folder / name,
                config.lab_member(name, 7400 + 64 * place, has_quotas=False),
                lambda: START,
            )
            for place, name in enumerate(MEMBERS)
        ]
        homes.federate(made)
        keys = {home.member: home.keys() for home in made}
        policy = Policy(*made[0].policies())
        return cls({home.member: home for home in made}, keys, made[0].charter(), policy)


@dataclass
class Seen:
    """How much of what is on a disk was written down in the history."""

    sent: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)


@dataclass
class Member:
    """One member: its files, its process while it runs, and what of it the history knows."""

    id: MemberId
    template: Template
    folder: Path
    chance: random.Random
    now: Callable[[], float]
    history: list[Event]
    most_waiting: int = 100_000
    beat_s: float = 60.0
    skew_s: float = 0.0

    def __post_init__(self) -> None:
        self.file = self.folder / f"{self.id}.db"
        shutil.copyfile(self.template.homes[self.id].database, self.file)
        self._numbers = 0
        self.kept: list[Kept] = []
        self.disk = Disk(self._write_down, self.kept.clear)
        self.stamps: dict[str, str] = {}
        self.references: dict[tuple[MemberId, str], str] = {}
        self.seen = Seen()
        self.written: set[str] = set()
        self.backup: tuple[Path, int, Seen] | None = None
        self.queued: dict[MemberId, int] = {}
        self.is_up = self.is_acting = False
        self.life = self.rung = 0

    def clock(self) -> datetime:
        """What its clock shows."""
        return START + timedelta(seconds=self.now() + self.skew_s)

    def ids(self) -> str:
        """A new id, the same whenever the same seed is run."""
        self._numbers += 1
        return f"{self.id}-{self._numbers}-{self.chance.getrandbits(48):012x}"

    def start(self) -> None:
        """Begin its process: everything that is not in the database begins anew."""
        keys = self.template.keys[self.id]
        self.us = Self(keys, lambda: self.template.charter, self.clock)
        self.store = Faulty(self.file, House(self.id, self.clock, keys), self.disk)
        gate = Gate(
            us=self.id,
            store=self.store,
            policy=self.template.policy,
            charter=self.us.charter,
            digest=functools.partial(keyed_digest, keys.digest_key),
            limits=Limits(0, timedelta(days=365)),
        )
        mail = config.Mail(beat_s=self.beat_s, most_waiting=self.most_waiting)
        settings = config.Config(member=self.template.homes[self.id].config.member, mail=mail)
        chances = Chance(self.ids, self.chance.random)
        self.post = Post.of(gate, self.us.charter, self.us, settings, chances)
        self.keeping = Keeping(self.id, findable, self.ids, self.post.matching.notice)
        others = [MemberId(name) for name in MEMBERS if name != self.id]
        self.porters = {
            one: Porter(self.us, gate, self.post.mailing, one, WINDOW) for one in others
        }
        self.is_up = True
        self.life += 1

    def stop(self) -> None:
        """End its process."""
        self.is_up = False
        self.kept.clear()
        self.store.close()

    def take_backup(self) -> None:
        """Copy what is on its disk now."""
        place = self.folder / f"{self.id}.backup"
        shutil.copyfile(self.file, place)
        log = Path(f"{self.file}-wal")
        shutil.copyfile(log, Path(f"{place}-wal"))
        seen = Seen(dict(self.seen.sent), dict(self.seen.acknowledged), dict(self.seen.received))
        self.backup = (place, len(self.history), seen)

    def put_back(self) -> None:
        """Put its disk back to the backup; its process must be stopped."""
        assert self.backup, "there is no backup"
        place, since, self.seen = self.backup
        self.backup = None
        for end in ("", "-wal"):
            shutil.copyfile(f"{place}{end}", f"{self.file}{end}")
        Path(f"{self.file}-shm").unlink(missing_ok=True)
        self.history.append(PutBack(self.id, since))

    # What it says to other members, in real seals.

    def request(self, to: MemberId) -> tuple[Sealed, bytes]:
        """The next dispatch for a member, as it travels."""
        dispatch = self.post.mailing.dispatch(to)
        said = self.us.mail(to, self.ids(), wire.dispatch_to(dispatch))
        return said, wire.request_to(said)

    def reply(self, sender: MemberId, request: bytes) -> bytes:
        """What its door replies to a request of a member."""
        chain = self.template.keys[sender].tls_chain
        context = {"x509_pem_cert": [chain], "ssl_tls_version": [b"TLSv1.3"]}
        return self.porters[sender].taken(context, request)

    def receipt(self, member: MemberId, said: Sealed, response: bytes) -> Receipt:
        """The receipt in a member's reply to what was said to it."""
        sealed = wire.response_from(response)
        key = self.template.keys[member].signing_key
        statement = seal.opened(sealed, key, sender=member, audience=self.id, method=RECEIPT)
        assert statement.reply_to == said.digest
        return wire.receipt_from(sealed.body)

    def opened(self, sender: MemberId, request: bytes) -> list[wire.Posted]:
        """The notices of a request, for whoever breaks its delivery on purpose."""
        key = self.template.keys[sender].signing_key
        sealed = wire.request_from(request)
        seal.opened(sealed, key, sender=sender, audience=self.id, method=MAIL)
        posted = []
        for one in wire.dispatch_from(sealed.body).notices:
            said = seal.opened(one, key, sender=sender, audience=self.id, method=NOTICE)
            notice = wire.notice_from(one.body, sender, id=said.id, sequence=said.sequence)
            posted.append(wire.Posted(one, said, notice))
        return posted

    # What is written down of it.

    def _write_down(self) -> None:
        """Add to the history what the last transaction committed."""
        self.history += self.kept
        self.kept.clear()
        with self.store.view() as view:
            for lane in store.mail.lanes(view):
                if lane.assigned > self.seen.sent.get(lane.member, 0):
                    self.queued[lane.member] = lane.waiting
                self._write_sent(view, lane)
                self._write_received(view, lane)

    def _write_sent(self, view: View, lane: store.mail.LaneState) -> None:
        member, seen = lane.member, self.seen
        before = seen.sent.get(member, 0)
        if lane.assigned > before:
            rows = store.mail.outgoing(view, member, after=before, most=-1)
            new = [one for one in rows if one.id not in self.written]
            self.history += [self._sent(view, member, one) for one in new]
            self.written |= {one.id for one in new}
            seen.sent[member] = lane.assigned
        if lane.acknowledged > seen.acknowledged.get(member, 0):
            self.history += _acknowledged(view, self.id, member, seen.acknowledged.get(member, 0))
        seen.acknowledged[member] = lane.acknowledged

    def _sent(self, view: View, to: MemberId, one: store.mail.Outgoing) -> Sent:
        notice = wire.notice_from(one.sealed.body, self.id, id=one.id, sequence=one.sequence)
        return self._as_sent(view, to, notice)

    def _as_sent(self, view: View, to: MemberId, notice: Notice) -> Sent:
        content = notice.content
        kind = type(content).__name__.lower()
        if isinstance(content, Alert):
            record = self._record(view, to, content.hit.reference)
            share, stamp = shown(content.hit)
            return Sent(self.id, to, notice.id, kind, content.watch, record, share, stamp)
        if isinstance(content, Recall):
            record = self._record(view, to, content.reference)
            return Sent(self.id, to, notice.id, kind, content.watch, record)
        if isinstance(content, WatchEnd | WatchVerdict):
            return Sent(self.id, to, notice.id, kind, content.watch)
        return Sent(self.id, to, notice.id, kind, content.id)

    def _record(self, view: View, to: MemberId, reference: str) -> str:
        """The record that a member knows by a reference; it is known for good."""
        if (to, reference) not in self.references:
            sql = (
                "SELECT record.id FROM reference JOIN record ON record.number = reference.record"
                " WHERE reference.member = ? AND reference.reference = ?"
            )
            row = view._live().execute(sql, (to, reference)).fetchone()
            self.references[to, reference] = row[0] if row else ""
        return self.references[to, reference]

    def _write_received(self, view: View, lane: store.mail.LaneState) -> None:
        before = self.seen.received.get(lane.member, 0)
        for sequence in range(before + 1, lane.received + 1):
            found = arrived(view, lane.member, sequence)
            if found:
                self.history.append(Arrived(self.id, lane.member, sequence, *found))
        self.seen.received[lane.member] = lane.received

    # How it stands in the end.

    def end(self, references: Mapping[tuple[MemberId, MemberId, str], str]) -> Iterator[Event]:
        """What it holds, watches and shows."""
        with self.store.view() as view:
            yield from self._held(view)
            yield from self._standing(view)
            yield from self._own(view)
            yield from self._undone(view)
        for one in self.post.inbox.behind(0):
            alert = one.alert
            record = references.get((alert.member, self.id, alert.reference), "")
            if alert.member == self.id:
                with self.store.view() as view:
                    record = self._record(view, self.id, alert.reference)
            share, stamp = shown(one.hit) if one.hit else (0, "")
            is_recalled = alert.recalled != ""
            yield Shows(
                self.id, alert.watch, alert.member, record, alert.times, is_recalled, share, stamp
            )

    def _held(self, view: View) -> Iterator[Event]:
        for id in self.stamps:
            for held in store.records.by_source(view, "ours", [id]).values():
                yield Holds(self.id, held.record.id, held.record.version)

    def _standing(self, view: View) -> Iterator[Event]:
        for one in standing(view):
            if not one.is_over(self.clock()):
                yield Stands(self.id, one.member, one.id)

    def _own(self, view: View) -> Iterator[Event]:
        """Watches that no clock, however wrong, takes for over."""
        for own in store.watches.every(view, is_ended=False):
            if own.expires_at > self.clock() + 2 * MOST_SKEW:
                name = decoded(own.question).seeks.name
                yield Watches(self.id, own.id, name, tuple(one.member for one in own.members))

    def _undone(self, view: View) -> Iterator[Event]:
        yield from (Unsettled(self.id, what) for what in undone(view))


def undone(view: View) -> Iterator[str]:
    """What a member still has to do."""
    for lane in store.mail.lanes(view):
        if lane.waiting:
            yield f"has {lane.waiting} notices for {lane.member}: {lane}"
    if store.standing.due(view, version=0):
        yield "has a watch that is due"
    if store.standing.owing(view):
        yield "owes an alert"


def shown(hit: Hit) -> tuple[int, str]:
    """How much a hit shows, and its newest fact."""
    stamp = hit.entity.first("notes") if hit.entity and hit.share is Share.FULL else ""
    return int(hit.share), stamp


def entity(id: str, subject: str, stamp: str) -> Entity:
    """Somebody whose newest fact is this."""
    return Entity(id, "Person", {"name": (subject,), "notes": (stamp,)})


def standing(view: View) -> list[Standing]:
    """Every watch that was ever kept here."""
    rows = view._live().execute("SELECT number FROM standing ORDER BY number").fetchall()
    return store.standing.load(view, [row[0] for row in rows])


def arrived(view: View, sender: MemberId, sequence: int) -> tuple[str, str] | None:
    """The id of a notice that came in a place, and the ground if it has no effect."""
    sql = "SELECT id, ground FROM mail_in WHERE member = ? AND sequence = ?"
    row = view._live().execute(sql, (sender, sequence)).fetchone()
    return (row[0], row[1]) if row else None


def _acknowledged(view: View, us: MemberId, to: MemberId, before: int) -> list[Event]:
    sql = (
        "SELECT id FROM mail_out WHERE member = ? AND sequence > ? AND state <> 'waiting'"
        " AND ground <> 'conflict' ORDER BY sequence"
    )
    return [Acknowledged(us, to, id) for (id,) in view._live().execute(sql, (to, before))]
