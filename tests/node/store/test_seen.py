"""Ids received: known again after a restart, and forgotten in time."""

from datetime import timedelta

from federation.messages import MemberId
from node import store
from tests.node.store.shelf import NOW, Shelf

LV, LT = MemberId("LV"), MemberId("LT")
HOUR = timedelta(hours=1)


def remembered(shelf: Shelf, *ids: str, sender: MemberId = LV) -> list[bool]:
    with shelf.store.write() as tx:
        return [store.seen.remember(tx, sender, id) for id in ids]


def test_an_id_is_new_once(shelf: Shelf) -> None:
    assert remembered(shelf, "a", "b", "a") == [True, True, False]
    assert remembered(shelf, "a", sender=LT) == [True]


def test_an_id_is_known_after_a_restart(shelf: Shelf) -> None:
    remembered(shelf, "a")
    shelf.close()

    again = Shelf(shelf.folder)

    assert remembered(again, "a") == [False]
    again.close()


def test_what_is_older_than_the_window_is_forgotten(shelf: Shelf) -> None:
    remembered(shelf, "a")
    shelf.now += HOUR
    remembered(shelf, "b")

    with shelf.store.write() as tx:
        forgotten = store.seen.forget(tx, NOW + HOUR)

    assert forgotten == 1
    assert remembered(shelf, "a", "b") == [True, False]
