"""The audit log in the database: appended with what it is about, whole, and seen when it is not."""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from federation import witness
from node import audit, store
from node.audit import Break
from node.errors import AuditError
from tests.node.store.shelf import DONE, EE, NOW, Shelf, draft, person


def appended(shelf: Shelf, count: int) -> list[int]:
    with shelf.store.write() as tx:
        return [store.audit.append(tx, DONE) for _ in range(count)]


def verified(shelf: Shelf) -> Break | None:
    with shelf.store.view() as view:
        return store.audit.verify(view)


@contextmanager
def behind(shelf: Shelf) -> Iterator[sqlite3.Connection]:
    """The database without the store."""
    with closing(sqlite3.connect(shelf.file)) as database, database:
        yield database


def test_entries_are_numbered_without_gaps_over_transactions(shelf: Shelf) -> None:
    assert appended(shelf, 2) + appended(shelf, 1) == [1, 2, 3]
    assert verified(shelf) is None


def test_an_entry_says_when_and_where(shelf: Shelf) -> None:
    appended(shelf, 1)
    shelf.now += timedelta(minutes=5)
    appended(shelf, 1)

    with shelf.store.view() as view:
        rows = list(store.audit.read(view))
        later = list(store.audit.read(view, after=1))

    assert [(audit.framed(row).at, audit.framed(row).node) for row in rows] == [
        (NOW, EE),
        (NOW + timedelta(minutes=5), EE),
    ]
    assert later == rows[1:]
    assert [audit.decode(row) for row in rows] == [DONE, DONE]


def test_the_head_is_the_last_entry(shelf: Shelf) -> None:
    appended(shelf, 3)

    with shelf.store.view() as view:
        *_, last = store.audit.read(view)
        head = store.audit.head(view)

    assert head is not None
    assert (head.seq, head.hash) == (last.seq, last.hash)


def test_a_transaction_signs_each_of_its_entries_and_its_head_once(shelf: Shelf) -> None:
    said: list[str] = []
    shelf.store._writer.set_trace_callback(said.append)
    with shelf.store.write() as tx:
        for _ in range(3):
            store.audit.append(tx, DONE)
        with contextlib.suppress(KeyError), tx.apart():
            store.audit.append(tx, DONE)
            raise KeyError

    assert sum(line.startswith("UPDATE audit_head") for line in said) == 1
    assert verified(shelf) is None
    with shelf.store.view() as view:
        head, rows = store.audit.head(view), list(store.audit.read(view))
    assert head is not None
    assert head.seq == len(rows) == 3
    notary, hashes = shelf.house.notary, {row.hash for row in rows}
    assert notary.holds(audit.head_statement(EE, 3, head.hash), head.signature)
    assert len(hashes) == 3
    for row in rows:
        assert notary.holds(audit.row_statement(EE, row.seq, row.hash), row.signature)


def test_an_entry_that_was_undone_leaves_the_head_as_it_was(shelf: Shelf) -> None:
    appended(shelf, 2)
    with shelf.store.view() as view:
        before = store.audit.head(view)

    with shelf.store.write() as tx, contextlib.suppress(KeyError), tx.apart():
        store.audit.append(tx, DONE)
        raise KeyError

    with shelf.store.view() as view:
        assert store.audit.head(view) == before
    assert verified(shelf) is None


def test_a_database_without_an_entry_is_not_whole(shelf: Shelf) -> None:
    broken = verified(shelf)

    assert broken is not None
    assert broken.seq == 1


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("UPDATE audit SET data = replace(data, 'done', 'gone') WHERE seq = 3", 3),
        ("UPDATE audit SET data = CAST(replace(data, 'done', 'gone') AS BLOB) WHERE seq = 3", 3),
        ("UPDATE audit SET data = 7, hash = 'none' WHERE seq = 2", 2),
        ("UPDATE audit SET signature = zeroblob(32), hash = zeroblob(32) WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq >= 4", 4),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET seq = seq + 100 WHERE seq >= 3", 3),
        ("UPDATE audit SET data = (SELECT data FROM audit WHERE seq = 2) WHERE seq = 4", 4),
        ("INSERT INTO audit SELECT 6, data, hash, signature FROM audit WHERE seq = 5", 6),
        ("DELETE FROM audit_head", 6),
        ("UPDATE audit_head SET seq = 2", 6),
        ("UPDATE audit_head SET hash = 'x', signature = 9", 6),
        ("UPDATE audit_head SET peaks = zeroblob(64)", 6),
    ],
)
def test_an_edit_of_the_file_is_seen_and_the_first_entry_named(
    shelf: Shelf, edit: str, named: int
) -> None:
    appended(shelf, 5)

    with behind(shelf) as database:
        database.execute(edit)

    broken = verified(shelf)
    assert broken is not None
    assert broken.seq == named


