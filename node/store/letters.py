"""Letters: what is to leave by the ways out of the node, and whether it was taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import one, run, run_all, select


@dataclass(frozen=True, slots=True)
class Line:
    """What a letter says of one alert: ids, words of code lists and numbers, nothing personal."""

    event: str
    alert: str
    watch: str
    member: str
    state: str
    topic: str
    purpose: str
    is_urgent: bool
    score: float | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it leaves, the same at each try; by its id whoever takes it can drop a repeat."""

    id: str
    way: str
    is_urgent: bool
    queued_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WayState:
    """How a way out stands: letters that wait and that were taken.

    `tries` is how often the one that was tried most was tried in vain, `fault` why, and
    `waiting_since` when the oldest that waits was queued.
    """

    way: str
    waiting: int = 0
    delivered: int = 0
    tries: int = 0
    fault: str = ""
    waiting_since: datetime | None = None


#: What waits and is due, first those that must be first; what whoever takes it refused goes last.
_NEXT = (
    "SELECT number, id, way, is_urgent, queued_at FROM letter WHERE way = ? AND taken_at IS NULL"
    " AND due_at <= ? ORDER BY fault = 'refused', is_urgent DESC, tries, due_at, number LIMIT 1"
)
_LINE = "event, alert, watch, member, state, topic, purpose, is_urgent, score"


def put(  # noqa: PLR0913 - the columns of a letter
    tx: Tx, way: str, id: str, line: Line, *, due_at: datetime, is_urgent: bool, is_open: bool
) -> None:
    """Put a letter of one line in the box of a way, due at an instant."""
    made = run(
        tx,
        "INSERT INTO letter (id, way, is_urgent, is_open, queued_at, due_at) VALUES (?,?,?,?,?,?)",
        (id, way, is_urgent, is_open, microseconds(tx.now), microseconds(due_at)),
    )
    _add(tx, made.lastrowid or 0, [(1, line)])


def join(tx: Tx, way: str, line: Line, *, most: int) -> bool:
    """Add a line to the letter of a way that is open; False when none is, or it is full."""
    row = one(
        tx,
        "SELECT number, (SELECT count(*) FROM letter_line WHERE letter = number) FROM letter"
        " WHERE way = ? AND taken_at IS NULL AND is_open AND due_at > ? ORDER BY number DESC"
        " LIMIT 1",
        (way, microseconds(tx.now)),
    )
    if row is None or row[1] >= most:
        return False
    _add(tx, row[0], [(row[1] + 1, line)])
    return True


def take(tx: Tx, way: str) -> Letter | None:
    """The next letter that is due, closed: from now on it says the same at each try."""
    row = one(tx, _NEXT, (way, microseconds(tx.now)))
    if row is None:
        return None
    number, id, way, is_urgent, queued_at = row
    run(tx, "UPDATE letter SET is_open = 0 WHERE number = ? AND is_open", (number,))
    sql = f"SELECT {_LINE} FROM letter_line WHERE letter = ? ORDER BY position"  # noqa: S608
    lines = tuple(_line(*row) for row in select(tx, sql, (number,)).fetchall())
    return Letter(id, way, bool(is_urgent), instant(queued_at), lines)


def due_at(view: View, way: str) -> datetime | None:
    """When the first letter that waits is due; None when none waits."""
    sql = "SELECT min(due_at) FROM letter WHERE way = ? AND taken_at IS NULL"
    row = one(view, sql, (way,))
    return instant(row[0]) if row and row[0] is not None else None


def taken(tx: Tx, id: str, *, fault: str = "") -> None:
    """A letter was taken; `fault` is what was wrong with that nevertheless."""
    sql = "UPDATE letter SET taken_at = ?, fault = ? WHERE id = ?"
    run(tx, sql, (microseconds(tx.now), fault, id))


def failed(tx: Tx, id: str, fault: str) -> None:
    """A letter was not taken, and why: it waits on."""
    run(tx, "UPDATE letter SET tries = tries + 1, fault = ? WHERE id = ?", (fault, id))


def states(view: View) -> list[WayState]:
    """How each way stands by which a letter is to leave or left."""
    rows = select(
        view,
        "SELECT way, sum(taken_at IS NULL), sum(taken_at IS NOT NULL),"
        " coalesce(max(tries) FILTER (WHERE taken_at IS NULL), 0),"
        " min(queued_at) FILTER (WHERE taken_at IS NULL) FROM letter GROUP BY way ORDER BY way",
    ).fetchall()
    return [
        WayState(way, waiting, done, tries, _fault(view, way), instant_if(since))
        for way, waiting, done, tries, since in rows
    ]


def forget(tx: Tx, before: datetime) -> int:
    """Forget letters that were taken before an instant."""
    at = microseconds(before)
    inner = "SELECT number FROM letter WHERE taken_at < ?"
    run(tx, f"DELETE FROM letter_line WHERE letter IN ({inner})", (at,))  # noqa: S608
    return run(tx, "DELETE FROM letter WHERE taken_at < ?", (at,)).rowcount


def _add(tx: Tx, number: int, lines: Iterable[tuple[int, Line]]) -> None:
    run_all(
        tx,
        f"INSERT INTO letter_line (letter, position, {_LINE}) VALUES (?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
        [
            (
                number,
                position,
                line.event,
                line.alert,
                line.watch,
                line.member,
                line.state,
                line.topic,
                line.purpose,
                line.is_urgent,
                line.score,
            )
            for position, line in lines
        ],
    )


def _line(*row: Any) -> Line:  # noqa: ANN401 - the columns of a row
    *words, is_urgent, score = row
    event, alert, watch, member, state, topic, purpose = words
    return Line(event, alert, watch, member, state, topic, purpose, bool(is_urgent), score)


def _fault(view: View, way: str) -> str:
    """Why the letter that was tried most was not taken."""
    row = one(
        view,
        "SELECT fault FROM letter WHERE way = ? AND taken_at IS NULL ORDER BY tries DESC, number"
        " LIMIT 1",
        (way,),
    )
    return str(row[0]) if row else ""
