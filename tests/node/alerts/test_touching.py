"""Touching: what a touch says outside of the node, and questions as they are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.errors import InvalidError
from federation.messages import (
    Asker,
    Detail,
    Identifier,
    MemberId,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Sought,
)
from node import store
from node.alerts.leaving import Leaving, Way
from node.alerts.touching import Touching, _decoded, _encoded
from node.people import person
from node.store.alerts import AlertState
from node.store.letters import Line
from tests.world import World

NAME = "Viktor Lesnikov"
QUESTION = Question(
    id=QuestionId("Q-1"),
    asker=Asker(PersonId("a.ozols"), "analyst"),
    case="CASE-1",
    purpose="investigation",
    seeks=Sought(NAME, "1979", "lv", (Identifier("imo", "9074729"),), "person"),
    topic="drugs",
    is_urgent=True,
    limit=7,
)


@pytest.mark.parametrize(
    "question", [QUESTION, replace(QUESTION, seeks=Detail(Reference("one")), topic="")]
)
def test_a_question_is_kept_as_it_was_asked(question: Question) -> None:
    assert _decoded(_encoded(question)) == question


def test_what_a_touch_says_outside_names_nobody_whatever_a_member_writes(world: World) -> None:
    id = world["lv"].holds(NAME)
    world["lv"].changes(id, tell="silently")

    line = left(world, replace(QUESTION, topic=NAME, purpose=NAME, case=NAME))

    assert (line.event, line.member, line.topic, line.purpose) == ("touched", "EE", "", "")
    assert (line.watch, line.score, line.is_urgent) == ("", None, True)
    for personal in (*NAME.split(), "a.ozols", id, "CASE-1"):
        assert personal not in str(line)


def left(world: World, question: Question) -> Line:
    """What leaves the node when a question touches every record of Latvia."""
    node = world["lv"].up
    leaving = Leaving(lambda: "L-1", (Way("webhook", timedelta(0)),))
    touching = Touching(node.gate, lambda: "T-1", leaving)
    with node.store.write() as tx:
        held = list(store.records.by_source(tx, "tests", ["LV-0"]).values())
        touching.given(tx, MemberId("EE"), question, held)
        touching.given(tx, MemberId("EE"), question, held)
        letter = store.letters.take(tx, "webhook")
    assert letter is not None
    [line] = letter.lines
    return line


def test_a_touch_is_assigned_to_a_person_and_only_then_needs_one(world: World) -> None:
    change = world["lv"].up.post.touching.change

    with pytest.raises(InvalidError, match="person"):
        change("T-1", AlertState.ASSIGNED, person(PersonId("first"), ["analyst"]))
