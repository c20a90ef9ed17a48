"""Touches: members' questions that touched records of which we want to be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from federation.messages import Asker, MemberId, PersonId, Question
from node.records import RecordId
from node.store.alerts import AlertState
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.keys import RecordNumber
from node.store.records import Held
from node.store.rows import one, run, select

OwedNumber = NewType("OwedNumber", int)


@dataclass(frozen=True, slots=True)
class Touch:
    """Questions of one person of one member, for one case and purpose, and the record they touched.

    `times` is how many there were; it lives as an alert does. `change` counts all changes of all
    touches, so that a reader can go on behind the last one it saw.
    """

    id: str
    member: MemberId
    record: RecordId
    asker: Asker
    purpose: str
    case: str
    topic: str
    is_urgent: bool
    tell: str
    state: AlertState
    assignee: str
    times: int
    first_at: datetime
    last_at: datetime
    change: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A member's question, as its room encoded it, that is still to be looked through.

    Only what scores `least` or more counts.
    """

    number: OwedNumber
    member: MemberId
    question: bytes
    least: float


_READ = (
    "t.id, t.member, (SELECT r.id FROM record r WHERE r.number = t.record), t.person, t.role,"
    " t.purpose, t.case_reference, t.topic, t.is_urgent, t.tell, t.state, t.assignee, t.times,"
    " t.first_at, t.last_at, t.change"
)
_NEXT = "(SELECT coalesce(max(change), 0) + 1 FROM touch)"


def is_new(tx: Tx, member: MemberId, record: RecordNumber, question: str) -> bool:
    """Note that a question touched a record; whether it is the first time that it did."""
    sql = "INSERT OR IGNORE INTO touch_question VALUES (?, ?, ?)"
    return run(tx, sql, (member, record, question)).rowcount == 1


def raise_(tx: Tx, id: str, member: MemberId, held: Held, question: Question) -> Touch:
    """Note whose question touched a record; another one for the same reason is a repeat."""
    now, asker = microseconds(tx.now), question.asker
    row = one(
        tx,
        "INSERT INTO touch (id, member, record, person, role, purpose, case_reference, topic,"  # noqa: S608
        " is_urgent, tell, state, first_at, last_at, change)"
        f" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'new', ?11, ?11, {_NEXT})"
        " ON CONFLICT (member, record, person, role, purpose, case_reference) DO UPDATE SET"
        " times = times + 1, state = CASE WHEN state IN ('new', 'assigned') THEN state ELSE 'new'"
        " END, topic = excluded.topic, is_urgent = excluded.is_urgent, tell = excluded.tell,"
        " last_at = excluded.last_at, change = excluded.change RETURNING id",
        (
            id,
            member,
            held.number,
            asker.person,
            asker.role,
            question.purpose,
            question.case,
            question.topic,
            question.is_urgent,
            held.record.marking.tell,
            now,
        ),
    )
    [touch] = _found(tx, "t.id = ?", row or ())
    return touch


def change(tx: Tx, id: str, state: AlertState, *, assignee: PersonId | None = None) -> None:
    """Give a touch another state, and somebody to see to it."""
    run(
        tx,
        f"UPDATE touch SET state = ?, assignee = coalesce(?, assignee), change = {_NEXT}"  # noqa: S608
        " WHERE id = ?",
        (state, assignee, id),
    )


def find(view: View, id: str) -> Touch | None:
    """The touch of this id."""
    return next(iter(_found(view, "t.id = ?", (id,))), None)


def behind(view: View, change: int, *, most: int) -> list[Touch]:
    """Touches that changed after a change, in the order of their last ones."""
    return _found(view, "t.change > ? ORDER BY t.change LIMIT ?", (change, most))


def erase(tx: Tx, before: datetime) -> int:
    """Erase touches whose last question came before an instant, and which questions they were.

    The newest change stays until another one comes: readers go on behind it. The same transaction
    must write it down.
    """
    erased = run(
        tx,
        "DELETE FROM touch WHERE last_at < ? AND change < (SELECT max(change) FROM touch)",
        (microseconds(before),),
    ).rowcount
    if erased:
        run(
            tx,
            "DELETE FROM touch_question AS q WHERE NOT EXISTS"
            " (SELECT 1 FROM touch t WHERE t.member = q.member AND t.record = q.record)",
            (),
        )
    return erased


def owe(tx: Tx, member: MemberId, question: bytes, *, least: float) -> None:
    """Have a question looked through later."""
    sql = "INSERT INTO touch_owed (member, question, least) VALUES (?, ?, ?)"
    run(tx, sql, (member, question, least))


def next_owed(view: View) -> Owed | None:
    """The question that is to be looked through next."""
    sql = "SELECT number, member, question, least FROM touch_owed ORDER BY number LIMIT 1"
    row = one(view, sql)
    return Owed(OwedNumber(row[0]), MemberId(row[1]), row[2], row[3]) if row else None


def settle(tx: Tx, number: OwedNumber) -> None:
    """A question was looked through."""
    run(tx, "DELETE FROM touch_owed WHERE number = ?", (number,))


def _found(view: View, where: str, values: tuple[object, ...]) -> list[Touch]:
    rows = select(view, f"SELECT {_READ} FROM touch t WHERE {where}", values).fetchall()  # noqa: S608
    return [_touch(*row) for row in rows]


def _touch(*row: Any) -> Touch:  # noqa: ANN401 - the columns of a row
    id, member, record, person, role, purpose, case, topic, is_urgent, tell, *life = row
    state, assignee, times, first_at, last_at, change = life
    return Touch(
        id=id,
        member=MemberId(member),
        record=RecordId(record),
        asker=Asker(PersonId(person), role),
        purpose=purpose,
        case=case,
        topic=topic,
        is_urgent=bool(is_urgent),
        tell=tell,
        state=AlertState(state),
        assignee=assignee,
        times=times,
        first_at=instant(first_at),
        last_at=instant(last_at),
        change=change,
    )
