"""Staging: rows of a file on their way in, so that a file is taken whole or not at all.

An import is known by a text that names its file and options. It is read into staging first and
applied at its end; both go on where they were when the same import is begun again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from node.records import Change
from node.store.engine import Tx, View
from node.store.instants import microseconds
from node.store.rows import BATCH, marks, one, parts, run, run_all, select

ImportNumber = NewType("ImportNumber", int)


@dataclass(frozen=True, slots=True)
class Import:
    """How far an import has come: rows read so far, whether that was all of them."""

    number: ImportNumber
    is_read: bool
    read: int


@dataclass(frozen=True, slots=True)
class Staged:
    """One row: its place in the file, its id there, and what the reader made of it."""

    position: int
    source_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be loaded: its place, its line in the file and the reason."""

    position: int
    line: int
    reason: str


def begin(tx: Tx, identity: str, source: str) -> Import:
    """Begin an import, or go on with the one of this identity that did not end.

    Another import of the same source that did not end is forgotten: what nobody goes on with
    must not lie in staging for ever.
    """
    left = select(
        tx, "SELECT number FROM import WHERE source = ? AND identity <> ?", (source, identity)
    )
    for (number,) in left.fetchall():
        finish(tx, number)
    run(
        tx,
        "INSERT OR IGNORE INTO import (identity, source, begun_at) VALUES (?, ?, ?)",
        (identity, source, microseconds(tx.now)),
    )
    row = one(tx, "SELECT number, is_read, read FROM import WHERE identity = ?", (identity,))
    assert row  # noqa: S101 - it was inserted two lines above
    return Import(ImportNumber(row[0]), bool(row[1]), row[2])


def add(
    tx: Tx, number: ImportNumber, *, read: int, rows: Sequence[Staged], rejects: Sequence[Reject]
) -> list[Staged]:
    """Stage rows and rejects; `read` is how many rows of the file were read by now.

    Returns the rows whose id stands in the import already: they are not staged.
    """
    seen = _ids_among(tx, number, [row.source_id for row in rows])
    fresh: list[Staged] = []
    again: list[Staged] = []
    for row in rows:
        (again if row.source_id in seen else fresh).append(row)
        seen.add(row.source_id)
    run_all(tx, "INSERT INTO import_id VALUES (?, ?)", [(number, row.source_id) for row in fresh])
    run_all(
        tx,
        "INSERT INTO import_row VALUES (?, ?, ?, ?)",
        [(number, row.position, row.source_id, row.payload) for row in fresh],
    )
    reject(tx, number, rejects)
    run(tx, "UPDATE import SET read = ? WHERE number = ?", (read, number))
    return again


def reject(tx: Tx, number: ImportNumber, rejects: Sequence[Reject]) -> None:
    """Note rows that cannot be loaded."""
    run_all(
        tx,
        "INSERT OR REPLACE INTO import_reject VALUES (?, ?, ?, ?)",
        [(number, reject.position, reject.line, reject.reason) for reject in rejects],
    )


def mark_read(tx: Tx, number: ImportNumber) -> None:
    """The file was read to its end: what is staged may be applied."""
    run(tx, "UPDATE import SET is_read = 1 WHERE number = ?", (number,))


def pending(view: View, number: ImportNumber, *, limit: int, after: int = 0) -> list[Staged]:
    """The next rows behind a position that are not applied yet, in the file's order."""
    rows = select(
        view,
        "SELECT position, source_id, payload FROM import_row"
        " WHERE import = ? AND position > ? ORDER BY position LIMIT ?",
        (number, after, limit),
    )
    return [Staged(*row) for row in rows]


def settle(
    tx: Tx, number: ImportNumber, rows: Sequence[Staged], counts: Mapping[Change, int]
) -> None:
    """Forget rows that are applied, and note with what effect; their ids stay to the end."""
    run_all(
        tx,
        "DELETE FROM import_row WHERE import = ? AND position = ?",
        [(number, row.position) for row in rows],
    )
    changes = (Change.STORED, Change.UPDATED, Change.UNCHANGED)
    run(
        tx,
        "UPDATE import SET stored = stored + ?, updated = updated + ?, unchanged = unchanged + ?"
        " WHERE number = ?",
        (*(counts.get(change, 0) for change in changes), number),
    )


def counts(view: View, number: ImportNumber) -> dict[str, int]:
    """What the import has done so far: read, stored, updated, unchanged, rejected."""
    row = one(
        view,
        "SELECT read, stored, updated, unchanged,"
        " (SELECT count(*) FROM import_reject WHERE import = number) FROM import WHERE number = ?",
        (number,),
    )
    return dict(zip(("read", "stored", "updated", "unchanged", "rejected"), row or (), strict=True))


def rejects(view: View, number: ImportNumber) -> Iterator[Reject]:
    """Every row that could not be loaded, in the file's order."""
    rows = select(
        view,
        "SELECT position, line, reason FROM import_reject WHERE import = ? ORDER BY position",
        (number,),
    )
    return (Reject(*row) for row in rows)


def absent(view: View, number: ImportNumber) -> Iterator[str]:
    """Ids of the source that we hold and that the file does not name, in their order.

    Read a page at a time, so that what was told may be withdrawn while the rest is read.
    """
    sql = (
        "SELECT r.source_id FROM import i JOIN record r ON r.source = i.source"  # noqa: S608
        " WHERE i.number = ? AND r.source_id > ? AND NOT r.is_withdrawn"
        " AND NOT EXISTS (SELECT 1 FROM import_id s"
        " WHERE s.import = i.number AND s.source_id = r.source_id)"
        f" ORDER BY r.source_id LIMIT {BATCH}"
    )
    last = ""
    while page := select(view, sql, (number, last)).fetchall():
        yield from (row[0] for row in page)
        (last,) = page[-1]


def finish(tx: Tx, number: ImportNumber) -> None:
    """Forget the import and everything staged for it, applied or not."""
    for table in ("import_row", "import_id", "import_reject"):
        run(tx, f"DELETE FROM {table} WHERE import = ?", (number,))  # noqa: S608
    run(tx, "DELETE FROM import WHERE number = ?", (number,))


def _ids_among(view: View, number: ImportNumber, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for part in parts(ids):
        sql = f"SELECT source_id FROM import_id WHERE import = ? AND source_id IN ({marks(part)})"  # noqa: S608
        found.update(row[0] for row in select(view, sql, (number, *part)))
    return found
