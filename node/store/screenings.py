"""Screenings: how far each file has come, part by part, so that a killed one goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NewType

from node.store.engine import Tx, View
from node.store.instants import microseconds
from node.store.rows import one, run, run_all, select
from node.store.staging import Reject

ScreeningNumber = NewType("ScreeningNumber", int)


@dataclass(frozen=True, slots=True)
class Screening:
    """One screening: its id, a text that names its file and options, and whether it has ended."""

    number: ScreeningNumber
    id: str
    identity: str
    is_ended: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What was screened: rows, rejected ones among them, hits, and strong ones among those."""

    rows: int = 0
    rejected: int = 0
    hits: int = 0
    strong: int = 0


def begin(tx: Tx, id: str, identity: str) -> Screening:
    """Begin a screening."""
    made = run(
        tx,
        "INSERT INTO screening (id, identity, begun_at) VALUES (?, ?, ?)",
        (id, identity, microseconds(tx.now)),
    ).lastrowid
    return Screening(ScreeningNumber(made or 0), id, identity, is_ended=False)


def find(view: View, id: str) -> Screening | None:
    """The screening of this id."""
    return _found(view, "id = ?", id)


def unfinished(view: View, identity: str) -> Screening | None:
    """The newest screening of this identity that did not end."""
    return _found(view, "identity = ? AND ended_at IS NULL ORDER BY number DESC LIMIT 1", identity)


def go_on(tx: Tx, screening: Screening, *, answered: int) -> int:
    """Go on behind the last whole part of so many answered rows; forget the parts after it.

    Returns the row behind which it goes on. Forgetting a part makes an ended screening one that
    did not end.
    """
    row = one(
        tx,
        "SELECT max(after + rows) FROM screening_part WHERE screening = ? AND after + rows <= ?",
        (screening.number, answered),
    )
    after: int = (row and row[0]) or 0
    gone = run(
        tx,
        "DELETE FROM screening_part WHERE screening = ? AND after >= ?",
        (screening.number, after),
    ).rowcount
    run(
        tx,
        "DELETE FROM screening_reject WHERE screening = ? AND position > ?",
        (screening.number, after),
    )
    if gone:
        run(tx, "UPDATE screening SET ended_at = NULL WHERE number = ?", (screening.number,))
    return after


def add(
    tx: Tx, number: ScreeningNumber, *, after: int, counts: Counts, rejects: Sequence[Reject]
) -> None:
    """Note one part, the rows of the file behind `after`, and those of them that were rejected."""
    run(
        tx,
        "INSERT INTO screening_part VALUES (?, ?, ?, ?, ?)",
        (number, after, counts.rows, counts.hits, counts.strong),
    )
    run_all(
        tx,
        "INSERT INTO screening_reject VALUES (?, ?, ?, ?)",
        [(number, reject.position, reject.line, reject.reason) for reject in rejects],
    )


def end(tx: Tx, number: ScreeningNumber) -> None:
    """Every row was screened."""
    run(tx, "UPDATE screening SET ended_at = ? WHERE number = ?", (microseconds(tx.now), number))


def counts(view: View, number: ScreeningNumber) -> Counts:
    """What was screened so far, all parts together."""
    row = one(
        view,
        "SELECT total(rows), (SELECT count(*) FROM screening_reject WHERE screening = ?1),"
        " total(hits), total(strong) FROM screening_part WHERE screening = ?1",
        (number,),
    )
    return Counts(*map(int, row or ()))


def rejects(view: View, number: ScreeningNumber) -> Iterator[Reject]:
    """Every row that could not be screened, in the file's order."""
    rows = select(
        view,
        "SELECT position, line, reason FROM screening_reject WHERE screening = ? ORDER BY position",
        (number,),
    )
    return (Reject(*row) for row in rows)


def _found(view: View, where: str, value: str) -> Screening | None:
    sql = f"SELECT number, id, identity, ended_at IS NOT NULL FROM screening WHERE {where}"  # noqa: S608
    row = one(view, sql, (value,))
    return Screening(row[0], row[1], row[2], bool(row[3])) if row else None
