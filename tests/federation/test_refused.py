"""Calls that a door ends: each in its way, each counted by member and reason."""

import asyncio
import contextlib
import gzip
import struct
import threading
from collections.abc import AsyncIterator

import pytest

from federation import limits, wire
from federation.errors import Code, QuotaError
from federation.messages import OutcomeKind
from tests.federation import http2
from tests.federation.http2 import END_HEADERS, frame, headers, prefixed, request
from tests.federation.world import EE, LT, LV, World, ask, ended, knocking, sealed


def counted(world: World) -> dict[Code, int]:
    """What Latvia refused of Estonia's."""
    counts = world[LV].doors._step.refusals.counts()
    assert {member for member, _ in counts} <= {EE}
    return {reason: calls for (_, reason), calls in counts.items()}


@contextlib.asynccontextmanager
async def saying(world: World, data: bytes, then: bytes = b"") -> AsyncIterator[threading.Event]:
    """Say this by hand at Estonia's door at Latvia, and hang up only when this ends.

    What is to be said `then` follows once the event is set.
    """
    port = world[LV].member.door_for(world[EE].member)
    context, is_enough = http2.tls(world[EE].folder), threading.Event()
    is_next = threading.Event()

    def speak() -> None:
        with contextlib.suppress(OSError), http2.begun(port, context) as line:
            line.sendall(data)
            if then and is_next.wait(20):
                line.sendall(then)
            is_enough.wait(20)

    speaking = asyncio.create_task(asyncio.to_thread(speak))
    try:
        yield is_next
    finally:
        is_next.set()
        is_enough.set()
        await speaking


async def until(world: World, reason: Code, calls: int) -> None:
    """Wait until so many calls are counted."""
    async with asyncio.timeout(10):
        while counted(world).get(reason, 0) < calls:  # noqa: ASYNC110 - the door says nothing of it
            await asyncio.sleep(0.01)


async def is_well(world: World) -> bool:
    """Whether an honest question is answered."""
    return (await ask(world)).kind is OutcomeKind.ANSWERED


def heads(count: int) -> bytes:
    """Calls that have a head and no body."""
    return b"".join(
        frame(http2.HEADERS, END_HEADERS, headers(wire.ASK), stream=1 + 2 * place)
        for place in range(count)
    )


async def test_a_call_whose_message_never_comes_is_ended_and_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RECEIVE_S", 0.2)

    async with saying(world, heads(3)):
        await until(world, Code.UNFINISHED, 3)
        await are_inside(world, 0)

    assert counted(world) == {Code.UNFINISHED: 3}
    assert await is_well(world)


async def test_calls_that_are_taken_back_are_counted_and_leave_no_place_taken(
    world: World,
) -> None:
    resets = b"".join(
        frame(http2.RESET, 0, struct.pack(">I", 8), stream=1 + 2 * place) for place in range(30)
    )

    async with saying(world, heads(30), resets) as is_next:
        await are_inside(world, 30)
        is_next.set()
        await until(world, Code.UNFINISHED, 30)
        await are_inside(world, 0)

    assert counted(world) == {Code.UNFINISHED: 30}
    assert await is_well(world)


async def are_inside(world: World, calls: int) -> None:
    """Wait until so many calls are inside."""
    [door] = [door for door in world[LV].doors if door.member.id == EE]
    async with asyncio.timeout(10):
        while door._open != calls:  # noqa: ASYNC110 - the door says nothing of it
            await asyncio.sleep(0.01)


async def test_more_half_open_calls_than_a_door_takes_in_are_busy(world: World) -> None:
    async with saying(world, heads(80)), saying(world, heads(80)):
        await until(world, Code.BUSY, 60)

    assert counted(world)[Code.BUSY] == 60


async def test_a_message_that_is_too_long_is_counted(world: World) -> None:
    head = struct.pack(">BI", 0, limits.MESSAGE_BYTES + 1)
    long = request(wire.ASK, head + bytes(10_000), stream=1)

    async with saying(world, long):
        await until(world, Code.UNFINISHED, 1)

    assert world[LV].house.asked == []
    assert await is_well(world)


async def test_an_unknown_method_is_counted_and_written_down(world: World) -> None:
    async with knocking(world) as channel:
        await ended(channel, b"x", path="/grpc.health.v1.Health/Check")

    assert counted(world) == {Code.UNKNOWN_METHOD: 1}
    assert world[LV].house.refused == [(EE, Code.UNKNOWN_METHOD, None)]


async def test_what_is_packed_is_not_unpacked(world: World) -> None:
    packed = gzip.compress(bytes(30 * 1024 * 1024))
    call = request(wire.ASK, prefixed(packed, flag=1), stream=1, more={"grpc-encoding": "gzip"})

    async with saying(world, call):
        await until(world, Code.INVALID, 1)

    assert counted(world) == {Code.INVALID: 1}
    assert world[LV].house.asked == []
    assert await is_well(world)


async def test_what_the_porter_and_the_gate_refuse_is_counted_by_its_reason(world: World) -> None:
    async with knocking(world) as channel:
        await ended(channel, b"\xff")
        await ended(channel, b"")
        world.clock.turn(hours=1)
        old = sealed(world)
        world.clock.turn(hours=-1)
        await ended(channel, old)

    assert counted(world) == {Code.INVALID: 1, Code.BROKEN_SEAL: 1, Code.CLOCK: 1}


async def test_a_server_that_was_ended_is_counted(world: World) -> None:
    async with saying(world, request(b"/\xff", b"", stream=1)):
        await until(world, Code.INVALID, 1)


async def test_a_flood_of_what_is_no_call_shuts_the_door_for_a_while_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SHUT_S", 0.5)
    [door] = [door for door in world[LV].doors if door.member.id == EE]
    junk = b"".join(
        request(wire.ASK, prefixed(b"\xff"), stream=1 + 2 * place) for place in range(100)
    )

    async def flood() -> None:
        while door.is_open:
            before = counted(world).get(Code.INVALID, 0)
            async with saying(world, junk):
                while counted(world).get(Code.INVALID, 0) < before + 100:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

    flooding = asyncio.create_task(flood())
    async with asyncio.timeout(20):
        while door.is_open:
            assert (await ask(world, by=LT)).kind is OutcomeKind.ANSWERED
    during = await ask(world), await ask(world, by=LT)
    flooding.cancel()
    await asyncio.wait([flooding])
    async with asyncio.timeout(10):
        while not await is_well(world):
            pass

    assert [one.kind for one in during] == [OutcomeKind.UNREACHABLE, OutcomeKind.ANSWERED]
    assert (EE, Code.FLOOD, None) in world[LV].house.refused
    assert counted(world)[Code.FLOOD] == 1
    assert counted(world)[Code.INVALID] >= 100


async def test_any_number_of_questions_that_are_refused_is_no_flood(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FLOOD", 5)
    world[LV].house.fault = QuotaError("EE: more than 3600 in an hour")
    await world[LV].doors.close(0)
    await world[LV].doors.apply(world.charter)

    for _ in range(20):
        assert (await ask(world)).kind is OutcomeKind.REFUSED

    assert counted(world) == {Code.QUOTA: 20}
