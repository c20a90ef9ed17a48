"""Meetings: an activity of ours and one of a member's that meet, and what both say to that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.meetings import Handle
from federation.messages import MemberId
from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import run, select


@dataclass(frozen=True, slots=True)
class Met:
    """Two activities that meet; `contact` and `shown` as their room encoded them, once they came.

    `theirs` is the member's name for its own, or where it stood in its answer until that came.
    The words are empty, agreed or disagreed.
    """

    id: str
    mine: Handle
    member: MemberId
    theirs: Handle
    in_target: bool
    in_place: bool
    met_at: datetime
    contact: bytes | None = None
    shows: str = ""
    our_word: str = ""
    their_word: str = ""
    shown: bytes | None = None
    has_shown: bool = False
    ended_at: datetime | None = None
    ground: str = ""


_READ = (
    "id, mine, member, theirs, in_target, in_place, met_at, contact, shows, our_word, their_word,"
    " shown, has_shown, ended_at, ground"
)


def add(tx: Tx, met: Met) -> bool:
    """Two activities meet; False when that was known."""
    row = (met.id, met.mine, met.member, met.theirs, met.in_target, met.in_place)
    return (
        run(
            tx,
            "INSERT OR IGNORE INTO meeting (id, mine, member, theirs, in_target, in_place, met_at)"
            " VALUES (?,?,?,?,?,?,?)",
            (*row, microseconds(tx.now)),
        ).rowcount
        == 1
    )


def name(tx: Tx, id: str, theirs: Handle) -> None:
    """The member has said its name for the activity."""
    run(tx, "UPDATE meeting SET theirs = ? WHERE id = ?", (theirs, id))


def drop(tx: Tx, id: str) -> None:
    """It is a meeting that is known under another name."""
    run(tx, "DELETE FROM meeting WHERE id = ?", (id,))


def put_contact(tx: Tx, id: str, contact: bytes) -> None:
    """Whom to call is known."""
    run(tx, "UPDATE meeting SET contact = ? WHERE id = ?", (contact, id))


def say(tx: Tx, id: str, word: str, shows: str) -> None:
    """Our own word, and what may be shown."""
    run(tx, "UPDATE meeting SET our_word = ?, shows = ? WHERE id = ?", (word, shows, id))


def hear(tx: Tx, id: str, word: str) -> None:
    """The member's word."""
    run(tx, "UPDATE meeting SET their_word = ? WHERE id = ?", (word, id))


def show(tx: Tx, id: str) -> None:
    """Our own activity was shown."""
    run(tx, "UPDATE meeting SET has_shown = 1 WHERE id = ?", (id,))


def put_shown(tx: Tx, id: str, shown: bytes) -> None:
    """What the member shows of its activity."""
    run(tx, "UPDATE meeting SET shown = ? WHERE id = ?", (shown, id))


def end(tx: Tx, id: str, ground: str) -> None:
    """Two activities meet no more."""
    run(
        tx,
        "UPDATE meeting SET ended_at = ?, ground = ? WHERE id = ? AND ended_at IS NULL",
        (microseconds(tx.now), ground, id),
    )


def forget(tx: Tx, activity: str) -> None:
    """What members told and showed for an activity of ours is forgotten with it."""
    run(
        tx,
        "UPDATE meeting SET contact = NULL, shown = NULL WHERE mine IN"
        " (SELECT handle FROM probe WHERE activity = ?)",
        (activity,),
    )


def find(view: View, id: str) -> Met | None:
    """The meeting of this id."""
    return next(iter(_found(view, "id = ?", (id,))), None)


def between(view: View, member: MemberId, mine: Handle, theirs: Handle) -> Met | None:
    """The meeting of two activities under both their names."""
    which = "member = ? AND mine = ? AND theirs = ?"
    return next(iter(_found(view, which, (member, mine, theirs))), None)


def of_theirs(view: View, member: MemberId, theirs: Handle) -> list[Met]:
    """Every meeting of an activity of a member that has not ended."""
    return _found(view, "member = ? AND theirs = ? AND ended_at IS NULL", (member, theirs))


def of_activity(view: View, activity: str) -> list[Met]:
    """Every meeting of an activity of ours, in their order."""
    which = "mine IN (SELECT handle FROM probe WHERE activity = ?)"
    return _found(view, f"{which} ORDER BY met_at, id", (activity,))


def _found(view: View, where: str, values: Iterable[object]) -> list[Met]:
    rows = select(view, f"SELECT {_READ} FROM meeting WHERE {where}", tuple(values))  # noqa: S608
    return [_met(row) for row in rows]


def _met(row: tuple[Any, ...]) -> Met:
    id, mine, member, theirs, in_target, in_place, met_at, contact, shows, our, their, *rest = row
    shown, has_shown, ended_at, ground = rest
    return Met(
        id=id,
        mine=Handle(mine),
        member=MemberId(member),
        theirs=Handle(theirs),
        in_target=bool(in_target),
        in_place=bool(in_place),
        met_at=instant(met_at),
        contact=contact,
        shows=shows,
        our_word=our,
        their_word=their,
        shown=shown,
        has_shown=bool(has_shown),
        ended_at=instant_if(ended_at),
        ground=ground,
    )
