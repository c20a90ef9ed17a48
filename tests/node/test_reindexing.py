"""Reindexing: every record is found before, meanwhile and after, and nothing else changes."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from federation.messages import Entity
from node import store
from node.keeping import Keeping
from node.reindexing import BATCH, Reindexing
from node.store import Store
from node.store.keys import Findable, RecordNumber, numbered
from tests.node.store.shelf import EE, VERSION, WHY, Shelf, draft, findable, keys, person

GOLDEN = Path(__file__).parents[1] / "golden"
NEXT = VERSION + 1


def anew(entity: Entity) -> Findable:
    """The keys of the version after: the words of a name backwards as well."""
    both = [*keys(entity), *((family, text[::-1]) for family, text in keys(entity))]
    return replace(findable(entity), keys=numbered(both), version=NEXT)


def reindexing(opened: Store) -> Reindexing:
    return Reindexing(opened, Keeping(EE, anew, lambda: ""), NEXT, threading.Lock())


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """More records than one batch, one of them withdrawn."""
    made = Shelf(tmp_path)
    made.keep(*(draft(person(f"P-{number}", f"Anna x{number}")) for number in range(2 * BATCH)))
    made.withdraw("P-0")
    yield made
    made.close()


def carriers(opened: Store, text: str) -> list[RecordNumber]:
    with opened.view() as view:
        return store.keys.probe(view, ("name", text), markings=None, cap=3 * BATCH)


def test_every_record_that_is_due_gets_the_new_keys(shelf: Shelf) -> None:
    work, heard = reindexing(shelf.store), list[tuple[int, int]]()
    due = work.due()

    done = work.reindex(WHY, progress=lambda *told: heard.append(told))

    assert (due, done, work.due()) == (2 * BATCH - 1,) * 2 + (0,)
    assert len(carriers(shelf.store, "anna")) == len(carriers(shelf.store, "1x")) + done - 1 == done
    assert heard == [(BATCH, done), (done, done)]


def test_what_is_withdrawn_stays_so_and_no_record_gets_a_version(shelf: Shelf) -> None:
    reindexing(shelf.store).reindex(WHY)

    assert carriers(shelf.store, "x0") == []
    assert (shelf.held("P-1").record.version, shelf.held("P-0").record.is_withdrawn) == (1, True)


def test_a_second_time_there_is_nothing_to_do(shelf: Shelf) -> None:
    reindexing(shelf.store).reindex(WHY)

    assert reindexing(shelf.store).reindex(WHY) == 0


def test_all_are_made_anew_when_all_are_asked_for(shelf: Shelf) -> None:
    reindexing(shelf.store).reindex(WHY)

    assert reindexing(shelf.store).reindex(WHY, is_all=True) == 2 * BATCH - 1


def test_what_was_stopped_goes_on_and_everybody_is_found_meanwhile(shelf: Shelf) -> None:
    def stop(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindexing(shelf.store).reindex(WHY, progress=stop)
    assert len(carriers(shelf.store, "anna")) == 2 * BATCH - 1
    assert reindexing(shelf.store).due() == BATCH - 1

    assert reindexing(shelf.store).reindex(WHY) == BATCH - 1


def test_it_is_written_down_as_begun_and_as_done(shelf: Shelf) -> None:
    with shelf.store.view() as view:
        before = store.audit.head(view)
    assert before

    reindexing(shelf.store).reindex(WHY)

    with shelf.store.view() as view:
        entries = list(store.audit.read(view, after=before.seq))
        assert store.audit.verify(view) is None
    assert [b'"reindexing"' in one.data for one in entries] == [True, False]
    assert [b'"reindexed"' in one.data for one in entries] == [False, True]


def test_a_database_of_version_1_is_found_in_before_and_after(tmp_path: Path) -> None:
    file = tmp_path / "amber.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript((GOLDEN / "store_v1.sql").read_text(encoding="utf-8"))
    opened = store.open(file, Shelf(tmp_path).house)
    work = reindexing(opened)
    before = (work.due(), carriers(opened, "nowak"), carriers(opened, "kawon"))

    done = work.reindex(WHY)

    after = (work.due(), carriers(opened, "nowak"), carriers(opened, "kawon"))
    assert (before, done, after) == ((2, [1], []), 2, (0, [1], [1]))
    opened.close()