def test_a_log_that_was_cut_with_its_head_is_seen_without_the_key(shelf: Shelf) -> None:
    appended(shelf, 5)

    with behind(shelf) as database:
        database.execute("DELETE FROM audit WHERE seq > 3")
        database.execute(
            "UPDATE audit_head SET (seq, hash, signature) ="
            " (SELECT seq, hash, signature FROM audit WHERE seq = 3)"
        )

    assert verified(shelf) == Break(4, "the head is not ours: entries may have been cut off here")


def test_rows_and_head_of_an_earlier_day_put_back_together_are_not_seen(shelf: Shelf) -> None:
    """The limit of what one node can tell alone: only those who remember a later head can."""
    appended(shelf, 2)
    with behind(shelf) as database:
        early = database.execute("SELECT seq, hash, signature, peaks FROM audit_head").fetchone()
    appended(shelf, 3)

    with behind(shelf) as database:
        database.execute("DELETE FROM audit WHERE seq > 2")
        database.execute(
            "UPDATE audit_head SET (seq, hash, signature, peaks) = (?, ?, ?, ?)", early
        )

    assert verified(shelf) is None


def test_the_log_goes_on_after_a_break_and_still_names_it(shelf: Shelf) -> None:
    appended(shelf, 3)
    with behind(shelf) as database:
        database.execute("UPDATE audit SET data = replace(data, 'done', 'gone') WHERE seq = 2")

    appended(shelf, 2)

    broken = verified(shelf)
    assert broken is not None
    assert broken.seq == 2


@pytest.mark.parametrize("edit", ["DELETE FROM audit_head", "DELETE FROM audit"])
def test_no_log_is_begun_where_another_one_was(shelf: Shelf, edit: str) -> None:
    shelf.keep(draft())
    with behind(shelf) as database:
        database.execute("DELETE FROM audit_head")
        database.execute(edit)
    shelf.now += timedelta(seconds=1)

    with pytest.raises(AuditError, match="head of the audit log is gone"):
        shelf.keep(draft(person("P-2")))

    with shelf.store.view() as view:
        assert store.records.count(view) == 1


def test_the_log_is_a_tree_whose_head_proves_every_entry_and_every_earlier_head(
    shelf: Shelf,
) -> None:
    heads = []
    for _ in range(9):
        appended(shelf, 1)
        with shelf.store.view() as view:
            heads.append(store.audit.tree_head(view, NOW))

    with shelf.store.view() as view:
        last = heads[-1]
        for row in store.audit.read(view):
            proof = store.audit.inclusion(view, row.seq, last.size)
            assert witness.is_included(row.hash, row.seq - 1, last, proof)
        for head in heads:
            proof = store.audit.consistency(view, head.size, last.size)
            assert witness.is_consistent(head, last, proof)
    assert shelf.house.notary.holds(last.statement, last.signature)


def test_a_log_that_was_edited_goes_on_from_none_of_its_earlier_heads(shelf: Shelf) -> None:
    appended(shelf, 5)
    with shelf.store.view() as view:
        before = store.audit.tree_head(view, NOW)
    with behind(shelf) as database:
        database.execute("UPDATE audit SET hash = zeroblob(32) WHERE seq = 5")
    appended(shelf, 3)

    with shelf.store.view() as view:
        after = store.audit.tree_head(view, NOW)
        proof = store.audit.consistency(view, before.size, after.size)
    assert not witness.is_consistent(before, after, proof)


def test_every_entry_is_looked_at_again_in_its_turn(shelf: Shelf) -> None:
    appended(shelf, 40)

    with shelf.store.view() as view:
        steps = [store.audit.recheck(view, after, 20) for after in (0, 20, 40)]
        last = store.audit.recheck(view, 30, 20)

    assert steps == [(None, 20), (None, 40), (None, 0)]
    assert last == (None, 0)


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        (["DELETE FROM audit WHERE seq = 5"], 5),
        (["DELETE FROM audit WHERE seq >= 9"], 9),
        (
            [
                "UPDATE audit SET seq = seq + 1000 WHERE seq IN (4, 6)",
                "UPDATE audit SET seq = CASE seq WHEN 1004 THEN 6 ELSE 4 END WHERE seq > 1000",
            ],
            4,
        ),
        (["UPDATE audit SET data = replace(data, 'done', 'gone') WHERE seq = 7"], 7),
        (["UPDATE audit_head SET hash = zeroblob(32)"], 12),
    ],
)
def test_what_was_done_to_entries_is_found_when_they_are_looked_at_again(
    shelf: Shelf, edits: list[str], named: int
) -> None:
    appended(shelf, 12)

    with behind(shelf) as database:
        for edit in edits:
            database.execute(edit)

    with shelf.store.view() as view:
        broken, _ = store.audit.recheck(view, 0, 20)
        assert broken is not None
        assert broken.seq == named
        assert store.audit.recheck(view, named - 1, 20)[0] == broken
