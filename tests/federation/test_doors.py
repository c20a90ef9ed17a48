"""The doors as the other members find them: real TLS, real certificates, real calls."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from structlog.testing import capture_logs

from federation import keys, limits, wire
from federation.doors import Doors, Doorstep
from federation.errors import (
    BrokenSealError,
    BusyError,
    Code,
    FederationError,
    InvalidError,
    StrangerError,
)
from federation.faults import fault_of
from federation.messages import MemberId, Outcome, OutcomeKind
from federation.seal import Statement
from federation.server import Limits
from tests.federation.world import (
    EE,
    HOST,
    LT,
    LV,
    House,
    World,
    ask,
    break_down,
    card,
    ended,
    knocking,
    made,
    question,
    sealed,
)

ANSWERED, LATE, UNREACHABLE = OutcomeKind.ANSWERED, OutcomeKind.LATE, OutcomeKind.UNREACHABLE


# What a member may send


async def test_a_message_longer_than_a_message_may_be_is_not_taken_in(world: World) -> None:
    own, name = world[EE].keys, ("grpc.ssl_target_name_override", "lv.amber")
    credentials = grpc.ssl_channel_credentials(world[LV].keys.ca, own.tls_key, own.tls_chain)
    address = f"{HOST}:{world[LV].member.door_for(world[EE].member)}"

    async with grpc.aio.secure_channel(address, credentials, options=[name]) as channel:
        _, status = await ended(channel, b"x" * (limits.MESSAGE_BYTES + 1))

    assert status is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert (world[LV].house.asked, world[LV].house.refused) == ([], [])
    assert (await ask(world)).kind is ANSWERED


async def test_metadata_longer_than_it_may_be_is_not_taken_in(world: World) -> None:
    async with knocking(world) as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call(sealed(world), metadata=(("note", "x" * 20_000),), timeout=5)

    assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert world[LV].house.asked == []


async def test_one_member_that_ends_its_server_in_a_loop_costs_the_others_no_call(
    world: World,
) -> None:
    is_enough = asyncio.Event()

    async def attack() -> None:
        while not is_enough.is_set():
            async with knocking(world, door=LT) as channel:
                await break_down(channel)

    async def work() -> list[Outcome]:
        outcomes: list[Outcome] = []
        while len(outcomes) < 300:
            outcomes += await world[EE].fanout.ask(question(), [LV], timeout_s=5)
        return outcomes

    attacking = asyncio.create_task(attack())
    outcomes = await work()
    is_enough.set()
    await attacking

    assert {outcome.kind for outcome in outcomes} == {ANSWERED}
    assert (LT, Code.INVALID, None) in world[LV].house.refused
    assert {member for member, _, _ in world[LV].house.refused} == {LT}
    async with asyncio.timeout(5):
        while (await ask(world, by=LT)).kind is not ANSWERED:
            pass


async def test_a_log_that_cannot_be_written_does_not_keep_a_door_shut(tmp_path: Path) -> None:
    class FullHouse(House):
        def turned_away(
            self, member: MemberId, fault: FederationError, statement: Statement | None
        ) -> None:
            super().turned_away(member, fault, statement)
            raise OSError("No space left on device")

    world = made(tmp_path, EE, LV)
    house = FullHouse(LV, world[LV].house.receipt)
    world[LV].doors = Doors(Doorstep(world[LV].us, house, house, HOST))
    await world.open()

    with capture_logs() as log:
        async with knocking(world) as channel:
            await break_down(channel)
        async with asyncio.timeout(5):
            while (await ask(world)).kind is not ANSWERED or "internal" not in str(log):
                pass

    await world.close()
    assert house.refused == [(EE, Code.INVALID, None)]
    assert [line["error"] for line in log if line["event"] == "internal"] == ["OSError"]


async def test_a_fault_that_nobody_foresaw_is_logged_once_without_what_it_held(
    world: World,
) -> None:
    world[LV].house.fault = KeyError("Viktor Lesnikov")

    with capture_logs() as log:
        async with knocking(world) as channel:
            _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.INTERNAL
    assert "Lesnikov" not in str(log)
    assert [(line["event"], line["door"]) for line in log] == [("internal", EE)]


# How much a member may send at once


async def test_the_calls_of_one_member_never_wait_for_those_of_another(world: World) -> None:
    house = world[LV].house
    house.holds_up = EE
    house.is_free.clear()
    filling = [asyncio.create_task(ask(world)) for _ in range(20)]
    await asyncio.to_thread(house.is_busy.wait)

    outcome = await ask(world, by=LT)

    house.is_free.set()
    assert outcome.kind is ANSWERED
    assert {late.kind for late in await asyncio.gather(*filling)} == {ANSWERED}


async def test_more_calls_than_a_door_takes_in_are_told_that_we_are_busy(world: World) -> None:
    house = world[LV].house
    house.is_free.clear()
    async with knocking(world) as first, knocking(world) as second:
        calls = [
            asyncio.create_task(how_it_ended(channel, sealed(world)))
            for channel in (first, second)
            for _ in range(60)
        ]
        await some(calls, 20)
        house.is_free.set()
        ends = await asyncio.gather(*calls)

    assert ends.count(None) == limits.CALLS
    assert ends.count(BusyError) == 20


async def some(tasks: Sequence[asyncio.Task[Any]], number: int) -> None:
    """Wait until so many of them are done, well before a handshake times out."""
    async with asyncio.timeout(3):
        while sum(task.done() for task in tasks) < number:
            waiting = [task for task in tasks if not task.done()]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


async def how_it_ended(channel: grpc.aio.Channel, message: bytes) -> type[FederationError] | None:
    """The fault by which a call ends, or None when it is answered."""
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
    try:
        await call(message, timeout=10)
    except grpc.aio.AioRpcError as error:
        return type(fault_of(error))
    return None


async def test_a_caller_that_went_away_frees_its_place_only_with_its_thread(
    tmp_path: Path,
) -> None:
    world = made(tmp_path, EE, LV, limits=Limits(in_flight=1))
    await world.open()
    house, [door] = world[LV].house, world[LV].doors
    house.is_free.clear()

    gone = await ask(world, timeout_s=0.2)
    waiting = await ask(world, timeout_s=0.2)
    async with asyncio.timeout(5):
        while len(door._inside) > 1:  # noqa: ASYNC110 - its thread says nothing of it
            await asyncio.sleep(0.01)
    house.is_free.set()
    served = await ask(world)

    await world.close()
    assert [outcome.kind for outcome in (gone, waiting, served)] == [LATE, LATE, ANSWERED]
    assert len(house.asked) == 2


async def test_a_member_holds_no_more_than_its_share_of_connections(world: World) -> None:
    port = world[LV].member.door_for(world[EE].member)
    lines = [await asyncio.open_connection(HOST, port) for _ in range(40)]

    reading = [asyncio.create_task(reader.read(1)) for reader, _ in lines]
    await some(reading, 8)

    assert [task.result() for task in reading if task.done()] == [b""] * 8
    for task, (_, writer) in zip(reading, lines, strict=True):
        task.cancel()
        writer.close()


# Opening and closing


async def test_stopping_finishes_the_call_in_flight_and_takes_no_other(world: World) -> None:
    house, doors = world[LV].house, world[LV].doors
    house.is_free.clear()
    asking = asyncio.create_task(ask(world))
    await asyncio.to_thread(house.is_busy.wait)

    closing = asyncio.create_task(doors.close(grace_s=10))
    async with asyncio.timeout(5):
        while (await ask(world, by=LT)).kind is not UNREACHABLE:
            pass
    house.is_free.set()
    await closing

    assert (await asking).kind is ANSWERED


async def test_after_its_grace_a_caller_is_let_go_but_the_gate_ends_what_it_began(
    world: World,
) -> None:
    house, doors = world[LV].house, world[LV].doors
    house.is_free.clear()
    asking = asyncio.create_task(ask(world))
    await asyncio.to_thread(house.is_busy.wait)

    closing = asyncio.create_task(doors.close(grace_s=0.1))
    outcome = await asking
    closed, _ = await asyncio.wait([closing], timeout=0.3)
    house.is_free.set()
    await closing

    assert outcome.kind is UNREACHABLE
    assert closed == set()


async def test_there_is_a_door_for_each_other_member_and_nobody_else(world: World) -> None:
    base = world[LV].member.port

    doors = list(world[LV].doors)

    assert [(door.member.id, door.port, door.is_open) for door in doors] == [
        (EE, base + 1, True),
        (LT, base + 3, True),
    ]
    assert doors[0].address == f"{HOST}:{base + 1}"


async def test_a_member_that_joins_gets_a_door_and_one_that_leaves_loses_it(
    world: World, tmp_path: Path
) -> None:
    pl = MemberId("PL")
    keys.make(tmp_path / "PL", pl, world.clock())
    own = keys.open(tmp_path / "PL", pl, world.clock())
    held = world.charter
    members = {**held.members, pl: replace(card(own), number=4)}
    del members[LT]

    world.charter = replace(held, members=members)
    await world[LV].doors.apply(world.charter)

    assert [door.member.id for door in world[LV].doors] == [EE, pl]
    assert (await ask(world)).kind is ANSWERED
    async with knocking(world, door=pl, own=own) as channel:
        fault, _ = await ended(channel, b"")
    assert fault is BrokenSealError


async def test_the_door_of_a_member_with_a_new_ca_is_closed_to_the_old_one(
    world: World, tmp_path: Path
) -> None:
    keys.make(tmp_path / "new", EE, world.clock())
    new = keys.open(tmp_path / "new", EE, world.clock())
    members = dict(world.charter.members)
    async with knocking(world) as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
        await call(sealed(world), timeout=5)
        members[EE] = replace(members[EE], ca=new.ca)
        world.charter = replace(world.charter, members=members)
        await world[LV].doors.apply(world.charter)

        fault, _ = await ended(channel, sealed(world))
        async with knocking(world) as another:
            _, status = await ended(another, sealed(world))

    assert fault is StrangerError
    assert status is grpc.StatusCode.UNAVAILABLE
    assert len(world[LV].house.asked) == 1


async def test_a_door_whose_port_is_taken_says_which(world: World) -> None:
    again = Doors(Doorstep(world[LV].us, world[LV].house, world[LV].house, HOST))
    port = world[LV].member.door_for(world[EE].member)

    with pytest.raises(InvalidError, match=f"door of EE cannot open: {HOST}:{port}"):
        await again.apply(world.charter)

    await again.close(0)


async def test_a_port_that_is_taken_keeps_nobody_out_but_its_member(world: World) -> None:
    latvia = world[LV]
    await latvia.doors.close(0)
    port = latvia.member.door_for(world[EE].member)

    with socket.create_server((HOST, port)), pytest.raises(InvalidError, match="door of EE"):
        await latvia.doors.apply(world.charter)

    assert [door.member.id for door in latvia.doors if door.is_open] == [LT]
    assert (await ask(world, by=LT)).kind is ANSWERED
    await latvia.doors.apply(world.charter)
    assert [door.member.id for door in latvia.doors if door.is_open] == [EE, LT]
