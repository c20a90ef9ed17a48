"""Members with throwaway keys, real TLS on loopback and a hand-turned clock, for the tests here."""

import os
import socket
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import grpc
import pytest

from federation import charter, keys, trust, wire
from federation.charter import Charter, Kind, Member
from federation.doors import Doors, Doorstep
from federation.errors import Code, FederationError
from federation.fanout import Fanout
from federation.faults import fault_of
from federation.keys import Keys, Ring
from federation.messages import (
    Answer,
    Asker,
    Entity,
    Hit,
    LogReceipt,
    Marking,
    MemberId,
    Outcome,
    PersonId,
    Question,
    QuestionId,
    Receipt,
    Reference,
    Share,
    Sought,
)
from federation.peer import Self
from federation.seal import Sealed, Statement
from federation.server import Limits
from federation.witness import TreeHead

EE, LV, LT = MemberId("EE"), MemberId("LV"), MemberId("LT")
HOST = "127.0.0.1"

#: A stretch of ports for each test process, below those that the kernel gives to callers.
_BASES = cycle(range(12_000 + os.getpid() % 40 * 512, 12_512 + os.getpid() % 40 * 512, 8))


@dataclass
class Clock:
    """A clock that stands still until it is turned."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class House:
    """A small real gate: answers what it is told to, and remembers every call.

    While `is_free` is not set its answers wait, those to one member if `holds_up` names one.
    """

    us: MemberId
    receipt: LogReceipt | None = None
    hits: tuple[Hit, ...] = ()
    fault: Exception | None = None
    holds_up: MemberId | None = None
    asked: list[tuple[MemberId, Question, Sealed, Statement]] = field(default_factory=list)
    refused: list[tuple[MemberId, Code, Statement | None]] = field(default_factory=list)
    mail: list[tuple[MemberId, wire.Dispatch, Sequence[wire.Opened]]] = field(default_factory=list)
    is_free: threading.Event = field(default_factory=threading.Event)
    is_busy: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.is_free.set()

    def answer(
        self, member: Member, question: Question, sealed: Sealed, statement: Statement
    ) -> Answer:
        self.asked.append((member.id, question, sealed, statement))
        return self._answer(member.id, question)

    def answer_own(self, question: Question) -> Answer:
        return self._answer(self.us, question)

    def _answer(self, asker: MemberId, question: Question) -> Answer:
        self.is_busy.set()
        if self.holds_up in (None, asker):
            assert self.is_free.wait(20), "the test never let the gate go on"
        if self.fault:
            raise self.fault
        return Answer(question.id, self.us, self.hits, index_age_s=7, receipt=self.receipt)

    def receive(
        self, member: Member, dispatch: wire.Dispatch, posted: Sequence[wire.Opened]
    ) -> Receipt:
        self.is_busy.set()
        if self.fault:
            raise self.fault
        self.mail.append((member.id, dispatch, posted))
        return Receipt(max([one.statement.sequence for one in posted], default=0))

    def turned_away(
        self, member: MemberId, fault: FederationError, statement: Statement | None
    ) -> None:
        self.refused.append((member, fault.code, statement))


@dataclass
class Node:
    """One member's running side: keys, gate, doors and lines."""

    keys: Keys
    folder: Path
    us: Self
    house: House
    doors: Doors
    fanout: Fanout

    @property
    def member(self) -> Member:
        return self.us.charter().member(self.us.id)


@dataclass
class World:
    """A charter and the nodes of its members."""

    clock: Clock
    charter: Charter
    nodes: Mapping[MemberId, Node]

    def __getitem__(self, member: MemberId) -> Node:
        return self.nodes[member]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    async def open(self) -> None:
        for node in self:
            await node.doors.apply(self.charter)

    async def close(self, grace_s: float = 0) -> None:
        for node in self:
            await node.fanout.close()
        for node in self:
            await node.doors.close(grace_s)


def made(folder: Path, *members: MemberId, limits: Limits | None = None) -> World:
    """Members with a charter that all of them signed; nothing is open yet."""
    nobody = Charter(0, {}, {}, datetime.now(UTC), 1, timedelta(days=30))
    world = World(Clock(datetime.now(UTC)), nobody, {})
    own = {}
    for member in members:
        keys.make(folder / member, member, world.clock())
        own[member] = keys.open(folder / member, member, world.clock())
    world.charter = charter.read(signed([card(own[member]) for member in members], own.values()))
    nodes = {}
    for member in members:
        us = Self(Ring(own[member]), lambda: world.charter, world.clock)
        house = House(member, receipt(own[member], world.clock()))
        doors = Doors(Doorstep(us, house, house, HOST, limits or Limits()))
        nodes[member] = Node(own[member], folder / member, us, house, doors, Fanout(us))
    world.nodes = nodes
    return world


