"""Touches: gathered by reason, each question once, and questions that are still owed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.messages import Asker, MemberId, PersonId, Question, QuestionId, Sought
from node import store
from node.store.alerts import AlertState
from node.store.touches import Touch
from tests.node.store.shelf import SHOWN, Shelf, draft, person

LV = MemberId("LV")
QUESTION = Question(
    id=QuestionId("Q-1"),
    asker=Asker(PersonId("a.ozols"), "analyst"),
    case="CASE-1",
    purpose="investigation",
    seeks=Sought(name="Anna Liiv"),
    topic="drugs",
)


@pytest.fixture
def touched(shelf: Shelf) -> Shelf:
    shelf.keep(draft(marking=replace(SHOWN, tell="silently")))
    return shelf


def touch(shelf: Shelf, id: str, question: Question = QUESTION) -> Touch:
    with shelf.store.write() as tx:
        return store.touches.raise_(tx, id, LV, shelf.held(), question)


def test_a_touch_comes_back_as_it_was(touched: Shelf) -> None:
    raised = touch(touched, "T-1")

    with touched.store.view() as view:
        assert store.touches.find(view, "T-1") == raised
        assert store.touches.behind(view, 0, most=9) == [raised]
        assert store.touches.behind(view, raised.change, most=9) == []
    assert (raised.record, raised.tell) == (touched.held().record.id, "silently")
    assert (raised.asker, raised.topic) == (QUESTION.asker, "drugs")


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, case="CASE-2"),
        replace(QUESTION, purpose="prosecution"),
        replace(QUESTION, asker=Asker(PersonId("a.ozols"), "coordinator")),
        replace(QUESTION, asker=Asker(PersonId("b.ozols"), "analyst")),
    ],
)
def test_another_reason_is_another_touch_and_the_same_is_a_repeat(
    touched: Shelf, other: Question
) -> None:
    touch(touched, "T-1")

    again, apart = touch(touched, "T-2"), touch(touched, "T-3", other)

    assert (again.id, again.times) == ("T-1", 2)
    assert (apart.id, apart.times) == ("T-3", 1)


def test_a_repeat_of_what_was_closed_is_new_again(touched: Shelf) -> None:
    touch(touched, "T-1")
    with touched.store.write() as tx:
        store.touches.change(tx, "T-1", AlertState.ASSIGNED, assignee=PersonId("b.saar"))
    assert (touch(touched, "T-2").state, touch(touched, "T-2").assignee) == ("assigned", "b.saar")

    with touched.store.write() as tx:
        store.touches.change(tx, "T-1", AlertState.FALSE)

    assert touch(touched, "T-2").state == AlertState.NEW


def test_a_question_is_new_to_a_record_once(touched: Shelf) -> None:
    number = touched.held().number
    asked = [(LV, "Q-1"), (LV, "Q-1"), (LV, "Q-2"), (MemberId("PL"), "Q-1")]

    with touched.store.write() as tx:
        new = [store.touches.is_new(tx, member, number, id) for member, id in asked]

    assert new == [True, False, True, True]


def test_what_is_owed_is_settled_in_order(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        for number in range(2):
            store.touches.owe(tx, LV, b"%d" % number, least=0.5)

    settled = []
    with shelf.store.write() as tx:
        while owed := store.touches.next_owed(tx):
            settled.append((owed.member, owed.question, owed.least))
            store.touches.settle(tx, owed.number)

    assert settled == [(LV, b"0", 0.5), (LV, b"1", 0.5)]


def test_what_was_touched_long_ago_is_erased_but_for_the_newest_change(touched: Shelf) -> None:
    old, newest = touch(touched, "T-1"), touch(touched, "T-2", replace(QUESTION, case="CASE-2"))
    with touched.store.write() as tx:
        assert store.touches.is_new(tx, LV, touched.held().number, "Q-1")
        assert store.touches.erase(tx, old.last_at) == 0
        assert store.touches.erase(tx, newest.last_at + timedelta(days=1)) == 1

    with touched.store.view() as view:
        assert store.touches.find(view, old.id) is None
        assert store.touches.behind(view, 0, most=9) == [newest]
    later = touch(touched, "T-3", replace(QUESTION, case="CASE-3"))
    assert later.change > newest.change
    with touched.store.write() as tx:
        assert not store.touches.is_new(tx, LV, touched.held().number, "Q-1")  # one is left of it


def test_the_questions_of_a_record_go_with_its_last_touch(touched: Shelf) -> None:
    old = touch(touched, "T-1")
    touched.keep(draft(person("P-2"), marking=replace(SHOWN, tell="silently")))
    with touched.store.write() as tx:
        assert store.touches.is_new(tx, LV, touched.held().number, "Q-1")
        other = touched.held("P-2")
        store.touches.raise_(tx, "T-2", LV, other, replace(QUESTION, case="CASE-2"))

        assert store.touches.erase(tx, old.last_at + timedelta(days=1)) == 1
        assert store.touches.is_new(tx, LV, touched.held().number, "Q-1")
