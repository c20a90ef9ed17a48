"""One member seen from here: what counts as its answer, and what becomes of everything else."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import keys, trust, wire
from federation.charter import Member
from federation.errors import (
    BusyError,
    CharterError,
    FederationError,
    InvalidError,
    RefusedError,
    TooLargeError,
    UnprovenError,
)
from federation.keys import Keys
from federation.messages import (
    Answer,
    Outcome,
    OutcomeKind,
    QuestionId,
)
from federation.peer import Lines, Peer
from federation.seal import Sealed, SigningKey, Statement
from tests.federation.world import EE, HOST, LT, LV, World, hit, made, question, receipt

Q = QuestionId("q-1")
#: A signing key that nobody here has.
NEW = Ed25519PrivateKey.generate().public_key().public_bytes_raw()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Estonia asks Latvia; no door is open yet."""
    return made(tmp_path, EE, LV, LT)


async def ask(world: World, *, timeout_s: float = 5) -> Outcome:
    """How Latvia meets Estonia's question."""
    peer = Peer(world[EE].us, LV)
    try:
        return await peer.ask(Q, wire.question_to(question()), timeout_s=timeout_s)
    finally:
        await peer.close()


def stated(world: World) -> Statement:
    """What Estonia said when it asked."""
    return Statement(EE, LV, "ask", Q, world.clock(), 1)


Reply = Callable[[Sealed], bytes]


def overheard(heard: list[Sealed]) -> Reply:
    """Says nothing, and remembers what was asked."""

    def reply(sealed: Sealed) -> bytes:
        heard.append(sealed)
        return b""

    return reply


@asynccontextmanager
async def answering(world: World, reply: Reply, own: Keys | None = None) -> AsyncIterator[None]:
    """A node at Latvia's door that says whatever we like; with Latvia's keys if no others."""

    async def method(request: bytes, _: object) -> bytes:
        return reply(wire.request_from(request))

    handler: grpc.RpcMethodHandler[bytes, bytes]
    handler = grpc.unary_unary_rpc_method_handler(method)
    methods = {"Ask": handler, "Deliver": handler, "Reconcile": handler}
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(wire.SERVICE, methods),))
    estonia = world[EE].member
    certified = trust.door_certified(own or world[LV].keys, estonia, world.clock())
    credentials = trust.server_credentials(lambda: certified)
    server.add_secure_port(f"{HOST}:{world[LV].member.door_for(estonia)}", credentials)
    await server.start()
    yield
    await server.stop(None)


@contextmanager
def silence(world: World) -> Iterator[None]:
    """Something at Latvia's door that takes a connection and never says a word."""
    port = world[LV].member.door_for(world[EE].member)
    with socket.create_server((HOST, port)):
        yield


def answer(world: World, **other: object) -> Answer:
    """What Latvia found, with its place in Latvia's log."""
    plain = Answer(Q, LV, (hit(LV),), 7, receipt=receipt(world[LV].keys, world.clock()))
    return replace(plain, **other)  # type: ignore[arg-type]


def body(world: World, **other: object) -> bytes:
    return wire.answer_to(answer(world, **other))


async def test_a_sealed_answer_to_our_question_is_the_members_answer(world: World) -> None:
    def reply(sealed: Sealed) -> bytes:
        return wire.response_to(world[LV].us.reply(sealed, stated(world), body(world)))

    async with answering(world, reply):
        outcome = await ask(world)

    assert outcome.kind is OutcomeKind.ANSWERED
    assert outcome.answer == answer(world)
    assert outcome.reason == ""


def garbage(_: World, __: Sealed) -> bytes:
    return b"\xff"


def unsealed(world: World, sealed: Sealed) -> bytes:
    return wire.response_to(Sealed(b"{}", sealed.key_id, b"", body(world)))


def sealed_by_another(world: World, sealed: Sealed) -> bytes:
    return wire.response_to(world[LT].us.reply(sealed, stated(world), body(world)))


def to_another(world: World, sealed: Sealed) -> bytes:
    statement = replace(stated(world), sender=LT)
    return wire.response_to(world[LV].us.reply(sealed, statement, body(world)))


