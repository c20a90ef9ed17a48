"""Watches of our own people, and how each stands at each member that was asked to keep it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from federation.messages import MemberId, PersonId, WatchId
from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import run, run_all, select


class MemberState(StrEnum):
    """How a watch stands at a member."""

    WAITING = "waiting"
    REGISTERED = "registered"
    REFUSED = "refused"
    REMOVING = "removing"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class AtMember:
    """How a watch stands at one member, since when, and a ground if it gave one."""

    member: MemberId
    state: MemberState
    ground: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OwnWatch:
    """A watch of one of our people; `question` is the watch as it was encoded by its room."""

    id: WatchId
    person: PersonId
    question: bytes
    made_at: datetime
    expires_at: datetime
    case_ends_at: datetime | None
    ended_at: datetime | None
    members: tuple[AtMember, ...] = ()


def add(tx: Tx, watch: OwnWatch, members: Iterable[MemberId]) -> None:
    """Keep a watch; at each of these members it waits."""
    run(
        tx,
        "INSERT INTO watch (id, person, question, made_at, expires_at, case_ends_at)"
        " VALUES (?,?,?,?,?,?)",
        (
            watch.id,
            watch.person,
            watch.question,
            microseconds(watch.made_at),
            microseconds(watch.expires_at),
            microseconds(watch.case_ends_at) if watch.case_ends_at else None,
        ),
    )
    put(tx, watch.id, members, MemberState.WAITING)


def put(
    tx: Tx, id: WatchId, members: Iterable[MemberId], state: MemberState, *, ground: str = ""
) -> None:
    """Note how a watch stands at members."""
    run_all(
        tx,
        "INSERT OR REPLACE INTO watch_member VALUES (?,?,?,?,?)",
        [(id, member, state, ground, microseconds(tx.now)) for member in members],
    )


def renew(tx: Tx, id: WatchId, question: bytes, expires_at: datetime) -> None:
    """Let a watch stand longer or less long."""
    run(
        tx,
        "UPDATE watch SET question = ?, expires_at = ? WHERE id = ?",
        (question, microseconds(expires_at), id),
    )


def end(tx: Tx, id: WatchId) -> None:
    """A watch is over."""
    run(
        tx,
        "UPDATE watch SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
        (microseconds(tx.now), id),
    )


def find(view: View, id: WatchId) -> OwnWatch | None:
    """The watch of this id."""
    return next(iter(_found(view, "id = ?", (id,))), None)


def every(view: View, *, is_ended: bool) -> list[OwnWatch]:
    """Every watch that stands, or every one at all, in the order in which they were made.

    A planned activity is none, though it stands beside them so that alerts can be for it.
    """
    activities = "id NOT IN (SELECT id FROM activity)"
    return _found(view, activities if is_ended else activities + " AND ended_at IS NULL", ())


def expired(view: View, now: datetime) -> list[OwnWatch]:
    """Watches whose time is over and that were not ended yet."""
    return _found(view, "ended_at IS NULL AND expires_at <= ?", (microseconds(now),))


def _found(view: View, where: str, values: Collection[object]) -> list[OwnWatch]:
    rows = select(
        view,
        "SELECT id, person, question, made_at, expires_at, case_ends_at, ended_at FROM watch"  # noqa: S608
        f" WHERE {where} ORDER BY made_at, id",
        tuple(values),
    ).fetchall()
    return [
        OwnWatch(
            id=WatchId(row[0]),
            person=PersonId(row[1]),
            question=row[2],
            made_at=instant(row[3]),
            expires_at=instant(row[4]),
            case_ends_at=instant_if(row[5]),
            ended_at=instant_if(row[6]),
            members=_members(view, row[0]),
        )
        for row in rows
    ]


def _members(view: View, id: str) -> tuple[AtMember, ...]:
    rows = select(
        view,
        "SELECT member, state, ground, changed_at FROM watch_member WHERE watch = ?"
        " ORDER BY member",
        (id,),
    )
    return tuple(
        AtMember(MemberId(row[0]), MemberState(row[1]), row[2], instant(row[3])) for row in rows
    )
