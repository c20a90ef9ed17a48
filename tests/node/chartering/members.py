"""Members that hold a charter together: real keys, seals and databases, no network, one clock."""

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from federation import charter, keys, seal, wire
from federation.charter import Amendment, Charter, Kind, Member, Routine
from federation.errors import InvalidError
from federation.keys import Keys, Ring
from federation.messages import MemberId, PersonId
from federation.peer import Self
from federation.seal import NOTICE, Sealed
from federation.votes import CharterAdopted
from node import store
from node.audit import Entry, decode
from node.chartering.adopting import Adopting
from node.chartering.gathering import Gathering
from node.chartering.in_force import InForce
from node.chartering.proposing import Listed, Proposing
from node.chartering.renewing import Renewing
from node.mail.letterbox import Letterbox
from node.mail.outbox import Outbox
from node.people import Role, person
from node.store.charters import ProposalState

IDS = tuple(map(MemberId, ("EE", "LV", "LT", "FI", "PL")))
EE, LV, LT, FI, PL = IDS
NOW = datetime.now(UTC).replace(microsecond=0)
ADMINISTRATOR = person(PersonId("ann"), [Role.ADMINISTRATOR])
EVERYTHING = frozenset(Routine)


@lru_cache
def own(id: MemberId) -> tuple[Keys, Path]:
    """The keys of a member, made once for all tests, and the folder they lie in."""
    folder = Path(mkdtemp(prefix="amber-")) / id
    keys.make(folder, id, NOW)
    return keys.open(folder, id, NOW), folder


@lru_cache
def empty() -> Path:
    """A database in which nothing is, made once."""
    path = Path(mkdtemp(prefix="amber-")) / "amber.db"
    store.create(path)
    return path


def card(id: MemberId, place: int = 0, **other: Any) -> Member:
    """What a member says of itself."""
    pair, _ = own(id)
    said = Member(
        id,
        0,
        f"Police of {id}",
        Kind.STATE,
        "127.0.0.1",
        7400 + 64 * place,
        pair.ca,
        pair.signing_key,
    )
    return replace(said, **other)


def founded(ids: Sequence[MemberId], life: timedelta = timedelta(days=30)) -> bytes:
    """A first charter of these, signed by all."""
    cards = [card(id, place) for place, id in enumerate(ids)]
    document = charter.draft(cards, expires_at=NOW + life)
    for id in ids:
        document = charter.sign(document, own(id)[0].signer)
    return document


@dataclass
class Node:
    """One member: everything of it that is about the charter."""

    id: MemberId
    folder: Path
    document: bytes
    now: Callable[[], datetime]
    agrees: frozenset[Routine] = EVERYTHING
    is_up: bool = True
    is_reached: bool = True
    numbers: Iterator[int] = field(default_factory=itertools.count)
    reinstated: list[MemberId] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = own(self.id)[0]
        self.folder.mkdir(exist_ok=True)
        self.database = self.folder / "amber.db"
        self.file = self.folder / "charter.json"
        if not self.database.exists():
            shutil.copyfile(empty(), self.database)
            self.file.write_bytes(self.document)
        self.begin()

    def begin(self) -> None:
        """Begin its process."""
        self.in_force = InForce(self.file.read_bytes(), self._keep)
        self.us = Self(Ring(self.keys), self.in_force, self.now)
        self.store = store.open(
            self.database, store.House(self.id, self.now, self.keys), is_durable=False
        )
        self.changed = 0
        outbox = Outbox(
            store=self.store,
            seal=lambda to, id, body, place: self.us.notice(to, id, body, sequence=place),
            ids=lambda: f"{self.id}-{next(self.numbers)}-{self.now():%s}",
            most=1_000,
            shown=self._shown,
        )
        self.outbox = outbox
        self.adopting = Adopting(
            self.id,
            self.store,
            outbox,
            self.in_force,
            self._changed,
            lambda _, member: self.reinstated.append(member),
        )
        sign = lambda document, current: charter.sign(  # noqa: E731
            document, self.keys.signer, current=current
        )
        self.gathering = Gathering(self.adopting, sign, self.agrees)
        self.proposing = Proposing(self.gathering)
        self.renewing = Renewing(self.proposing, self.now, Routine.RENEWAL in self.agrees)
        outbox.effects.add(self.gathering.effects)
        self.letterbox = Letterbox(self.store, outbox.effects, self._shown)
        self.adopting.start()

    def end(self) -> None:
        """End its process."""
        self.store.close()

    def again(self) -> None:
        """End it and begin again."""
        self.end()
        self.begin()

    def copied(self) -> Path:
        """A copy of everything on its disk."""
        self.end()
        place = self.folder.with_name(f"{self.id}-{next(self.numbers)}")
        shutil.copytree(self.folder, place)
        self.begin()
        return place

    def put_back(self, copy: Path) -> None:
        """Have the disk say what it said when it was copied."""
        self.end()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.begin()

    @property
    def charter(self) -> Charter:
        """The charter that it follows."""
        return self.in_force()

    @property
    def version(self) -> int:
        """The version that it follows."""
        return self.in_force().version

    def proposes(self, reason: str = "", **amendment: Any) -> Listed:
        """Propose as its administrator."""
        return self.proposing.propose(Amendment(**amendment), reason=reason, by=ADMINISTRATOR)

    def signs(self, listed: Listed) -> Listed:
        """Sign as its administrator."""
        return self.proposing.sign(listed.id, by=ADMINISTRATOR)

    def states(self) -> dict[str, ProposalState]:
        """How every proposal stands here."""
        return {one.id: one.proposed.state for one in self.proposing.every(is_ended=True)}

    @property
    def audit(self) -> list[Entry]:
        """Every entry of its log."""
        with self.store.view() as view:
            return [decode(row) for row in store.audit.read(view)]

    @property
    def events(self) -> list[str]:
        """What its log says was done."""
        return [entry.event for entry in self.audit]

    def _keep(self, document: bytes) -> None:
        self.file.write_bytes(document)

    def _shown(self, tx: store.Tx, member: MemberId, version: int) -> CharterAdopted | None:
        return self.adopting.shown(tx, member, version)

    def _changed(self) -> None:
        self.changed += 1