def to_another_question(world: World, sealed: Sealed) -> bytes:
    other = replace(sealed, statement=sealed.statement + b" ")
    return wire.response_to(world[LV].us.reply(other, stated(world), body(world)))


def under_another_id(world: World, sealed: Sealed) -> bytes:
    statement = replace(stated(world), id="q-2")
    return wire.response_to(world[LV].us.reply(sealed, statement, body(world)))


def with_another_body(world: World, sealed: Sealed) -> bytes:
    reply = world[LV].us.reply(sealed, stated(world), body(world))
    return wire.response_to(replace(reply, body=body(world, hits=())))


def our_question_again(_: World, sealed: Sealed) -> bytes:
    return wire.response_to(sealed)


def nonsense(world: World, sealed: Sealed) -> bytes:
    return wire.response_to(world[LV].us.reply(sealed, stated(world), b"\xff"))


def without_a_place(world: World, sealed: Sealed) -> bytes:
    said = body(world, receipt=None)
    return wire.response_to(world[LV].us.reply(sealed, stated(world), said))


def in_a_log_of_another_member(world: World, sealed: Sealed) -> bytes:
    said = body(world, receipt=receipt(world[LT].keys, world.clock()))
    return wire.response_to(world[LV].us.reply(sealed, stated(world), said))


def in_a_log_that_was_not_signed(world: World, sealed: Sealed) -> bytes:
    signed = receipt(world[LV].keys, world.clock())
    said = body(world, receipt=replace(signed, signature=b""))
    return wire.response_to(world[LV].us.reply(sealed, stated(world), said))


def in_another_log_than_was_signed(world: World, sealed: Sealed) -> bytes:
    signed = receipt(world[LV].keys, world.clock())
    said = body(world, receipt=replace(signed, root=b"s" * 32))
    return wire.response_to(world[LV].us.reply(sealed, stated(world), said))


@pytest.mark.parametrize(
    "reply",
    [
        garbage,
        unsealed,
        sealed_by_another,
        to_another,
        to_another_question,
        under_another_id,
        with_another_body,
        our_question_again,
        nonsense,
        without_a_place,
        in_a_log_of_another_member,
        in_a_log_that_was_not_signed,
        in_another_log_than_was_signed,
    ],
)
async def test_what_is_not_a_proven_answer_is_not_shown_and_said_so(
    world: World, reply: Callable[[World, Sealed], bytes]
) -> None:
    async with answering(world, lambda sealed: reply(world, sealed)):
        outcome = await ask(world)

    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert outcome.answer is None
    assert outcome.reason == UnprovenError.public


async def test_a_stranger_at_the_members_address_never_gets_the_question(
    world: World, tmp_path: Path
) -> None:
    heard: list[Sealed] = []
    keys.make(tmp_path / "stranger", LV, world.clock())
    stranger = keys.open(tmp_path / "stranger", LV, world.clock())

    async with answering(world, overheard(heard), own=stranger):
        outcome = await ask(world)

    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert heard == []


async def test_another_member_at_the_members_address_never_gets_the_question(world: World) -> None:
    heard: list[Sealed] = []

    async with answering(world, overheard(heard), own=world[LT].keys):
        outcome = await ask(world)

    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert heard == []


async def test_an_answer_longer_than_a_message_may_be_is_not_read(world: World) -> None:
    async with answering(world, lambda _: b"x" * (1024 * 1024 + 1)):
        outcome = await ask(world)

    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert outcome.reason == TooLargeError.public


async def test_a_member_that_is_not_there_is_unreachable_at_once(world: World) -> None:
    outcome = await ask(world, timeout_s=30)

    assert outcome.kind is OutcomeKind.UNREACHABLE
    assert outcome.reason == "The member could not be reached."
    assert outcome.ms < 5_000


