"""Mail: the outbox and what came in, member by member, in the order of its sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from federation.messages import MemberId, NoticeId, Receipt
from federation.seal import Sealed
from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import Values, one, run, select


class MailState(StrEnum):
    """How the delivery of a notice stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class LaneState:
    """How the mail to and from a member stands.

    `assigned` notices were put in its outbox, of which it has those up to `acknowledged`; we have
    its notices up to `received` and it claims to have sent up to `claimed`. `fault` is why the
    last try to deliver failed, empty when it did not.
    """

    member: MemberId
    assigned: int = 0
    acknowledged: int = 0
    warned: int = 0
    fault: str = ""
    tried_at: datetime | None = None
    received: int = 0
    claimed: int = 0
    claimed_through: int = 0
    withheld_since: datetime | None = None
    heard_at: datetime | None = None

    @property
    def waiting(self) -> int:
        """Notices that the member does not have yet."""
        return self.assigned - self.acknowledged


@dataclass(frozen=True, slots=True)
class Posted:
    """A notice in the outbox: its place, what it is, what it is about, how its delivery stands."""

    member: MemberId
    sequence: int
    id: NoticeId
    kind: str
    about: str
    queued_at: datetime
    state: MailState
    ended_at: datetime | None
    ground: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice as it is sent."""

    sequence: int
    id: NoticeId
    sealed: Sealed


_LANE = (
    "member, assigned, acknowledged, warned, fault, tried_at, received, claimed, claimed_through,"
    " withheld_since, heard_at"
)
_SEALED = "statement, key_id, signature, body"


def lane(view: View, member: MemberId) -> LaneState:
    """How the mail to and from a member stands; all zero for one that never had any."""
    row = one(view, f"SELECT {_LANE} FROM lane WHERE member = ?", (member,))  # noqa: S608
    return _lane(row) if row else LaneState(member)


def lanes(view: View) -> list[LaneState]:
    """Every lane, by member."""
    return [_lane(row) for row in select(view, f"SELECT {_LANE} FROM lane ORDER BY member")]  # noqa: S608


def next_sequence(tx: Tx, member: MemberId) -> int:
    """Assign the next place in the mail to a member, without gaps: it is undone with the rest."""
    _make(tx, member)
    row = one(
        tx,
        "UPDATE lane SET assigned = assigned + 1 WHERE member = ? RETURNING assigned",
        (member,),
    )
    return int(row[0]) if row else 0


def put(  # noqa: PLR0913 - the columns of a notice
    tx: Tx, member: MemberId, sequence: int, id: NoticeId, *, kind: str, about: str, sealed: Sealed
) -> None:
    """Put a notice in the outbox, in the place that was assigned to it."""
    run(
        tx,
        f"INSERT INTO mail_out (member, sequence, id, kind, about, {_SEALED}, queued_at)"  # noqa: S608
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (member, sequence, id, kind, about, *_parts(sealed), microseconds(tx.now)),
    )


def outgoing(view: View, member: MemberId, *, after: int, most: int) -> list[Outgoing]:
    """Notices for a member behind a sequence, in order; -1 for `most` is all."""
    rows = select(
        view,
        f"SELECT sequence, id, {_SEALED} FROM mail_out WHERE member = ? AND sequence > ?"  # noqa: S608
        " AND body IS NOT NULL ORDER BY sequence LIMIT ?",
        (member, after, most),
    ).fetchall()
    return [Outgoing(row[0], NoticeId(row[1]), Sealed(*row[2:])) for row in rows]


def oldest(view: View, member: MemberId) -> int | None:
    """The first sequence that is still held for a member, None when none is."""
    row = one(
        view,
        "SELECT min(sequence) FROM mail_out WHERE member = ? AND body IS NOT NULL",
        (member,),
    )
    return row[0] if row else None


def last(view: View, member: MemberId, most: int) -> int:
    """The last place up to `most` that any notice to a member ever had; 0 when none did."""
    row = one(
        view,
        "SELECT max(sequence) FROM mail_out WHERE member = ? AND sequence <= ?",
        (member, most),
    )
    return int(row[0] or 0) if row else 0


def acknowledge(tx: Tx, member: MemberId, receipt: Receipt) -> None:
    """Note how far a member has our mail, and which notices of it have no effect there.

    A member that lost what it had says less than before: what it lost waits again.
    """
    now, before = microseconds(tx.now), lane(tx, member).acknowledged
    run(
        tx,
        "UPDATE mail_out SET state = 'delivered', ended_at = ? WHERE member = ? AND sequence > ?"
        " AND sequence <= ? AND state = 'waiting'",
        (now, member, before, receipt.through),
    )
    run(
        tx,
        "UPDATE mail_out SET state = 'waiting', ended_at = NULL, ground = '' WHERE member = ?"
        " AND sequence > ? AND sequence <= ?",
        (member, receipt.through, before),
    )
    for refusal in receipt.refused:
        state = MailState.EXPIRED if refusal.ground == MailState.EXPIRED else MailState.REFUSED
        run(
            tx,
            "UPDATE mail_out SET state = ?, ground = ?, ended_at = ? WHERE member = ?"
            " AND sequence = ? AND sequence <= ?",
            (state, refusal.ground, now, member, refusal.sequence, receipt.through),
        )
    run(
        tx,
        "UPDATE lane SET acknowledged = ?, fault = '', tried_at = ? WHERE member = ?",
        (receipt.through, now, member),
    )


def renumber(tx: Tx, member: MemberId, sequence: int, to: int, sealed: Sealed) -> None:
    """Give a notice another place, sealed anew, in which it waits."""
    run(
        tx,
        "UPDATE mail_out SET sequence = ?, statement = ?, key_id = ?, signature = ?, body = ?,"
        " state = 'waiting', ended_at = NULL, ground = '', entry = 0"
        " WHERE member = ? AND sequence = ?",
        (to, *_parts(sealed), member, sequence),
    )


def assign(tx: Tx, member: MemberId, assigned: int) -> None:
    """Say how far the mail to a member goes."""
    _make(tx, member)
    run(tx, "UPDATE lane SET assigned = ? WHERE member = ?", (assigned, member))


def warn(tx: Tx, member: MemberId, percent: int) -> None:
    """Note of how full a queue somebody was warned."""
    run(tx, "UPDATE lane SET warned = ? WHERE member = ?", (percent, member))


def fail(tx: Tx, member: MemberId, fault: str) -> None:
    """Note why a member was not given its mail."""
    _make(tx, member)
    run(
        tx,
        "UPDATE lane SET fault = ?, tried_at = ? WHERE member = ?",
        (fault, microseconds(tx.now), member),
    )


def receive(  # noqa: PLR0913 - the columns of a notice
    tx: Tx, member: MemberId, sequence: int, id: str, *, kind: str, sealed: Sealed, ground: str
) -> None:
    """Keep a notice that came as the next one of a member, with the ground if it has no effect."""
    run(
        tx,
        f"INSERT INTO mail_in (member, sequence, id, kind, {_SEALED}, received_at, ground)"  # noqa: S608
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (member, sequence, id, kind, *_parts(sealed), microseconds(tx.now), ground),
    )
    run(tx, "UPDATE lane SET received = ? WHERE member = ?", (sequence, member))


def received(view: View, member: MemberId, sequence: int) -> tuple[bytes, str] | None:
    """The statement of a notice that came in a place, and the ground if it had no effect."""
    row = one(
        view,
        "SELECT statement, ground FROM mail_in WHERE member = ? AND sequence = ?",
        (member, sequence),
    )
    return (row[0], row[1]) if row else None


def known(view: View, member: MemberId, id: str) -> str | None:
    """The ground under which a member's notice came before, in whatever place; None when not."""
    row = one(view, "SELECT ground FROM mail_in WHERE id = ? AND member = ?", (id, member))
    return row[0] if row else None