@dataclass
class Federation:
    """Nodes that reach one another, and a clock that is turned by hand."""

    folder: Path
    nodes: dict[MemberId, Node] = field(default_factory=dict)
    now: datetime = NOW

    def __getitem__(self, id: MemberId) -> Node:
        return self.nodes[id]

    def join(self, id: MemberId, document: bytes, **other: Any) -> Node:
        """One more node."""
        self.nodes[id] = Node(id, self.folder / id, document, lambda: self.now, **other)
        return self.nodes[id]

    @property
    def versions(self) -> Mapping[MemberId, int]:
        """Which charter each node follows."""
        return {id: node.version for id, node in self.nodes.items()}

    def turn(self, **by: float) -> None:
        """Turn the clock."""
        self.now += timedelta(**by)

    def look(self) -> None:
        """Everybody that is up looks whether something is to be done; then mail is delivered."""
        for node in self.nodes.values():
            if node.is_up:
                node.renewing.look()
        self.deliver()

    def deliver(self) -> None:
        """Deliver all mail that can be, and a heartbeat each way, until nothing waits."""
        pairs = list(itertools.permutations(self.nodes, 2))
        while True:
            moved = [self.hand_over(a, b) for a, b in pairs]
            if not any(moved):
                return

    def hand_over(self, sender: MemberId, to: MemberId) -> bool:
        """Hand over the mail of one to one other, and a heartbeat; whether there was any mail."""
        a, b = self.nodes[sender], self.nodes[to]
        is_way = a.is_up and b.is_up and b.is_reached
        if not (is_way and _speaks(a, to) and _hears(b, sender)):
            return False
        dispatch = replace(a.outbox.dispatch(to), charter=a.version)
        line = b.charter.heard(sender)
        opened = [_opened(one, line, to) for one in dispatch.notices]
        receipt = b.letterbox.receive(line, dispatch, opened)
        receipt = wire.receipt_from(wire.receipt_to(receipt))
        has_more = a.outbox.taken(to, replace(receipt, charter=b.version))
        return has_more or bool(dispatch.notices)


def _speaks(node: Node, to: MemberId) -> bool:
    """Whether a node has a line to a member."""
    is_in_force = node.now() < node.charter.expires_at
    return is_in_force and to in {one.id for one in node.charter.others(node.id)}


def _hears(node: Node, sender: MemberId) -> bool:
    """Whether a node has a door open for a member."""
    listening = node.charter.listening(node.id)
    is_in_force = node.now() < node.charter.expires_at
    return is_in_force and sender in {one.id for one in listening.others(node.id)}


def _opened(sealed: Sealed, line: Member, audience: MemberId) -> wire.Opened:
    statement = seal.opened(
        sealed, line.signing_keys, sender=line.id, audience=audience, method=NOTICE
    )
    try:
        notice = wire.notice_from(
            sealed.body, line.id, id=statement.id, sequence=statement.sequence
        )
    except InvalidError as fault:
        return wire.Opened(sealed, statement, fault)
    return wire.Opened(sealed, statement, replace(notice, sealed_at=statement.sealed_at))


@contextmanager
def federation(folder: Path, *ids: MemberId, **other: Any) -> Iterator[Federation]:
    """Nodes of these members under one charter."""
    life = other.pop("life", timedelta(days=30))
    document = founded(ids, life)
    found = Federation(folder)
    for id in ids:
        found.join(id, document, **other)
    try:
        yield found
    finally:
        for node in found.nodes.values():
            node.end()
