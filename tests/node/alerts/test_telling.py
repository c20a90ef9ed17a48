"""Telling: the same state of a record is told once, and what does not travel is no new state."""

from collections.abc import Iterator

import pytest

from federation.messages import WatchId
from node.alerts.inbox import Shown
from tests.world import World, eventually, federation

NAME = "Viktor Lesnikov"


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia and Latvia."""
    with federation("EE", "LV") as running:
        yield running


@pytest.fixture
def watch(world: World) -> WatchId:
    """A watch of Estonia's that stands at Latvia."""
    watch = world["ee"].watches(NAME, to=["lv"])
    eventually(lambda: world["ee"].watch_states(watch) == {"LV": "registered"})
    return watch


def times(world: World) -> list[int]:
    """How many states of each record came, once a later one has."""
    world["lv"].holds(NAME, id="last")
    eventually(lambda: any(map(_is_last, world["ee"].alerts)))
    return sorted(one.alert.times for one in world["ee"].alerts)


def _is_last(shown: Shown) -> bool:
    return bool(shown.hit and shown.hit.entity and shown.hit.entity.id == "last")


@pytest.mark.usefixtures("watch")
def test_whom_else_a_record_is_shown_is_no_new_state_of_it(world: World) -> None:
    id = world["lv"].holds(NAME)
    eventually(lambda: world["ee"].alerts)

    world["lv"].changes(id, audience=frozenset({"ALL", "LT"}))

    assert times(world) == [1, 1]


@pytest.mark.usefixtures("watch")
def test_how_a_record_may_be_used_is_a_new_state_of_it(world: World) -> None:
    id = world["lv"].holds(NAME)
    eventually(lambda: world["ee"].alerts)

    world["lv"].changes(id, handling=frozenset({"H0", "H1"}))

    assert times(world) == [1, 2]
