import asyncio
from dataclasses import replace

import pytest

from federation.charter import Standing
from federation.errors import CharterError, InvalidError, RefusedError
from federation.messages import MemberId, OutcomeKind, Share, Sought
from tests.federation.world import EE, LT, LV, World, hit, question

ANSWERED, LATE, REFUSED, UNREACHABLE = (
    OutcomeKind.ANSWERED,
    OutcomeKind.LATE,
    OutcomeKind.REFUSED,
    OutcomeKind.UNREACHABLE,
)


async def test_everybody_is_asked_at_once_our_own_node_among_them(world: World) -> None:
    for node in world:
        node.house.hits = (hit(node.us.id),)

    outcomes = await world[EE].fanout.ask(question(), timeout_s=5, own=world[EE].house.answer_own)

    assert [(outcome.member, outcome.kind) for outcome in outcomes] == [
        (EE, ANSWERED),
        (LV, ANSWERED),
        (LT, ANSWERED),
    ]
    assert [
        one.member for outcome in outcomes if outcome.answer for one in outcome.answer.hits
    ] == [
        EE,
        LV,
        LT,
    ]


async def test_each_member_gets_a_seal_of_its_own(world: World) -> None:
    await world[EE].fanout.ask(question(), timeout_s=5)

    [(_, _, latvia, to_latvia)] = world[LV].house.asked
    [(_, _, lithuania, to_lithuania)] = world[LT].house.asked
    assert (to_latvia.audience, to_lithuania.audience) == (LV, LT)
    assert latvia.signature != lithuania.signature
    assert latvia.body == lithuania.body


async def test_only_the_chosen_members_are_asked_in_the_order_of_the_charter(world: World) -> None:
    outcomes = await world[LT].fanout.ask(
        question(), [LV, EE], timeout_s=5, own=world[LT].house.answer_own
    )

    assert [outcome.member for outcome in outcomes] == [EE, LV]
    assert world[LT].house.asked == []


async def test_without_a_way_to_our_own_node_only_the_others_are_asked(world: World) -> None:
    outcomes = await world[EE].fanout.ask(question(), timeout_s=5)

    assert [outcome.member for outcome in outcomes] == [LV, LT]


async def test_a_member_that_nobody_knows_is_not_asked_and_nothing_leaves(world: World) -> None:
    with pytest.raises(InvalidError, match="no member PL"):
        await world[EE].fanout.ask(question(), [LV, MemberId("PL")], timeout_s=5)

    assert world[LV].house.asked == []


async def test_a_member_that_was_suspended_since_it_was_chosen_is_said_to_be_and_others_are_asked(
    world: World,
) -> None:
    gone = replace(world.charter.member(LT), standing=Standing.SUSPENDED)
    world.charter = replace(world.charter, members={**world.charter.members, LT: gone})

    outcomes = await world[EE].fanout.ask(question(), [EE, LV, LT], timeout_s=5)

    assert [(one.member, one.kind) for one in outcomes] == [(LV, ANSWERED), (LT, REFUSED)]
    assert outcomes[1].reason == "LT is suspended since charter 1 or before"
    assert world[LT].house.asked == []


async def test_a_question_that_no_member_would_read_does_not_leave(world: World) -> None:
    with pytest.raises(InvalidError, match=r"sought\.name"):
        await world[EE].fanout.ask(question(seeks=Sought(name="x" * 2_000)), timeout_s=5)

    assert world[LV].house.asked == []


async def test_nothing_leaves_under_a_charter_that_has_expired(world: World) -> None:
    world.charter = replace(world.charter, expires_at=world.clock())

    with pytest.raises(CharterError, match="expired"):
        await world[EE].fanout.ask(question(), timeout_s=5)

    assert world[LV].house.asked == []


async def test_the_rest_answer_on_time_and_the_silent_and_the_dead_are_named(world: World) -> None:
    loop = asyncio.get_running_loop()
    world[LV].house.is_free.clear()
    await world[LT].doors.close(0)
    started = loop.time()

    outcomes = await world[EE].fanout.ask(question(), timeout_s=0.5, own=world[EE].house.answer_own)

    took_s = loop.time() - started
    world[LV].house.is_free.set()
    assert [(outcome.member, outcome.kind) for outcome in outcomes] == [
        (EE, ANSWERED),
        (LV, LATE),
        (LT, UNREACHABLE),
    ]
    assert 0.5 <= took_s < 1.5
    assert all(outcome.reason for outcome in outcomes[1:])


async def test_our_own_node_too_is_late_at_the_deadline(world: World) -> None:
    world[EE].house.is_free.clear()

    [outcome] = await world[EE].fanout.ask(
        question(), [EE], timeout_s=0.2, own=world[EE].house.answer_own
    )

    world[EE].house.is_free.set()
    assert outcome.kind is LATE


@pytest.mark.parametrize(
    ("fault", "kind"), [(RefusedError("EE: forbid"), REFUSED), (KeyError("name"), UNREACHABLE)]
)
async def test_a_fault_of_our_own_node_is_an_outcome_like_any_other(
    world: World, fault: Exception, kind: OutcomeKind
) -> None:
    world[EE].house.fault = fault

    outcomes = await world[EE].fanout.ask(question(), timeout_s=5, own=world[EE].house.answer_own)

    assert [outcome.kind for outcome in outcomes] == [kind, ANSWERED, ANSWERED]


async def test_an_answer_too_long_for_one_message_arrives_cut_and_says_so(world: World) -> None:
    world[LV].house.hits = tuple(hit(LV, size=200_000) for _ in range(5))

    [outcome] = await world[EE].fanout.ask(question(), [LV], timeout_s=5)

    assert outcome.answer is not None
    assert outcome.answer.is_truncated
    assert [one.share for one in outcome.answer.hits] == [Share.FULL] * 3 + [Share.HIT] * 2


async def test_a_line_is_kept_and_follows_the_member_to_its_new_charter(world: World) -> None:
    fanout = world[EE].fanout
    await fanout.ask(question(), [LV], timeout_s=5)
    held = world.charter
    moved = replace(held.member(LV), port=held.member(LV).port - 1)
    world.charter = replace(held, members={**held.members, LV: moved})

    [outcome] = await fanout.ask(question(), [LV], timeout_s=5)

    # One number lower, our own door stands where Lithuania's did: it is not for us.
    assert outcome.kind is UNREACHABLE


async def test_a_member_that_comes_back_is_reached_again(world: World) -> None:
    fanout, doors = world[EE].fanout, world[LV].doors
    await doors.close(0)
    [gone] = await fanout.ask(question(), [LV], timeout_s=5)
    await doors.apply(world.charter)

    outcomes = [gone]
    async with asyncio.timeout(10):
        while outcomes[-1].kind is not ANSWERED:
            outcomes += await fanout.ask(question(), [LV], timeout_s=5)

    assert gone.kind is UNREACHABLE


async def test_closing_lets_our_own_node_finish(world: World) -> None:
    house, fanout = world[EE].house, world[EE].fanout
    house.is_free.clear()
    asking = asyncio.create_task(fanout.ask(question(), [EE], timeout_s=5, own=house.answer_own))
    await asyncio.to_thread(house.is_busy.wait)

    closing = asyncio.create_task(fanout.close())
    closed, _ = await asyncio.wait([closing], timeout=0.2)
    house.is_free.set()
    await closing

    [outcome] = await asking
    assert outcome.kind is ANSWERED
    assert closed == set()
