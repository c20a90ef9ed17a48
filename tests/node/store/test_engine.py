"""The open database: one writer, snapshots for readers, whole transactions or nothing."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from node import store
from node.errors import StoreError
from node.store import View
from tests.node.store.shelf import DONE, NOW, WHY, Shelf, draft, person


def fail_to_keep(shelf: Shelf) -> None:
    """Keep somebody in a transaction that fails at its end."""
    with contextlib.suppress(KeyError), shelf.store.write() as tx:
        shelf.keeping.keep(tx, [draft()], WHY)
        raise KeyError


def test_what_was_written_is_seen_by_the_next_view(shelf: Shelf) -> None:
    shelf.keep(draft())

    with shelf.store.view() as view:
        assert store.records.count(view) == 1


def test_a_write_that_raises_leaves_nothing(shelf: Shelf) -> None:
    fail_to_keep(shelf)

    with shelf.store.view() as view:
        assert (store.records.count(view), store.audit.head(view)) == (0, None)


def test_what_was_rolled_back_is_not_remembered(shelf: Shelf) -> None:
    fail_to_keep(shelf)

    (held,) = shelf.keep(draft())

    assert shelf.held().record.marking == held.record.marking
    with shelf.store.view() as view:
        assert store.keys.probe(view, ("name", "anna"), markings=None, cap=9) == [held.number]


def test_a_transaction_has_one_now(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        shelf.now = NOW + timedelta(hours=1)

        assert tx.now == NOW


def test_a_write_inside_a_write_is_refused_and_breaks_nothing(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        with pytest.raises(StoreError, match="inside"), shelf.store.write():
            pass
        store.audit.append(tx, DONE)

    with shelf.store.view() as view:
        assert store.audit.verify(view) is None


def test_a_view_keeps_its_snapshot_from_its_beginning(shelf: Shelf) -> None:
    with shelf.store.view() as view:
        shelf.keep(draft())

        assert store.records.count(view) == 0


def test_a_view_inside_a_write_sees_what_was_committed_before(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        shelf.keeping.keep(tx, [draft()], WHY)
        with shelf.store.view() as view:
            assert (store.records.count(view), store.records.count(tx)) == (0, 1)


@pytest.mark.parametrize("way", ["view", "write"])
def test_a_view_is_of_no_use_after_its_end(shelf: Shelf, way: str) -> None:
    with getattr(shelf.store, way)() as view:
        pass

    with pytest.raises(StoreError, match="after its end"):
        store.records.count(view)


def test_a_view_cannot_write(shelf: Shelf) -> None:
    with pytest.raises(StoreError, match="READONLY"), shelf.store.view() as view:
        store.seen.forget(view, NOW)  # type: ignore[arg-type]


def test_a_transaction_that_ended_has_no_part_that_could_begin(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        pass

    with pytest.raises(StoreError, match="after its end"), tx.apart():
        pass


def test_a_part_that_fails_is_undone_alone(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        shelf.keeping.keep(tx, [draft(person("P-1"))], WHY)
        with contextlib.suppress(KeyError), tx.apart():
            shelf.keeping.keep(tx, [draft(person("P-2"))], WHY)
            raise KeyError

    with shelf.store.view() as view:
        assert _seen(view) == (1, 1)
        assert store.audit.verify(view) is None


def test_what_is_to_be_done_at_last_is_done_once_and_not_after_a_fault(shelf: Shelf) -> None:
    done: list[View] = []
    with shelf.store.write() as tx:
        tx.at_last(done.append)
        tx.at_last(done.append)
        assert done == []
    with contextlib.suppress(KeyError), shelf.store.write() as failing:
        failing.at_last(done.append)
        raise KeyError

    assert done == [tx]


def test_views_use_again_what_others_gave_back(shelf: Shelf) -> None:
    with shelf.store.view(), shelf.store.view():
        pass
    with shelf.store.view():
        pass

    assert len(shelf.store._readers) == 2


def test_a_store_opened_again_holds_what_it_held(shelf: Shelf) -> None:
    shelf.keep(draft())
    shelf.close()

    again = Shelf(shelf.folder)

    assert again.held().record.entity == person()
    again.close()


def test_readers_see_whole_transactions_while_the_writer_commits(shelf: Shelf) -> None:
    """Each transaction adds two records and one entry: no snapshot may show anything between."""
    ended = threading.Event()

    def looked() -> int:
        looks = 0
        while not ended.is_set() or not looks:
            with shelf.store.view() as view:
                first = _seen(view)
                assert first == _seen(view)
                assert first[0] == 2 * first[1]
            looks += 1
        return looks

    with ThreadPoolExecutor(4) as readers:
        looks = [readers.submit(looked) for _ in range(4)]
        for number in range(60):
            shelf.keep(draft(person(f"A-{number}")), draft(person(f"B-{number}")))
        ended.set()

    assert all(look.result() > 0 for look in looks)
    with shelf.store.view() as view:
        assert _seen(view) == (120, 60)


def test_writers_of_many_threads_lose_nothing(shelf: Shelf) -> None:
    def write(name: str) -> Callable[[], None]:
        def written() -> None:
            for number in range(20):
                shelf.keep(draft(person(f"{name}-{number}")))

        return written

    with ThreadPoolExecutor(4) as writers:
        done = [writers.submit(write(name)) for name in "ABCD"]

    assert [one.exception() for one in done] == [None] * 4
    with shelf.store.view() as view:
        assert _seen(view) == (80, 80)
        assert store.audit.verify(view) is None


def _seen(view: View) -> tuple[int, int]:
    head = store.audit.head(view)
    return store.records.count(view), head.seq if head else 0
