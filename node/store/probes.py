"""Probes: what is being found out with members about activities that may meet, both ways."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from federation.meetings import Handle
from federation.messages import MemberId
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.rows import one, run, select


class ProbeState(StrEnum):
    """How far an activity was compared with those of one member."""

    DUE = "due"
    ASKED = "asked"
    COMPARED = "compared"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class HeldProbe:
    """Our name for an activity towards a member, and how far it was compared there."""

    handle: Handle
    activity: str
    member: MemberId
    state: ProbeState
    secret: bytes | None
    parts: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """Something that a member sent and that is still to be worked on."""

    number: int
    member: MemberId
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """One part of our answer to a probe: our names for its blocks, and the tags of its points."""

    handles: Sequence[Handle | None]
    tags: bytes | None


_PROBE = "handle, activity, member, state, secret, parts, changed_at"


def add(tx: Tx, handle: Handle, activity: str, member: MemberId) -> None:
    """An activity is to be compared with those of a member."""
    run(
        tx,
        "INSERT INTO probe (handle, activity, member, state, changed_at) VALUES (?,?,?,'due',?)",
        (handle, activity, member, microseconds(tx.now)),
    )


def advance(tx: Tx, handle: Handle, state: ProbeState, *, secret: bytes | None = None) -> None:
    """Note how far an activity was compared; a secret is kept no longer than it is said here."""
    run(
        tx,
        "UPDATE probe SET state = ?, secret = ?, changed_at = ? WHERE handle = ?",
        (state, secret, microseconds(tx.now), handle),
    )


def take_part(tx: Tx, handle: Handle) -> None:
    """One more part of the answer to a probe is here."""
    run(tx, "UPDATE probe SET parts = parts + 1 WHERE handle = ?", (handle,))


def end(tx: Tx, activity: str) -> None:
    """An activity is over: nothing is found out about it any more."""
    run(
        tx,
        "UPDATE probe SET state = 'over', secret = NULL, changed_at = ? WHERE activity = ?",
        (microseconds(tx.now), activity),
    )


def find(view: View, handle: Handle) -> HeldProbe | None:
    """The probe of this name."""
    return next(iter(_found(view, "handle = ?", (handle,))), None)


def of_activity(view: View, activity: str) -> list[HeldProbe]:
    """Every probe of an activity, by member."""
    return _found(view, "activity = ? ORDER BY member", (activity,))


def towards(view: View, member: MemberId) -> list[HeldProbe]:
    """What of ours may meet activities of a member, the oldest first."""
    return _found(view, "member = ? AND state <> 'over' ORDER BY activity", (member,))


def due(view: View) -> HeldProbe | None:
    """The next activity that is to be compared with those of a member."""
    return next(
        iter(_found(view, "state = 'due' ORDER BY changed_at, activity, member LIMIT 1", ())), None
    )


def refused(view: View, before: datetime) -> list[HeldProbe]:
    """What a member refused to be asked, before an instant."""
    notice = (
        "SELECT state FROM mail_out WHERE about = activity AND mail_out.member = probe.member"
        " AND kind = 'probe' ORDER BY sequence DESC LIMIT 1"
    )
    which = f"state = 'asked' AND changed_at < ? AND 'refused' = ({notice})"
    return _found(view, which, (microseconds(before),))


def put_off(tx: Tx, member: MemberId, kind: str, content: bytes) -> None:
    """Keep what a member sent until it is worked on."""
    run(
        tx,
        "INSERT INTO comparison (member, kind, content) VALUES (?,?,?)",
        (member, kind, content),
    )


def next_comparison(view: View) -> Comparison | None:
    """What came first of all that is still to be worked on."""
    row = one(view, "SELECT number, member, kind, content FROM comparison ORDER BY number LIMIT 1")
    return Comparison(row[0], MemberId(row[1]), row[2], row[3]) if row else None


def done(tx: Tx, number: int) -> bool:
    """It was worked on; False when somebody else had done so."""
    return run(tx, "DELETE FROM comparison WHERE number = ?", (number,)).rowcount == 1


def came(tx: Tx, member: MemberId, probe: Handle) -> bool:
    """Note that a member probes; False when it did so before under that name."""
    row = (member, probe, microseconds(tx.now))
    return run(tx, "INSERT OR IGNORE INTO probed VALUES (?,?,?)", row).rowcount == 1


def count_since(view: View, member: MemberId, since: datetime) -> int:
    """How many probes of a member came since then."""
    row = one(
        view,
        "SELECT count(*) FROM probed WHERE member = ? AND came_at > ?",
        (member, microseconds(since)),
    )
    return int(row[0]) if row else 0


def put_answered(tx: Tx, member: MemberId, probe: Handle, part: int, answered: Answered) -> None:
    """Keep what is needed to know what a part of our answer leads to."""
    handles = json.dumps(list(answered.handles))
    run(
        tx,
        "INSERT INTO answered VALUES (?,?,?,?,?)",
        (member, probe, part, handles, answered.tags),
    )


def answered(view: View, member: MemberId, probe: Handle, part: int) -> Answered | None:
    """A part of our answer to a member."""
    row = one(
        view,
        "SELECT handles, tags FROM answered WHERE member = ? AND probe = ? AND part = ?",
        (member, probe, part),
    )
    return Answered(json.loads(row[0]), row[1]) if row else None


def proven(tx: Tx, member: MemberId, probe: Handle, part: int) -> None:
    """A member sent its proof: the tags are needed no more."""
    run(
        tx,
        "UPDATE answered SET tags = NULL WHERE member = ? AND probe = ? AND part = ?",
        (member, probe, part),
    )


def forget(tx: Tx, before: datetime) -> int:
    """Forget what members probed before an instant; returns how many probes."""
    at = microseconds(before)
    run(
        tx,
        "DELETE FROM answered WHERE (member, probe) IN"
        " (SELECT member, probe FROM probed WHERE came_at < ?)",
        (at,),
    )
    return run(tx, "DELETE FROM probed WHERE came_at < ?", (at,)).rowcount


def _found(view: View, where: str, values: Iterable[object]) -> list[HeldProbe]:
    rows = select(view, f"SELECT {_PROBE} FROM probe WHERE {where}", tuple(values))  # noqa: S608
    return [
        HeldProbe(
            Handle(row[0]),
            row[1],
            MemberId(row[2]),
            ProbeState(row[3]),
            row[4],
            row[5],
            instant(row[6]),
        )
        for row in rows
    ]
