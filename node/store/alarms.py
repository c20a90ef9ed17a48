"""Alarms: who seemed to fish, in our records or, as another member tells, in its."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from federation.alarms import Alarm, AlarmKind
from federation.messages import MemberId, PersonId
from node.store.alerts import AlertState
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.rows import one, run, select


@dataclass(frozen=True, slots=True)
class HeldAlarm:
    """An alarm about somebody of a member, and what became of it; it lives as an alert does.

    `told_by` noticed it: we, or a member in whose records it was. `times` is how often it was told,
    once a period at most. `change` counts all changes of all alarms.
    """

    id: str
    told_by: MemberId
    member: MemberId
    about: Alarm
    state: AlertState
    assignee: str
    times: int
    change: int


#: Who noticed, and about whose people.
Whose = tuple[MemberId, MemberId]

_READ = (
    "theirs, kind, person, case_reference, questions, misses, first_at, last_at, id, told_by,"
    " member, state, assignee, times, change"
)
#: Behind all there ever were, also behind those that were erased: each change has its entry in the
#: log, and erasing has one, so that the log is longer than any change of them.
_NEXT = (
    "max((SELECT coalesce(max(change), 0) + 1 FROM alarm),"
    " coalesce((SELECT seq FROM audit_head), 0))"
)
_WHOSE = "told_by = ? AND member = ? AND person = ? AND kind = ?"


def raise_(tx: Tx, id: str, whose: Whose, alarm: Alarm, *, quiet: timedelta) -> HeldAlarm | None:
    """Note an alarm; None when the same one was told less than `quiet` ago: its counts go on then.

    One that is told again keeps its id, and is new again unless somebody sees to it.
    """
    key = (*whose, alarm.person, alarm.kind)
    since = microseconds(tx.now - quiet)
    row = one(tx, f"SELECT id, told_at > ? FROM alarm WHERE {_WHOSE}", (since, *key))  # noqa: S608
    counts = (alarm.case, alarm.questions, alarm.misses, microseconds(alarm.until))
    if row is None:
        _insert(tx, id, whose, alarm)
    else:
        sql = "UPDATE alarm SET case_reference = ?, questions = ?, misses = ?, last_at = ?"
        run(tx, f"{sql} WHERE {_WHOSE}", (*counts, *key))
        if row[1]:
            return None
        run(
            tx,
            "UPDATE alarm SET times = times + 1, told_at = ?, state = CASE WHEN state IN"  # noqa: S608
            f" ('new', 'assigned') THEN state ELSE 'new' END, change = {_NEXT} WHERE {_WHOSE}",
            (microseconds(tx.now), *key),
        )
    return next(iter(_found(tx, _WHOSE, key)))


def active(view: View, whose: Whose, since: datetime) -> set[tuple[str, str]]:
    """Person and kind of each alarm about people of a member that was told since an instant."""
    rows = select(
        view,
        "SELECT person, kind FROM alarm WHERE told_by = ? AND member = ? AND told_at > ?",
        (*whose, microseconds(since)),
    ).fetchall()
    return {(person, kind) for person, kind in rows}


def change(tx: Tx, id: str, state: AlertState, *, assignee: PersonId | None = None) -> None:
    """Give an alarm another state, and somebody to see to it."""
    run(
        tx,
        f"UPDATE alarm SET state = ?, assignee = coalesce(?, assignee), change = {_NEXT}"  # noqa: S608
        " WHERE id = ?",
        (state, assignee, id),
    )


def find(view: View, id: str) -> HeldAlarm | None:
    """The alarm of this id."""
    return next(iter(_found(view, "id = ?", (id,))), None)


def behind(view: View, change: int, *, most: int) -> list[HeldAlarm]:
    """Alarms that changed after a change, in the order of their last ones."""
    return _found(view, "change > ? ORDER BY change LIMIT ?", (change, most))


def unseen(view: View) -> int:
    """How many nobody has looked at."""
    counted: int = select(view, "SELECT count(*) FROM alarm WHERE state = 'new'").fetchone()[0]
    return counted


def erase(tx: Tx, before: datetime) -> int:
    """Erase alarms that were told last before an instant; what is noted of them in the log stays.

    The same transaction must write that down.
    """
    return run(tx, "DELETE FROM alarm WHERE told_at < ?", (microseconds(before),)).rowcount


def _insert(tx: Tx, id: str, whose: Whose, alarm: Alarm) -> None:
    run(
        tx,
        "INSERT INTO alarm (id, told_by, member, theirs, person, kind, case_reference, questions,"  # noqa: S608
        " misses, state, first_at, told_at, last_at, change)"
        f" VALUES (?,?,?,?,?,?,?,?,?,'new',?,?,?,{_NEXT})",
        (
            id,
            *whose,
            alarm.id,
            alarm.person,
            alarm.kind,
            alarm.case,
            alarm.questions,
            alarm.misses,
            microseconds(alarm.since),
            microseconds(tx.now),
            microseconds(alarm.until),
        ),
    )


def _found(view: View, where: str, values: tuple[object, ...]) -> list[HeldAlarm]:
    rows = select(view, f"SELECT {_READ} FROM alarm WHERE {where}", values).fetchall()  # noqa: S608
    return [_alarm(*row) for row in rows]


def _alarm(*row: Any) -> HeldAlarm:  # noqa: ANN401 - the columns of a row
    theirs, kind, person, case, questions, misses, first_at, last_at, *held = row
    counts = (questions, misses, instant(first_at), instant(last_at))
    about = Alarm(theirs, AlarmKind(kind), person, case, *counts)
    id, told_by, member, state, assignee, times, change = held
    of = (MemberId(told_by), MemberId(member))
    return HeldAlarm(id, *of, about, AlertState(state), assignee, times, change)
