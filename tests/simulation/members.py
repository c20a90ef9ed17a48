"""A member in a simulation: a real node but for its network, threads and disk."""

import functools
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from federation import seal, wire
from federation.charter import Charter
from federation.keys import Keys, Ring
from federation.messages import Entity, MemberId, PersonId, Receipt
from federation.peer import Self
from federation.seal import RECEIPT, Sealed, SigningKey
from federation.server import Porter
from node import config, digests, store
from node import home as homes
from node.answering import Gate, Limits
from node.assembly import Chance, Post
from node.chartering.in_force import InForce
from node.keeping import Keeping, Why
from node.policy import Policy
from node.quotas import Quotas
from node.search import findable
from node.store import House, View
from node.store.mail import LaneState
from tests.simulation.disks import Disk, Faulty
from tests.simulation.evidence import Evidence, References
from tests.simulation.history import Event, Kept, PutBack

MEMBERS = ("EE", "LV", "LT", "FI", "PL")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
#: A simulation lets mail of weeks ago through the doors: the letterbox must know it again.
WINDOW = timedelta(days=365)
WHY = Why(PersonId("first"), "analyst", "a simulation")


@dataclass(frozen=True)
class Template:
    """Five homes under one charter, made once; each simulation begins with copies of them."""

    homes: dict[MemberId, homes.Home]
    keys: dict[MemberId, Keys]
    charter: Charter
    document: bytes
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
        charter, document = made[0].charter(), made[0].document()
        return cls({home.member: home for home in made}, keys, charter, document, policy)


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
        self.evidence = Evidence(self.id)
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
        self.in_force = InForce(self.template.document, lambda _: None)
        self.us = Self(Ring(keys), self.in_force, self.clock)
        self.store = Faulty(self.file, House(self.id, self.clock, keys), self.disk)
        gate = Gate(
            us=self.id,
            store=self.store,
            policy=self.template.policy,
            charter=self.us.charter,
            digest=functools.partial(digests.of_seeks, keys.digest_key),
            limits=Limits(Quotas(keys.digest_key), timedelta(days=365)),
            sign_for=self.us.ring.sign_for,
        )
        mail = config.Mail(beat_s=self.beat_s, most_waiting=self.most_waiting)
        settings = config.Config(member=self.template.homes[self.id].config.member, mail=mail)
        chances = Chance(
            self.ids, self.chance.random, self.chance.randbytes, remember=lambda _: None
        )
        self.post = Post.of(gate, self.us, settings, chances, self.in_force)
        self.keeping = Keeping(self.id, findable, self.ids, self.post.matching.notice)
        others = [MemberId(name) for name in MEMBERS if name != self.id]
        self.porters = {
            one: Porter(self.us, gate, self.post.letterbox, one, WINDOW) for one in others
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

    def request(self, to: MemberId) -> tuple[Sealed, bytes]:
        """The next dispatch for a member, as it travels."""
        dispatch = self.post.outbox.dispatch(to)
        said = self.us.mail(to, self.ids(), wire.dispatch_to(dispatch))
        return said, wire.request_to(said)

    def reply(self, sender: MemberId, request: bytes) -> bytes:
        """What its door replies to a request of a member."""
        chain = self.template.keys[sender].tls_chain
        context = {"x509_pem_cert": [chain], "ssl_tls_version": [b"TLSv1.3"]}
        return self.porters[sender].taken(context, request).data

    def receipt(self, member: MemberId, said: Sealed, response: bytes) -> Receipt:
        """The receipt in a member's reply to what was said to it."""
        sealed = wire.response_from(response)
        keys = [SigningKey(self.template.keys[member].signing_key)]
        statement = seal.opened(sealed, keys, sender=member, audience=self.id, method=RECEIPT)
        assert statement.reply_to == said.digest
        return wire.receipt_from(sealed.body)

    def _write_down(self) -> None:
        """Add to the history what the last transaction committed."""
        self.history += self.kept
        self.kept.clear()
        with self.store.view() as view:
            for lane in store.mail.lanes(view):
                self._write_sent(view, lane)
                self._write_received(view, lane)

    def _write_sent(self, view: View, lane: LaneState) -> None:
        """What waits anew is told to its lane, as it is once it is on disk."""
        to, sent, taken = lane.member, self.seen.sent, self.seen.acknowledged
        if lane.assigned > sent.get(to, 0):
            self.queued[to] = lane.waiting
            rows = self.evidence.sent(view, to, after=sent.get(to, 0))
            new = [one for one in rows if one.id not in self.written]
            self.written |= {one.id for one in new}
            self.history += new
            sent[to] = lane.assigned
        if lane.acknowledged > taken.get(to, 0):
            self.history += self.evidence.acknowledged(view, to, after=taken.get(to, 0))
        taken[to] = lane.acknowledged

    def _write_received(self, view: View, lane: LaneState) -> None:
        received = self.seen.received
        if lane.received > received.get(lane.member, 0):
            after = received.get(lane.member, 0)
            self.history += self.evidence.arrived(view, lane.member, after=after)
            received[lane.member] = lane.received

    def end(self, references: References) -> list[Event]:
        """What it holds, watches and shows."""
        with self.store.view() as view:
            return list(self.evidence.end(view, self.clock(), references))


def entity(id: str, subject: str, stamp: str) -> Entity:
    """Somebody whose newest fact is this."""
    return Entity(id, "Person", {"name": (subject,), "notes": (stamp,)})