def skip(tx: Tx, member: MemberId, through: int) -> None:
    """Go on behind a gap that the member can no longer fill."""
    run(tx, "UPDATE lane SET received = ? WHERE member = ?", (through, member))


def hear(tx: Tx, member: MemberId, state: LaneState) -> None:
    """Note that a member called, and what it claims."""
    _make(tx, member)
    since = state.withheld_since
    run(
        tx,
        "UPDATE lane SET claimed = ?, claimed_through = ?, withheld_since = ?, heard_at = ?"
        " WHERE member = ?",
        (
            state.claimed,
            state.claimed_through,
            microseconds(since) if since else None,
            microseconds(tx.now),
            member,
        ),
    )


def waits(view: View, member: MemberId, kind: str) -> bool:
    """Whether a notice of a kind waits for a member."""
    found = one(
        view,
        "SELECT 1 FROM mail_out JOIN lane USING (member) WHERE member = ? AND kind = ?"
        " AND sequence > acknowledged LIMIT 1",
        (member, kind),
    )
    return found is not None


def posted(view: View, about: str) -> list[Posted]:
    """Every notice about one thing, with how its delivery stands."""
    return _posted(view, "about = ?", (about,))


def every(
    view: View, member: str, state: str, *, after: tuple[str, int], most: int
) -> list[Posted]:
    """Notices to a member in a state, by member and sequence, behind one; empty is any."""
    return _posted(
        view,
        "(member, sequence) > (?1, ?2) AND (?3 = '' OR member = ?3) AND (?4 = '' OR state = ?4)",
        (*after, member, state),
        f"LIMIT {most}",
    )


def erase(tx: Tx, before: datetime) -> int:
    """Erase the content of notices that ended or came before an instant; that they did stays."""
    at = microseconds(before)
    out = "UPDATE mail_out SET body = NULL WHERE ended_at < ? AND body IS NOT NULL"
    came = "UPDATE mail_in SET body = NULL WHERE received_at < ? AND body IS NOT NULL"
    return sum(run(tx, sql, (at,)).rowcount for sql in (out, came))


def _posted(view: View, where: str, values: Values, end: str = "") -> list[Posted]:
    rows = select(
        view,
        "SELECT member, sequence, id, kind, about, queued_at, state, ended_at, ground"  # noqa: S608
        f" FROM mail_out WHERE {where} ORDER BY member, sequence {end}",
        values,
    )
    return [
        Posted(
            MemberId(row[0]),
            row[1],
            NoticeId(row[2]),
            row[3],
            row[4],
            instant(row[5]),
            MailState(row[6]),
            instant_if(row[7]),
            row[8],
        )
        for row in rows
    ]


def _make(tx: Tx, member: MemberId) -> None:
    run(tx, "INSERT OR IGNORE INTO lane (member) VALUES (?)", (member,))


def _parts(sealed: Sealed) -> Sequence[object]:
    return sealed.statement, sealed.key_id, sealed.signature, sealed.body


def _lane(row: tuple[Any, ...]) -> LaneState:
    member, assigned, acknowledged, warned, fault, tried_at, *rest = row
    received, claimed, claimed_through, withheld_since, heard_at = rest
    return LaneState(
        member=MemberId(member),
        assigned=assigned,
        acknowledged=acknowledged,
        warned=warned,
        fault=fault,
        tried_at=instant_if(tried_at),
        received=received,
        claimed=claimed,
        claimed_through=claimed_through,
        withheld_since=instant_if(withheld_since),
        heard_at=instant_if(heard_at),
    )
