"""What was asked lately: in its order, as far back as is looked, and no longer."""

from datetime import timedelta

import pytest

from federation.messages import MemberId
from node import store
from node.store.asked import Asked, Became
from tests.node.store.shelf import NOW, Shelf

LV, LT = MemberId("LV"), MemberId("LT")
MINUTE = timedelta(minutes=1)


def noted(shelf: Shelf, *people: str, member: MemberId = LV) -> None:
    """A question of each of these, a minute apart."""
    for person in people:
        with shelf.store.write() as tx:
            store.asked.note(tx, member, Asked(0, person, "C", tx.now, Became.MISS, b"seeks"))
        shelf.now += MINUTE


def of(shelf: Shelf, *, member: MemberId = LV, most: int = 9) -> list[str]:
    with shelf.store.view() as view:
        return [one.person for one in store.asked.of(view, member, since=NOW - MINUTE, most=most)]


def test_the_last_questions_of_a_member_come_in_their_order(shelf: Shelf) -> None:
    noted(shelf, "a", "b")
    noted(shelf, "x", member=LT)
    noted(shelf, "c")

    assert of(shelf) == ["a", "b", "c"]
    assert of(shelf, most=2) == ["b", "c"]
    with shelf.store.view() as view:
        assert [store.asked.last(view, member) for member in (LV, LT, MemberId("EE"))] == [4, 3, 0]
        [first] = store.asked.of(view, LT, since=NOW, most=9)
    assert first == Asked(3, "x", "C", NOW + 2 * MINUTE, Became.MISS, b"seeks")


@pytest.mark.parametrize("became", Became)
def test_whatever_became_of_it_is_kept(shelf: Shelf, became: Became) -> None:
    with shelf.store.write() as tx:
        store.asked.note(tx, LV, Asked(0, "a", "C", tx.now, became, b""))
        [kept] = store.asked.of(tx, LV, since=NOW - MINUTE, most=9)

    assert kept.became is became


def test_what_is_old_is_forgotten(shelf: Shelf) -> None:
    noted(shelf, "a", "b", "c")

    with shelf.store.write() as tx:
        assert not store.asked.is_overdue(tx, NOW - MINUTE)
        assert store.asked.is_overdue(tx, NOW + MINUTE)
        assert store.asked.forget(tx, NOW + MINUTE) == 2

    assert of(shelf) == ["c"]


def test_a_number_never_comes_again(shelf: Shelf) -> None:
    """Who looked up to a number would otherwise not look at what comes after all was forgotten."""
    noted(shelf, "a", "b")
    with shelf.store.write() as tx:
        store.asked.forget(tx, shelf.now)

    noted(shelf, "c")

    with shelf.store.view() as view:
        assert store.asked.last(view, LV) == 3


def test_the_newest_of_one_member_are_kept(shelf: Shelf) -> None:
    noted(shelf, "x", member=LT)
    noted(shelf, "a", "b", "c")

    with shelf.store.write() as tx:
        forgotten = [store.asked.keep_newest(tx, LV, most) for most in (3, 2, 2)]

    assert forgotten == [0, 1, 0]
    assert of(shelf) == ["b", "c"]
    assert of(shelf, member=LT) == ["x"]
