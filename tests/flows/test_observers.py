"""What an observer may ask: about the topics that the charter grants it, and nothing by default."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from federation.messages import Marking, MemberId, OutcomeKind
from node import config
from tests.flows.test_charter import decided, in_force
from tests.world import World, eventually, federation

UN = MemberId("UN")
NAME = "Viktor Lesnikov"


def _observing(settings: config.Config) -> config.Config:
    kind = "observer" if settings.member.id == UN else "state"
    return msgspec.structs.replace(
        settings, member=msgspec.structs.replace(settings.member, kind=kind)
    )


@pytest.fixture
def world() -> Iterator[World]:
    """Two states that share what they know with all and with the observer beside them."""
    with federation("EE", "LV", "UN", settings=_observing, life=timedelta(days=30)) as found:
        for place in (found["ee"], found["lv"]):
            for topic in ("drugs", "firearms", "other"):
                id = f"{place.home.member}-{topic}"
                place.holds(NAME, id=id, audience=("ALL", "UN"), marking=Marking(topic=topic))
        yield found


def granted(world: World, *topics: str) -> None:
    """Both states agree on what the observer may ask about."""
    version = world["ee"].up.in_force().version + 1
    decided(world, "ee", "lv", version=version, topics={UN: frozenset(topics)})
    in_force(world, "un", version=version)


def asked(world: World, topic: str) -> dict[str, tuple[OutcomeKind, list[str]]]:
    """How each state meets a question of the observer, and the records that it shows."""
    found = world["un"].search(NAME, to=["ee", "lv"], topic=topic)
    return {id: (found.outcome(id).kind, found.ids_from(id)) for id in ("ee", "lv")}


def everywhere(kind: OutcomeKind, *topics: str) -> dict[str, tuple[OutcomeKind, list[str]]]:
    return {id: (kind, [f"{id.upper()}-{topic}" for topic in topics]) for id in ("ee", "lv")}


REFUSED = everywhere(OutcomeKind.REFUSED)
ANSWERED = everywhere(OutcomeKind.ANSWERED, "drugs")


def test_an_observer_is_refused_whatever_it_asks_about_until_a_topic_is_granted(
    world: World,
) -> None:
    assert world["ee"].up.in_force().member(UN).topics == frozenset()
    for topic in ("", "drugs", "firearms"):
        assert asked(world, topic) == REFUSED


def test_an_observer_is_answered_about_a_topic_while_it_is_granted_and_no_other(
    world: World,
) -> None:
    granted(world, "drugs", "firearms")
    assert asked(world, "firearms") == everywhere(OutcomeKind.ANSWERED, "firearms")

    granted(world, "drugs")

    assert asked(world, "drugs") == ANSWERED
    for topic in ("firearms", ""):
        assert asked(world, topic) == REFUSED
    grounds = [one.ground for one in world["ee"].audit if one.peer == UN and one.event == "refused"]
    assert len(grounds) == 2


def test_nothing_stands_for_an_observer_and_no_topic_of_a_state_counts_for_it(
    world: World,
) -> None:
    granted(world, "drugs")

    watch = world["un"].watches(NAME, to=["ee"], topic="drugs")

    eventually(lambda: world["un"].watch_states(watch) == {"EE": "refused"})
    assert world["lv"].search(NAME, to=["ee"], topic="firearms").is_complete
