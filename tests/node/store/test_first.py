"""Keys of version 1: found until they are reindexed, by whom they may be, and gone afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from node import store
from node.store import first
from node.store.keys import RecordNumber
from node.store.markings import MarkingNumber
from tests.node.store.shelf import Shelf

GOLDEN = Path(__file__).parents[2] / "golden" / "store_v1.sql"
OURS, NONE = MarkingNumber(2), MarkingNumber(9)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Shelf]:
    """A database of version 1, with a key of a name as that version made it."""
    with closing(sqlite3.connect(tmp_path / "amber.db")) as database, database:
        database.executescript(GOLDEN.read_text(encoding="utf-8"))
        database.execute("INSERT INTO key_family VALUES (9, 't')")
        database.execute("INSERT INTO search_key VALUES (9, 'nowak', 2, 1)")
    opened = Shelf(tmp_path)
    yield opened
    opened.close()


def test_a_name_is_found_though_its_key_did_not_say_its_kind(old: Shelf) -> None:
    with old.store.view() as view:
        for markings in (None, [OURS], [NONE, OURS]):
            found = store.keys.probe(view, ("t", "person:nowak"), markings=markings, cap=9)

            assert found == [RecordNumber(1)]


def test_what_the_asker_may_not_see_is_not_found(old: Shelf) -> None:
    with old.store.view() as view:
        assert store.keys.probe(view, ("t", "person:nowak"), markings=[NONE], cap=9) == []
        assert store.keys.probe(view, ("t", "person:nowak"), markings=[], cap=9) == []


def test_what_is_dropped_is_gone_and_the_rest_stays(old: Shelf) -> None:
    with old.store.write() as tx:
        before = first.count(tx), first.records(tx, limit=9), first.has_any(tx)
        first.drop(tx, [3])
        between = first.count(tx), first.records(tx, limit=9), first.has_any(tx)
        first.drop(tx, [1])
        after = first.count(tx), first.records(tx, limit=9), first.has_any(tx)

    assert (before, between, after) == ((2, [1, 3], True), (1, [1], True), (0, [], False))


def test_a_record_that_changes_is_found_by_its_new_keys_alone(old: Shelf) -> None:
    with old.store.write() as tx:
        store.keys.drop(tx, [RecordNumber(1)])

        assert store.keys.probe(tx, ("name", "nowak"), markings=None, cap=9) == []
