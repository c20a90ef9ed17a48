"""The driver's faults in our words: what to do about it, never content, and nothing half-done."""

import sqlite3
from contextlib import closing

import pytest

from federation.errors import BusyError
from node import store
from node.errors import StoreError
from tests.node.store.shelf import DONE, Shelf, draft, person


def test_a_full_disk_is_named_and_nothing_is_half_done(shelf: Shelf) -> None:
    shelf.keep(draft())
    writer = shelf.store._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreError, match=r"disk is full.*SQLITE_FULL"):
        shelf.keep(*(draft(person(f"Q-{n}", notes="x" * 5000)) for n in range(50)))

    writer.execute("PRAGMA max_page_count = 1000000")
    shelf.keep(draft(person("P-2")))
    with shelf.store.view() as view:
        assert store.records.count(view) == 2
        assert store.audit.verify(view) is None


def test_a_damaged_file_is_named(shelf: Shelf) -> None:
    shelf.keep(*(draft(person(f"P-{n}", notes="x" * 2000)) for n in range(200)))
    shelf.close()
    with shelf.file.open("r+b") as file:
        for page in range(120, shelf.file.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
    opened = store.open(shelf.file, shelf.house)

    with pytest.raises(StoreError, match="damaged: restore"), opened.view() as view:
        store.records.by_source(view, "ours", [f"P-{n}" for n in range(200)])

    opened.close()


def test_a_file_that_is_no_database_is_named(shelf: Shelf) -> None:
    shelf.close()
    shelf.file.write_bytes(b"not a database" * 1000)

    with pytest.raises(StoreError, match="no database"):
        store.open(shelf.file, shelf.house)


def test_another_process_that_writes_is_waited_for_and_then_named(shelf: Shelf) -> None:
    shelf.store._writer.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(shelf.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="another process"), shelf.store.write():
            pass

    with shelf.store.write() as tx:
        assert store.audit.append(tx, DONE) == 1


def test_a_fault_of_the_driver_tells_no_content(shelf: Shelf) -> None:
    shelf.keep(draft(person(name="Secret Name")))

    with pytest.raises(StoreError) as raised, shelf.store.write() as tx:
        tx._connection.execute(  # type: ignore[union-attr]
            "INSERT INTO record SELECT 99, id, source, source_id, schema, marking, version,"
            " is_withdrawn, changed_at, changed_by, reason, content FROM record"
        )

    assert "Secret" not in str(raised.value)
    assert "SQLITE_CONSTRAINT_UNIQUE" in str(raised.value)
