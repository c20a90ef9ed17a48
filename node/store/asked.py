"""What was asked lately, by whom and what became of it: as far back as fishing is looked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from federation.messages import MemberId
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.rows import one, run, select


class Became(StrEnum):
    """What became of it: a strong hit or none, a watch that stands, refused; over a quota.

    Of our own people `refused` is also what no member answered, and none of it a miss. `quota` is
    that of a person or a case, `full` that of the whole member.
    """

    HIT = "hit"
    MISS = "miss"
    STANDS = "stands"
    REFUSED = "refused"
    QUOTA = "quota"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a person; `seeks` is what it sought, as its room encoded it."""

    number: int
    person: str
    case: str
    asked_at: datetime
    became: Became
    seeks: bytes


def note(tx: Tx, member: MemberId, asked: Asked) -> None:
    """Note a question that was put now; it gets its number here."""
    run(
        tx,
        "INSERT INTO asked (member, person, case_reference, asked_at, became, seeks)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (member, asked.person, asked.case, microseconds(tx.now), asked.became, asked.seeks),
    )


def last(view: View, member: MemberId) -> int:
    """The number of the last question of a member; 0 when it asked none."""
    sql = "SELECT number FROM asked WHERE member = ? ORDER BY number DESC LIMIT 1"
    row = one(view, sql, (member,))
    return int(row[0]) if row else 0


def of(view: View, member: MemberId, *, since: datetime, most: int) -> list[Asked]:
    """The last questions of a member, in their order, none from before an instant."""
    rows = select(
        view,
        "SELECT number, person, case_reference, asked_at, became, seeks FROM asked"
        " WHERE member = ? AND asked_at > ? ORDER BY number DESC LIMIT ?",
        (member, microseconds(since), most),
    ).fetchall()
    return [
        Asked(number, person, case, instant(at), Became(became), seeks)
        for number, person, case, at, became, seeks in reversed(rows)
    ]


def is_overdue(view: View, before: datetime) -> bool:
    """Whether something is here from before an instant."""
    row = one(view, "SELECT 1 FROM asked WHERE asked_at <= ? LIMIT 1", (microseconds(before),))
    return row is not None


def forget(tx: Tx, before: datetime) -> int:
    """Forget what was asked before an instant."""
    return run(tx, "DELETE FROM asked WHERE asked_at <= ?", (microseconds(before),)).rowcount


def keep_newest(tx: Tx, member: MemberId, most: int) -> int:
    """Forget all but so many of the last questions of a member."""
    return run(
        tx,
        "DELETE FROM asked WHERE member = ?1 AND number <= (SELECT number FROM asked"
        " WHERE member = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        (member, most),
    ).rowcount
