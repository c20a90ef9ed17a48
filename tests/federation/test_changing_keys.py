"""Keys that change while calls run, and those that were stolen: over real TLS."""

import asyncio
from dataclasses import replace

import grpc

from federation import keys, wire
from federation.errors import StrangerError
from federation.messages import MemberId, OutcomeKind
from tests.federation.world import EE, LT, LV, World, ask, ended, knocking, question, sealed

ANSWERED, UNREACHABLE = OutcomeKind.ANSWERED, OutcomeKind.UNREACHABLE


async def test_a_new_node_certificate_costs_no_call_in_flight_and_none_after_it(
    world: World,
) -> None:
    turned = asyncio.Event()

    async def ask_on(by: MemberId) -> list[OutcomeKind]:
        kinds = []
        while not turned.is_set():
            [outcome] = await world[by].fanout.ask(question(), [LV], timeout_s=5)
            kinds.append(outcome.kind)
        return kinds

    asked = world[LV].house.asked
    asking = [asyncio.create_task(ask_on(by)) for by in (EE, EE, LT, LT)]
    before = world[LV].us.ring.present.tls_chain
    for member in (LV, EE, LV, EE, LT):
        enough = len(asked) + 12  # more than are on their way: some began after the change
        while len(asked) < enough:  # noqa: ASYNC110 - the gate is no event
            await asyncio.sleep(0)
        turn_tls(world, member)
    turned.set()

    kinds = [kind for each in asking for kind in await each]
    assert set(kinds) == {ANSWERED}
    assert len(kinds) > 20
    assert world[LV].us.ring.present.tls_chain != before
    async with knocking(world) as channel:  # and a new line is shown the new certificate
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
        await call(sealed(world), timeout=5)


async def test_whoever_stole_a_tls_key_is_refused_at_its_next_call_on_an_open_connection(
    world: World,
) -> None:
    stolen = world[EE].us.ring.present
    async with knocking(world, own=stolen) as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
        await call(sealed(world), timeout=5)

        revoke_tls(world, EE)

        fault, _ = await ended(channel, sealed(world))

    assert fault is StrangerError
    assert (await ask(world)).kind is ANSWERED  # Estonia itself, with its new certificate


async def test_whoever_stole_a_tls_key_is_not_taken_for_the_node_by_those_who_ask_it(
    world: World,
) -> None:
    """Who stands in the way of Latvia's address with its stolen key gets no question."""
    stolen = world[LV].us.ring.present
    assert (await ask(world)).kind is ANSWERED
    revoke_tls(world, LV)
    assert (await ask(world)).kind is ANSWERED

    world[LV].us.ring.turn(stolen, None)  # the thief at its place
    await world[EE].fanout.close()

    assert (await ask(world)).kind is UNREACHABLE
    assert len(world[LV].house.asked) == 2


async def test_a_member_is_shown_the_keys_that_its_charter_names(world: World) -> None:
    """After a theft of everything: who knows of it meets the new keys, who does not the old."""
    place = keys.Place(world[EE].folder, EE, keys.Plain())
    us, now = world[EE].member, world.clock()
    turn = keys.begin(place, us, [keys.What.SIGNING, keys.What.CA], now, is_revocation=True)
    assert turn is not None
    line = keys.lined(turn, us, now)
    old = world.charter
    new = replace(old, version=old.version + 1, members={**old.members, EE: line})
    keys.settle(place, line, new.version, now)
    own, former = keys.open(place.folder, EE, now), keys.former(place.folder, EE, now)
    world[EE].us.ring.turn(own, former)
    charters = {LV: new, LT: old}
    for member, charter in charters.items():
        us_there = world[member].us
        object.__setattr__(us_there, "charter", lambda charter=charter: charter)

    first = {member: await outcome(world, member) for member in charters}
    again = {member: await outcome(world, member) for member in charters}

    assert first[LT] is ANSWERED  # knows of nothing
    assert first[LV] is not ANSWERED  # and says so: from then on it is shown the new keys
    assert again == {LV: ANSWERED, LT: ANSWERED}


def turn_tls(world: World, member: MemberId) -> None:
    """Give a member another TLS key and certificate, as `keys rotate tls` does."""
    place = keys.Place(world[member].folder, member, keys.Plain())
    keys.begin(place, world[member].member, [keys.What.TLS], world.clock())
    world[member].us.ring.turn(keys.open(place.folder, member, world.clock()), None)


def revoke_tls(world: World, member: MemberId) -> None:
    """Have the charter revoke the node certificates of a member, which has another by then."""
    place, us = keys.Place(world[member].folder, member, keys.Plain()), world[member].member
    turn = keys.begin(place, us, [keys.What.TLS], world.clock(), is_revocation=True)
    assert turn is not None
    world[member].us.ring.turn(keys.open(place.folder, member, world.clock()), None)
    line = keys.lined(turn, us, world.clock())
    world.charter = replace(world.charter, members={**world.charter.members, member: line})


async def test_questions_that_fail_at_once_after_a_theft_find_the_other_keys_together(
    world: World,
) -> None:
    place = keys.Place(world[EE].folder, EE, keys.Plain())
    us, now = world[EE].member, world.clock()
    turn = keys.begin(place, us, [keys.What.SIGNING], now, is_revocation=True)
    assert turn is not None
    line = keys.lined(turn, us, now)
    keys.settle(place, us, world.charter.version, now)
    own, former = keys.open(place.folder, EE, now), keys.former(place.folder, EE, now)
    world[EE].us.ring.turn(own, former)
    world.charter = replace(world.charter, members={**world.charter.members, EE: line})

    first = await asyncio.gather(*(outcome(world, LV) for _ in range(4)))
    again = await asyncio.gather(*(outcome(world, LV) for _ in range(4)))

    assert ANSWERED not in first
    assert set(again) == {ANSWERED}


async def outcome(world: World, to: MemberId) -> OutcomeKind:
    [one] = await world[EE].fanout.ask(question(), [to], timeout_s=5)
    return one.kind
