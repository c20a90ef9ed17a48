"""Together: one commit for all who wait, each undone alone, none told before it is on disk."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest

from node import store
from node.errors import StoreError
from node.store import Tx, View
from node.store.keys import RecordNumber
from node.store.together import Together
from tests.node.store.shelf import DONE, EE, WHY, Shelf, draft, person

Work = Callable[[Tx], object]


def waiting(shelf: Shelf, count: int) -> None:
    """Wait until so many pieces of work stand together, and the first of them in line."""
    while len(shelf.store._together._waiting) < count or not shelf.store._turns._waiting:
        threading.Event().wait(0.001)


@contextmanager
def gathered(shelf: Shelf, *works: Work) -> Iterator[list[Future[object]]]:
    """These pieces of work in one transaction, which begins when this ends."""
    with ThreadPoolExecutor(len(works)) as threads, shelf.store.write():
        started = []
        for count, work in enumerate(works, 1):
            started.append(threads.submit(shelf.store.together, work))
            waiting(shelf, count)
        yield started


def keeping(shelf: Shelf, id: str) -> Work:
    """Keep somebody, which adds an entry to the log."""
    return lambda tx: shelf.keeping.keep(tx, [draft(person(id))], WHY)


def fail(tx: Tx) -> None:
    store.audit.append(tx, DONE)
    store.seen.remember(tx, EE, "Q-1")
    raise KeyError("mine")


def held(shelf: Shelf) -> tuple[int, int]:
    """How many records there are, and entries of a log that is whole."""
    with shelf.store.view() as view:
        assert store.audit.verify(view) is None
        return store.records.count(view), entries(view)


def entries(view: View) -> int:
    return len(list(store.audit.read(view)))


def test_what_is_alone_is_done_at_once(shelf: Shelf) -> None:
    assert shelf.store.together(lambda tx: store.audit.append(tx, DONE)) == 1

    assert held(shelf) == (0, 1)


def test_those_who_wait_share_one_commit_and_one_signed_head(shelf: Shelf) -> None:
    said: list[str] = []
    with gathered(shelf, *(keeping(shelf, f"P-{number}") for number in range(5))) as started:
        shelf.store._writer.set_trace_callback(said.append)

    assert [one.exception() for one in started] == [None] * 5
    assert held(shelf) == (5, 5)
    assert sum(line.startswith("COMMIT") for line in said) == 2
    assert sum(line.startswith("UPDATE audit_head") for line in said) == 1


def test_each_gets_its_own_result_in_the_order_of_coming(shelf: Shelf) -> None:
    with gathered(shelf, *[lambda tx: store.audit.append(tx, DONE)] * 4) as started:
        pass

    assert [one.result() for one in started] == [1, 2, 3, 4]


@pytest.mark.parametrize("place", range(3))
def test_one_that_fails_leaves_nothing_and_the_others_are_kept(shelf: Shelf, place: int) -> None:
    works = [keeping(shelf, "P-1"), keeping(shelf, "P-2")]
    works.insert(place, fail)

    with gathered(shelf, *works) as started:
        pass

    faults = [one.exception() for one in started]
    assert [type(fault) for fault in faults if fault] == [KeyError]
    assert type(faults[place]) is KeyError
    assert held(shelf) == (2, 2)
    with shelf.store.write() as tx:
        assert store.seen.remember(tx, EE, "Q-1")


def test_what_a_failed_one_made_is_not_remembered(shelf: Shelf) -> None:
    def kept_and_failed(tx: Tx) -> None:
        shelf.keeping.keep(tx, [draft()], WHY)
        raise KeyError

    with gathered(shelf, kept_and_failed, keeping(shelf, "P-2")) as started:
        pass

    assert type(started[0].exception()) is KeyError
    found = shelf.held("P-2")
    with shelf.store.view() as view:
        assert store.keys.probe(view, ("name", "anna"), markings=None, cap=9) == [found.number]
        assert store.markings.read(view, [found.marking])


def test_a_fault_of_the_database_is_that_of_its_cause_alone(shelf: Shelf) -> None:
    def refer(tx: Tx) -> object:
        return store.references.issue(tx, EE, [RecordNumber(9)])

    with gathered(shelf, keeping(shelf, "P-1"), refer, keeping(shelf, "P-2")) as started:
        pass

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        started[1].result()
    assert held(shelf) == (2, 2)


def test_when_the_commit_fails_nobody_is_told_otherwise_and_nothing_is_kept(shelf: Shelf) -> None:
    def full(_tx: Tx) -> None:
        raise OSError(28, "No space left on device")

    works = keeping(shelf, "P-1"), lambda tx: tx.at_last(full), keeping(shelf, "P-2")
    with gathered(shelf, *works) as started:
        pass

    assert [type(one.exception()) for one in started] == [OSError] * 3
    with shelf.store.view() as view:
        assert (store.records.count(view), entries(view)) == (0, 0)
    shelf.keep(draft())


def test_when_the_database_gives_the_transaction_up_all_of_it_is_lost(shelf: Shelf) -> None:
    def given_up(tx: Tx) -> None:
        tx._live().execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    with gathered(shelf, keeping(shelf, "P-1"), given_up, keeping(shelf, "P-2")) as started:
        pass

    assert [type(one.exception()) for one in started] == [StoreError] * 3
    with shelf.store.view() as view:
        assert (store.records.count(view), entries(view)) == (0, 0)
    shelf.keep(draft())


def test_nobody_returns_before_the_commit(shelf: Shelf) -> None:
    returned: list[bool] = []
    started: list[Future[object]] = []

    def look(_tx: Tx) -> None:
        returned.extend(one.done() for one in started)

    works = keeping(shelf, "P-1"), keeping(shelf, "P-2"), lambda tx: tx.at_last(look)
    with gathered(shelf, *works) as begun:
        started += begun

    assert returned == [False] * 3
    assert [one.exception() for one in started] == [None] * 3


def test_a_load_waits_for_its_turn_and_not_the_other_way_round(shelf: Shelf) -> None:
    """What comes while others already wait goes with them, ahead of the batch behind them."""
    order: list[str] = []

    def batch() -> None:
        with shelf.store.write():
            order.append("batch")

    with gathered(shelf, lambda _: order.append("first"), lambda _: order.append("second")):
        loading = threading.Thread(target=batch)
        loading.start()
        while len(shelf.store._turns._waiting) < 2:
            threading.Event().wait(0.001)
        late = threading.Thread(target=shelf.store.together, args=(lambda _: order.append("late"),))
        late.start()
        waiting(shelf, 3)
    loading.join()
    late.join()

    assert order == ["first", "second", "late", "batch"]


def test_inside_a_write_it_is_refused_for_it_would_wait_for_itself(shelf: Shelf) -> None:
    def inside(_tx: Tx) -> None:
        shelf.store.together(lambda _: None)

    with shelf.store.write(), pytest.raises(StoreError, match="inside"):
        shelf.store.together(lambda _: None)
    with gathered(shelf, inside, keeping(shelf, "P-1")) as started:
        pass

    with pytest.raises(StoreError, match="inside"):
        started[0].result()
    assert held(shelf) == (1, 1)


def test_what_cannot_even_begin_is_told_to_all_and_the_next_may_try_again() -> None:
    class CalledAwayError(BaseException):
        pass

    def never() -> AbstractContextManager[Tx]:
        raise CalledAwayError

    together = Together(never)

    for _ in range(2):
        with pytest.raises(CalledAwayError):
            together.do(lambda _: None)


def test_many_threads_lose_nothing_and_keep_the_log_whole(shelf: Shelf) -> None:
    def many(name: str) -> None:
        for number in range(20):
            shelf.store.together(keeping(shelf, f"{name}-{number}"))

    with ThreadPoolExecutor(5) as threads:
        done = [threads.submit(many, name) for name in "ABCD"]
        for number in range(10):
            shelf.keep(draft(person(f"E-{number}")))

    assert [one.exception() for one in done] == [None] * 4
    assert held(shelf) == (90, 90)
