"""Calls that a door ends: each in its way, each counted by member and reason."""

import asyncio
import contextlib
import gzip
import ssl
import struct
import threading
import time
from collections.abc import Callable

import pytest

from federation import limits, wire
from federation.errors import Code
from federation.messages import OutcomeKind
from tests.federation import http2
from tests.federation.http2 import END_HEADERS, frame, headers, prefixed, request
from tests.federation.world import EE, LV, World, ask, ended, knocking, sealed

Say = Callable[[ssl.SSLSocket], object]


def counted(world: World) -> dict[Code, int]:
    """What Latvia refused of Estonia's."""
    counts = world[LV].doors._step.refusals.counts()
    assert {member for member, _ in counts} <= {EE}
    return {reason: calls for (_, reason), calls in counts.items()}


async def says(world: World, say: Say) -> None:
    """Speak HTTP/2 by hand at Estonia's door at Latvia, then hang up."""
    port = world[LV].member.door_for(world[EE].member)
    context = http2.tls(world[EE].folder)

    def speak() -> None:
        with http2.begun(port, context) as line:
            say(line)

    await asyncio.to_thread(speak)


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

    def half_open(line: ssl.SSLSocket) -> None:
        line.sendall(heads(3))
        _read_for(line, 1.0)

    await says(world, half_open)

    await until(world, Code.UNFINISHED, 3)
    assert counted(world) == {Code.UNFINISHED: 3}
    [door] = [door for door in world[LV].doors if door.member.id == EE]
    async with asyncio.timeout(5):
        while door._open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await is_well(world)


async def test_calls_that_are_taken_back_are_counted_and_leave_no_place_taken(
    world: World,
) -> None:
    resets = b"".join(
        frame(http2.RESET, 0, struct.pack(">I", 8), stream=1 + 2 * place) for place in range(30)
    )

    await says(world, lambda line: line.sendall(heads(30) + resets))
    await until(world, Code.UNFINISHED, 1)

    [door] = [door for door in world[LV].doors if door.member.id == EE]
    async with asyncio.timeout(5):
        while door._open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert counted(world)[Code.UNFINISHED] <= 30
    assert await is_well(world)


async def test_more_half_open_calls_than_a_door_takes_in_are_busy(world: World) -> None:
    lines = 2

    def hold(line: ssl.SSLSocket) -> None:
        line.sendall(heads(80))
        line.settimeout(5)
        line.recv(1)
        released.wait(5)

    released = threading.Event()
    holding = [asyncio.create_task(says(world, hold)) for _ in range(lines)]
    await until(world, Code.BUSY, 60)
    released.set()
    await asyncio.gather(*holding)

    assert counted(world)[Code.BUSY] == 60


async def test_a_message_that_is_too_long_is_counted(world: World) -> None:
    long = request(wire.ASK, prefixed(b"x" * (limits.MESSAGE_BYTES + 1)), stream=1)

    def too_long(line: ssl.SSLSocket) -> None:
        try:
            line.sendall(long)
            line.settimeout(2)
            line.recv(65_536)
        except OSError:
            pass

    await says(world, too_long)

    await until(world, Code.UNFINISHED, 1)
    assert world[LV].house.asked == []
    assert await is_well(world)


async def test_an_unknown_method_is_counted_and_written_down(world: World) -> None:
    async with knocking(world) as channel:
        await ended(channel, b"x", path="/grpc.health.v1.Health/Check")

    assert counted(world) == {Code.UNKNOWN_METHOD: 1}
    assert world[LV].house.refused == [(EE, Code.UNKNOWN_METHOD, None)]


async def test_what_is_packed_is_not_unpacked(world: World) -> None:
    packed = gzip.compress(bytes(100 * 1024 * 1024))
    call = request(wire.ASK, prefixed(packed, flag=1), stream=1, more={"grpc-encoding": "gzip"})

    def bomb(line: ssl.SSLSocket) -> None:
        line.sendall(call)
        _read_for(line, 1.0)

    await says(world, bomb)
    await until(world, Code.UNFINISHED, 1)

    assert counted(world) == {Code.UNFINISHED: 1}
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
    def end(line: ssl.SSLSocket) -> None:
        line.sendall(request(b"/\xff", b"", stream=1))
        _read_for(line, 1.0)

    await says(world, end)

    await until(world, Code.INVALID, 1)


def _read_for(line: ssl.SSLSocket, seconds: float) -> bytes:
    """What comes within so long, or until it is hung up."""
    seen = b""
    until = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while (left := until - time.monotonic()) > 0:
            line.settimeout(left)
            data = line.recv(65_536)
            if not data:
                break
            seen += data
    return seen
