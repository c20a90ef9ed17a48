"""Planning: what may be planned and compared, and how often."""

from typing import Any

import msgspec
import pytest

from federation.errors import InvalidError, RefusedError
from federation.meetings import Place
from federation.messages import Sought
from node import config
from tests.flows.planned import HARBOUR, LESNIKOV, events, plans, settled, states
from tests.world import World, eventually, federation


def test_a_member_may_ask_only_as_often_as_its_quota_allows() -> None:
    few = config.Activity(quota_per_hour=2)
    with federation(
        "EE", "LV", settings=lambda one: msgspec.structs.replace(one, activity=few)
    ) as world:
        for number in range(3):
            plans(world["ee"], target=Sought(name=f"Anna Nowak {number}"))
        settled(world)

        planned = world["ee"].up.post.planning.every()
        first = [str(one.deliveries[0].state) for one in planned]
        assert first == ["delivered", "delivered", "refused"]
        assert len(events(world["lv"], "notice refused")) == 1

        world.clock.turn(hours=2)
        world["ee"].up.post.due()
        eventually(lambda: states(world["ee"]) == {"compared"})


def test_our_own_policy_refuses_an_activity_before_anything_leaves(world: World) -> None:
    with pytest.raises(RefusedError):
        plans(world["ee"], target=LESNIKOV, role="auditor")

    assert world["ee"].last_audit.event == "activity not planned"
    assert world["ee"].up.post.planning.every() == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "a target, a place"),
        ({"where": Place("Tallinn")}, "too wide"),
        ({"where": Place("", 59.4, 24.7, 0)}, "--radius"),
        ({"where": Place("", 89.0, 24.7, 10)}, "--at"),
        ({"target": Sought(name="Viktor")}, "too wide"),
        ({"where": HARBOUR, "lasts_h": 24 * 32}, "31 days"),
        ({"where": HARBOUR, "starts_in_h": -9}, "ahead"),
        ({"where": HARBOUR, "to": ("xx",)}, "no member"),
    ],
)
def test_what_cannot_be_compared_is_said_with_what_to_change(
    world: World, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        plans(world["ee"], **wrong)