def card(own: Keys, port: int | None = None) -> Member:
    """A member as its card shows it."""
    return Member(
        id=own.member,
        number=0,
        name=f"Police of {own.member}",
        kind=Kind.STATE,
        host=HOST,
        port=port or free_base(),
        ca=own.ca,
        signing_key=own.signing_key,
    )


def cards(own: Mapping[MemberId, Keys], *members: MemberId) -> list[Member]:
    """The cards of these members."""
    return [card(own[member], port=7400) for member in members]


def own_of(own: Mapping[MemberId, Keys], *members: MemberId) -> list[Keys]:
    """The keys of these members."""
    return [own[member] for member in members]


def signed(
    cards: Iterable[Member],
    signers: Iterable[Keys],
    after: Charter | None = None,
    threshold: int | None = None,
) -> bytes:
    """A charter of these members with the signatures of these."""
    expires_at = datetime.now(UTC) + timedelta(days=30)
    drafted = charter.proposal(charter.draft(cards, expires_at=expires_at, after=after)).charter
    document = charter.written(replace(drafted, threshold=threshold or drafted.threshold))
    for own in signers:
        document = charter.sign(document, own.signer)
    return document


@asynccontextmanager
async def knocking(
    world: World, own: Keys | None = None, *, at: MemberId = LV, door: MemberId = EE
) -> AsyncIterator[grpc.aio.Channel]:
    """A line to the door that one member keeps for another, by whatever keys we like."""
    members = world.charter.members
    keys = own or world[door].keys
    channel = trust.peer_channel(trust.way(keys, members[door], members[at], world.clock()))
    yield channel
    await channel.close()


async def ended(
    channel: grpc.aio.Channel, message: bytes, *, path: str = wire.ASK
) -> tuple[type[FederationError], grpc.StatusCode]:
    """The fault by which a call ends."""
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(path)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call(message, timeout=5)
    return type(fault_of(error.value)), error.value.code()


def sealed(world: World, *, to: MemberId = LV) -> bytes:
    """A good question of Estonia's, as it travels."""
    return wire.request_to(world[EE].us.ask(to, "q-1", wire.question_to(question())))


async def ask(world: World, *, by: MemberId = EE, timeout_s: float = 5) -> Outcome:
    """How Latvia meets a question."""
    [outcome] = await world[by].fanout.ask(question(), [LV], timeout_s=timeout_s)
    return outcome


async def break_down(channel: grpc.aio.Channel) -> None:
    """Make the call that ends a grpc.aio server: its method path is not UTF-8."""
    method = b"/\xff"
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
    call = channel.unary_unary(method)  # type: ignore[arg-type]
    with suppress(grpc.aio.AioRpcError):
        await call(b"", timeout=5)


def free_base() -> int:
    """A port base with room for seven doors."""
    return next(base for base in _BASES if _are_free(range(base + 1, base + 8)))


def _are_free(ports: Iterable[int]) -> bool:
    with ExitStack() as stack:
        try:
            for port in ports:
                stack.enter_context(socket.create_server((HOST, port)))
        except OSError:
            return False
    return True


def question(**other: object) -> Question:
    """A question that any member would read."""
    plain = Question(
        id=QuestionId("q-1"),
        asker=Asker(PersonId("a.tamm"), "analyst"),
        case="EE-2026-17",
        purpose="investigation",
        seeks=Sought(name="Viktor Lesnikov", birth_date="1979"),
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def receipt(own: Keys, now: datetime) -> LogReceipt:
    """Where an answer stands in a log of one entry, signed by these keys."""
    head = TreeHead(own.member, 1, b"r" * 32, now)
    return LogReceipt(1, 1, head.root, now, own.sign(head.statement))


def hit(member: MemberId, size: int = 0) -> Hit:
    """A hit at share full, with about so many bytes of content."""
    return Hit(
        member=member,
        reference=Reference(f"{member}-1"),
        score=0.9,
        is_strong=True,
        share=Share.FULL,
        entity=Entity("p-1", "Person", {"name": ("Виктор Лесников",), "notes": ("x" * size,)}),
        marking=Marking(handling=frozenset({"H1"}), owner=member),
    )
