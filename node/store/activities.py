"""Planned activities of our own people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import run, select


@dataclass(frozen=True, slots=True)
class HeldActivity:
    """An activity; `content` is it as its room encoded it, None once it is forgotten."""

    id: str
    content: bytes | None
    made_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ground: str


def add(tx: Tx, id: str, content: bytes, *, ends_at: datetime) -> None:
    """Keep an activity, beside the watch of the same id."""
    run(
        tx,
        "INSERT INTO activity (id, content, made_at, ends_at) VALUES (?,?,?,?)",
        (id, content, microseconds(tx.now), microseconds(ends_at)),
    )


def end(tx: Tx, id: str, ground: str) -> None:
    """An activity is over: what it said is forgotten, that there was one stays."""
    run(
        tx,
        "UPDATE activity SET content = NULL, ended_at = ?, ground = ? WHERE id = ?",
        (microseconds(tx.now), ground, id),
    )


def find(view: View, id: str) -> HeldActivity | None:
    """The activity of this id."""
    return next(iter(_found(view, "id = ?", (id,))), None)


def every(view: View, *, is_ended: bool) -> list[HeldActivity]:
    """Every activity that is planned, or every one there was, in the order they were made."""
    return _found(view, "1" if is_ended else "ended_at IS NULL", ())


def expired(view: View, now: datetime) -> list[HeldActivity]:
    """Activities whose time is over and that were not ended yet."""
    return _found(view, "ended_at IS NULL AND ends_at <= ?", (microseconds(now),))


def _found(view: View, where: str, values: Iterable[object]) -> list[HeldActivity]:
    rows = select(
        view,
        "SELECT id, content, made_at, ends_at, ended_at, ground FROM activity"  # noqa: S608
        f" WHERE {where} ORDER BY made_at, id",
        tuple(values),
    )
    return [
        HeldActivity(
            row[0],
            row[1],
            instant(row[2]),
            instant(row[3]),
            instant_if(row[4]),
            row[5],
        )
        for row in rows
    ]
