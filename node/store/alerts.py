"""Alerts: what watches of our own people found, here or at a member, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from federation.errors import InvalidError
from federation.messages import MemberId, PersonId, Reference, WatchId
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.rows import one, run, select


class AlertState(StrEnum):
    """The life of an alert; it is closed as useful or as false."""

    NEW = "new"
    SEEN = "seen"
    ASSIGNED = "assigned"
    USEFUL = "useful"
    FALSE = "false"

    def check(self, assignee: PersonId | None) -> None:
        """Raise `InvalidError` unless somebody is named exactly where it is to be assigned."""
        if (self is AlertState.ASSIGNED) != (assignee is not None):
            raise InvalidError("a person is named where something is assigned, and only there")


@dataclass(frozen=True, slots=True)
class HeldAlert:
    """One record of one member that a watch found, however often it came.

    `hit` is the newest state of it as its room encoded it, None once it was recalled; `times` how
    many states came. `change` counts all changes of all alerts, so that a reader can go on behind
    the last one it saw.
    """

    id: str
    watch: WatchId
    member: MemberId
    reference: Reference
    state: AlertState
    assignee: str
    recalled: str
    times: int
    score: float
    hit: bytes | None
    first_at: datetime
    last_at: datetime
    change: int


_READ = (
    "id, watch, member, reference, state, assignee, recalled, times, score, hit, first_at,"
    " last_at, change"
)
_NEXT = "(SELECT coalesce(max(change), 0) + 1 FROM alert)"


def raise_(  # noqa: PLR0913 - the columns of an alert
    tx: Tx,
    id: str,
    *,
    watch: WatchId,
    member: MemberId,
    reference: Reference,
    score: float,
    hit: bytes,
) -> HeldAlert:
    """Raise an alert; a newer state of what is known counts as a repeat, and is new again."""
    now = microseconds(tx.now)
    row = one(
        tx,
        "INSERT INTO alert (id, watch, member, reference, state, score, hit, first_at, last_at,"  # noqa: S608
        f" change) VALUES (?1, ?2, ?3, ?4, 'new', ?5, ?6, ?7, ?7, {_NEXT})"
        " ON CONFLICT (watch, member, reference) DO UPDATE SET times = times + 1, recalled = '',"
        " state = CASE WHEN state IN ('new', 'assigned') THEN state ELSE 'new' END,"
        " score = excluded.score, hit = excluded.hit, last_at = excluded.last_at,"
        f" change = excluded.change RETURNING {_READ}",
        (id, watch, member, reference, score, hit, now),
    )
    return _alert(row or ())


def recall(
    tx: Tx, *, watch: WatchId, member: MemberId, reference: Reference, ground: str
) -> HeldAlert | None:
    """Take back what was told: the content is gone, that there was something stays."""
    row = one(
        tx,
        f"UPDATE alert SET recalled = ?, hit = NULL, last_at = ?, change = {_NEXT}"  # noqa: S608
        f" WHERE watch = ? AND member = ? AND reference = ? RETURNING {_READ}",
        (ground, microseconds(tx.now), watch, member, reference),
    )
    return _alert(row) if row else None


def change(tx: Tx, id: str, state: AlertState, *, assignee: PersonId | None = None) -> None:
    """Give an alert another state, and somebody to see to it."""
    run(
        tx,
        f"UPDATE alert SET state = ?, assignee = coalesce(?, assignee), change = {_NEXT}"  # noqa: S608
        " WHERE id = ?",
        (state, assignee, id),
    )


def find(view: View, id: str) -> HeldAlert | None:
    """The alert of this id."""
    row = one(view, f"SELECT {_READ} FROM alert WHERE id = ?", (id,))  # noqa: S608
    return _alert(row) if row else None


def behind(view: View, change: int, *, most: int) -> list[HeldAlert]:
    """Alerts that changed after a change, in the order of their last ones."""
    rows = select(
        view,
        f"SELECT {_READ} FROM alert WHERE change > ? ORDER BY change LIMIT ?",  # noqa: S608
        (change, most),
    )
    return [_alert(row) for row in rows]


def of_watch(view: View, watch: WatchId) -> list[HeldAlert]:
    """Every alert of a watch."""
    rows = select(view, f"SELECT {_READ} FROM alert WHERE watch = ? ORDER BY change", (watch,))  # noqa: S608
    return [_alert(row) for row in rows]


def _alert(row: tuple[Any, ...]) -> HeldAlert:
    id, watch, member, reference, state, *rest, first_at, last_at, change = row
    assignee, recalled, times, score, hit = rest
    return HeldAlert(
        id=id,
        watch=WatchId(watch),
        member=MemberId(member),
        reference=Reference(reference),
        state=AlertState(state),
        assignee=assignee,
        recalled=recalled,
        times=times,
        score=score,
        hit=hit,
        first_at=instant(first_at),
        last_at=instant(last_at),
        change=change,
    )