async def test_a_member_that_never_says_a_word_is_late_on_time(world: World) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()

    with silence(world):
        outcome = await ask(world, timeout_s=0.5)

    assert outcome.kind is OutcomeKind.LATE
    assert outcome.reason == "The member did not answer in time."
    assert 500 <= outcome.ms < 1_000
    assert loop.time() - started < 2


@pytest.mark.parametrize(
    ("fault", "kind", "reason"),
    [
        (RefusedError("EE: forbid"), OutcomeKind.REFUSED, "This request was refused."),
        (InvalidError("limit must be low"), OutcomeKind.REFUSED, "limit must be low"),
        (CharterError("ours is 4"), OutcomeKind.REFUSED, "ours is 4"),
        (BusyError("100 inside"), OutcomeKind.UNREACHABLE, BusyError.public),
        (KeyError("name"), OutcomeKind.UNREACHABLE, FederationError.public),
        (
            InvalidError("\x1b[2J" + "x" * 900),
            OutcomeKind.REFUSED,
            "[2J" + "x" * 197,
        ),
    ],
)
async def test_a_fault_of_the_member_is_an_outcome_with_a_sentence(
    world: World, fault: Exception, kind: OutcomeKind, reason: str
) -> None:
    await world.open()
    world[LV].house.fault = fault

    outcome = await ask(world)

    await world.close()
    assert (outcome.kind, outcome.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("ends", "is_revoked", "kind"),
    [
        (timedelta(seconds=1), False, OutcomeKind.ANSWERED),
        (timedelta(seconds=-1), False, OutcomeKind.UNREACHABLE),
        (timedelta(seconds=-1), True, OutcomeKind.UNREACHABLE),
    ],
)
async def test_a_key_that_ended_seals_no_reply_whatever_time_is_in_the_seal(
    world: World, ends: timedelta, is_revoked: bool, kind: OutcomeKind
) -> None:
    old = SigningKey(world[LV].keys.signing_key, world.clock() + ends, is_revoked)
    named(world, replace(world[LV].member, signing_key=NEW, former_keys=(old,)))
    before = world.clock() - timedelta(minutes=1)
    thief = replace(world[LV].us, clock=lambda: before)

    def reply(sealed: Sealed) -> bytes:
        return wire.response_to(thief.reply(sealed, stated(world), body(world)))

    async with answering(world, reply):
        outcome = await ask(world)

    assert outcome.kind is kind


def test_mail_is_sealed_anew_when_its_key_had_ended_before_and_the_member_knows(
    world: World, tmp_path: Path
) -> None:
    """Latvia was away when our key changed: it was spared the new one for longer than the old."""
    us, now = world[EE].us, world.clock()
    keys.make(tmp_path / "new", EE, now)
    old, new = us.ring.present, keys.open(tmp_path / "new", EE, now)
    former = SigningKey(old.signing_key, now + timedelta(hours=24))
    line = replace(world[EE].member, signing_key=new.signing_key, former_keys=(former,))
    us.ring.turn(new, keys.Former(old, since=2, until=now + timedelta(hours=32)))
    in_time = us.notice(LV, "n-1", b"", sequence=1)
    world.clock.turn(hours=25)
    too_late = us.notice(LV, "n-2", b"", sequence=2)
    assert us.is_taken(LV, too_late)

    named(world, line)
    us.ring.heard(LV, 2)

    assert us.is_taken(LV, in_time)
    assert not us.is_taken(LV, too_late)
    assert us.is_taken(LV, us.notice(LV, "n-2", b"", sequence=2))


async def test_lines_are_let_go_of_by_several_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    async def close(peer: Peer) -> None:
        await asyncio.sleep(0)
        closed.append(peer.member)

    monkeypatch.setattr(Peer, "close", close)
    lines = Lines(world[EE].us)
    for member in (LV, LT):
        lines.to(member)
    alone = replace(world.charter, members={EE: world[EE].member})

    await asyncio.gather(lines.apply(alone), lines.apply(alone))

    assert sorted(closed) == [LT, LV]


def named(world: World, line: Member) -> None:
    """Have the charter say this of one member."""
    world.charter = replace(world.charter, members={**world.charter.members, line.id: line})
