"""Staging: an import goes on where it was, in both of its phases, and leaves nothing behind."""

import sqlite3
from collections import Counter
from contextlib import closing

from node import store
from node.records import Change
from node.store.staging import Import, ImportNumber, Reject, Staged
from tests.node.store.shelf import WHY, Shelf, draft, person


def row(position: int, id: str = "") -> Staged:
    return Staged(position, id or f"P-{position}", b"payload")


def begun(shelf: Shelf, identity: str = "a file", source: str = "ours") -> Import:
    with shelf.store.write() as tx:
        return store.staging.begin(tx, identity, source)


def added(
    shelf: Shelf,
    number: ImportNumber,
    *rows: Staged,
    read: int = 0,
    rejects: list[Reject] | None = None,
) -> list[Staged]:
    with shelf.store.write() as tx:
        return store.staging.add(tx, number, read=read, rows=rows, rejects=rejects or [])


def pending(shelf: Shelf, number: ImportNumber, limit: int = 100) -> list[Staged]:
    with shelf.store.view() as view:
        return store.staging.pending(view, number, limit=limit)


def test_an_import_that_is_begun_again_goes_on_where_it_was(shelf: Shelf) -> None:
    first = begun(shelf)
    added(shelf, first.number, row(1), row(2), read=2)

    again, other = begun(shelf), begun(shelf, "another file", "theirs")

    assert (first.read, first.is_read) == (0, False)
    assert again == Import(first.number, is_read=False, read=2)
    assert other.number != first.number


def test_an_import_remembers_that_its_file_was_read_to_its_end(shelf: Shelf) -> None:
    number = begun(shelf).number

    with shelf.store.write() as tx:
        store.staging.mark_read(tx, number)

    assert begun(shelf).is_read


def test_the_rows_behind_a_position_are_read_ahead(shelf: Shelf) -> None:
    number = begun(shelf).number
    added(shelf, number, row(1, "A"), row(2, "B"), row(4, "D"), read=4)

    with shelf.store.view() as view:
        behind = store.staging.pending(view, number, limit=1, after=1)

    assert behind == [row(2, "B")]


def test_rows_wait_in_the_order_of_the_file_until_they_are_settled(shelf: Shelf) -> None:
    number = begun(shelf).number
    added(shelf, number, row(2, "B"), row(1, "A"), row(3, "C"), read=3)
    first = pending(shelf, number, limit=2)

    with shelf.store.write() as tx:
        store.staging.settle(tx, number, first, Counter({Change.STORED: 1, Change.UPDATED: 1}))
        store.staging.settle(tx, number, [], Counter({Change.UNCHANGED: 5}))

    assert [one.source_id for one in first] == ["A", "B"]
    assert pending(shelf, number) == [row(3, "C")]
    with shelf.store.view() as view:
        assert store.staging.counts(view, number) == {
            "read": 3,
            "stored": 1,
            "updated": 1,
            "unchanged": 5,
            "rejected": 0,
        }


def test_an_id_that_stands_in_the_file_twice_is_staged_once(shelf: Shelf) -> None:
    number = begun(shelf).number
    added(shelf, number, row(1, "A"), read=1)
    settled = pending(shelf, number)
    with shelf.store.write() as tx:
        store.staging.settle(tx, number, settled, Counter())

    again = added(shelf, number, row(2, "A"), row(3, "B"), row(4, "B"), read=4)

    assert again == [row(2, "A"), row(4, "B")]
    assert pending(shelf, number) == [row(3, "B")]


def test_rejects_are_told_in_the_order_of_the_file(shelf: Shelf) -> None:
    number = begun(shelf).number
    added(shelf, number, read=3, rejects=[Reject(3, 30, "late"), Reject(1, 10, "early")])

    with shelf.store.write() as tx:
        store.staging.reject(tx, number, [Reject(2, 20, "between"), Reject(3, 30, "again")])

    with shelf.store.view() as view:
        told = list(store.staging.rejects(view, number))
        assert store.staging.counts(view, number)["rejected"] == 3
    assert [(one.line, one.reason) for one in told] == [
        (10, "early"),
        (20, "between"),
        (30, "again"),
    ]


def test_what_an_edition_no_longer_names_is_absent(shelf: Shelf) -> None:
    shelf.keep(*(draft(person(f"P-{n}")) for n in range(1, 6)), draft(person("X"), source="theirs"))
    shelf.withdraw("P-5")
    number = begun(shelf).number
    added(shelf, number, row(1), row(3), read=2)
    with shelf.store.write() as tx:
        store.staging.settle(tx, number, [row(1)], Counter())

    with shelf.store.view() as view:
        assert list(store.staging.absent(view, number)) == ["P-2", "P-4"]


def test_what_is_absent_can_be_withdrawn_while_it_is_told(shelf: Shelf) -> None:
    shelf.keep(*(draft(person(f"P-{n}")) for n in range(1203)))
    number = begun(shelf).number

    with shelf.store.write() as tx:
        gone = [
            shelf.keeping.withdraw(tx, "ours", [id], WHY) for id in store.staging.absent(tx, number)
        ]

    assert (len(gone), sum(gone)) == (1203, 1203)


def test_an_import_that_nobody_goes_on_with_is_forgotten_with_the_next_of_its_source(
    shelf: Shelf,
) -> None:
    left, other = begun(shelf).number, begun(shelf, "a list", "theirs").number
    added(shelf, left, row(1), read=1)
    added(shelf, other, row(1), read=1)

    fresh = begun(shelf, "the next file").number

    assert (pending(shelf, left), pending(shelf, fresh)) == ([], [])
    assert pending(shelf, other) == [row(1)]


def test_a_finished_import_leaves_nothing_and_others_stay(shelf: Shelf) -> None:
    done, other = begun(shelf).number, begun(shelf, "another file", "theirs").number
    for number in (done, other):
        added(shelf, number, row(1), read=2, rejects=[Reject(2, 2, "bad")])

    with shelf.store.write() as tx:
        store.staging.finish(tx, done)

    with closing(sqlite3.connect(shelf.file)) as database:
        left = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("import", "import_row", "import_id", "import_reject")
        }
    assert left == dict.fromkeys(left, 1)
    assert begun(shelf).read == 0
    assert pending(shelf, other) == [row(1)]


def test_what_was_staged_and_dropped_cannot_be_read_from_the_file(shelf: Shelf) -> None:
    number = begun(shelf).number
    added(shelf, number, Staged(1, "P-1", b"forgotten" * 1000), read=1)

    with shelf.store.write() as tx:
        store.staging.finish(tx, number)

    shelf.close()
    assert b"forgotten" not in shelf.file.read_bytes()
