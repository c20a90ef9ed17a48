"""Heads of logs: what others signed of ours, what we signed of theirs, and what we doubt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from federation.messages import MemberId, QuestionId
from federation.witness import TreeHead
from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import marks, one, run, select

_HEAD = "size, root, signed_at, signature"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A head of our log that a member signed: it saw everything up to there."""

    member: MemberId
    head: TreeHead
    cosignature: bytes


@dataclass(frozen=True, slots=True)
class Doubt:
    """A head that contradicts what its member showed before, and how."""

    member: MemberId
    what: str
    head: TreeHead
    doubted_at: datetime


def witnessed(view: View, member: MemberId) -> TreeHead | None:
    """The last head of a member's log that we signed."""
    row = one(view, f"SELECT {_HEAD} FROM witnessed WHERE member = ?", (member,))  # noqa: S608
    return _head(member, row) if row else None


def witness(tx: Tx, head: TreeHead) -> None:
    """Remember the head that we are about to sign; from now on no earlier one is signed."""
    run(
        tx,
        f"INSERT OR REPLACE INTO witnessed (member, {_HEAD}, witnessed_at)"  # noqa: S608
        " VALUES (?,?,?,?,?,?)",
        (
            head.member,
            head.size,
            head.root,
            microseconds(head.signed_at),
            head.signature,
            microseconds(tx.now),
        ),
    )


def witnessed_at(view: View, member: MemberId) -> datetime | None:
    """When we signed a member's log last, by our clock; None when we never did."""
    row = one(view, "SELECT witnessed_at FROM witnessed WHERE member = ?", (member,))
    return instant_if(row[0]) if row else None


def leave_unproven(tx: Tx, member: MemberId) -> int:
    """Count a head that came without a proof that was asked for; how many there are by now."""
    row = one(
        tx,
        "UPDATE witnessed SET unproven = unproven + 1 WHERE member = ? RETURNING unproven",
        (member,),
    )
    return int(row[0]) if row else 0


def leave_open(tx: Tx, head: TreeHead, proven: Collection[int]) -> int:
    """Count a head that came without the proofs that others' words call for.

    Returns how many came so since the one that is wanted longest.
    """
    wanted = f"member = ? AND size < ? AND size NOT IN ({marks(list(proven))})"
    values = (head.member, head.size, *proven)
    run(tx, f"UPDATE rumour SET unproven = unproven + 1 WHERE {wanted}", values)  # noqa: S608
    row = one(tx, f"SELECT max(unproven) FROM rumour WHERE {wanted}", values)  # noqa: S608
    return int(row[0] or 0) if row else 0


def prove(tx: Tx, member: MemberId, words: Sequence[str]) -> int:
    """A member's log is proven: what was doubted for want of a proof or head is no more."""
    run(tx, "UPDATE witnessed SET unproven = 0 WHERE member = ? AND unproven > 0", (member,))
    return run(
        tx,
        f"DELETE FROM doubt WHERE member = ? AND what IN ({marks(words)})",  # noqa: S608
        (member, *words),
    ).rowcount


def every_witnessed(view: View) -> list[TreeHead]:
    """The last head of every member's log that we signed."""
    rows = select(view, f"SELECT member, {_HEAD} FROM witnessed ORDER BY member")  # noqa: S608
    return [_head(MemberId(row[0]), row[1:]) for row in rows]


def rumoured(view: View, member: MemberId) -> dict[MemberId, TreeHead]:
    """Heads that a member showed to others and has not proven to us: by who told us."""
    rows = select(view, f"SELECT told_by, {_HEAD} FROM rumour WHERE member = ?", (member,))  # noqa: S608
    return {MemberId(row[0]): _head(member, row[1:]) for row in rows}


def rumour(tx: Tx, head: TreeHead, told_by: MemberId) -> None:
    """Keep a head that somebody was shown by another member, until that one has proven it."""
    run(
        tx,
        f"INSERT OR IGNORE INTO rumour (member, told_by, {_HEAD}) VALUES (?,?,?,?,?,?)",  # noqa: S608
        (
            head.member,
            told_by,
            head.size,
            head.root,
            microseconds(head.signed_at),
            head.signature,
        ),
    )


def settle(tx: Tx, member: MemberId, told_by: MemberId) -> None:
    """A member has proven, or could not prove, what it showed to another."""
    run(tx, "DELETE FROM rumour WHERE member = ? AND told_by = ?", (member, told_by))


def keep_receipt(tx: Tx, question: QuestionId, entry: int, head: TreeHead) -> None:
    """Keep where a member's answer stands in its log; its head is to be proven to us later."""
    run(
        tx,
        "INSERT OR REPLACE INTO log_receipt VALUES (?,?,?,?,?,?,?)",
        (
            question,
            head.member,
            entry,
            head.size,
            head.root,
            microseconds(head.signed_at),
            head.signature,
        ),
    )
    rumour(tx, head, tx.house.member)


def receipt(view: View, question: QuestionId, member: MemberId) -> tuple[int, TreeHead] | None:
    """Where the answer of a member stands in its log, and a head that covers it."""
    row = one(
        view,
        f"SELECT entry, {_HEAD} FROM log_receipt WHERE question = ? AND member = ?",  # noqa: S608
        (question, member),
    )
    return (row[0], _head(member, row[1:])) if row else None


def cosign(tx: Tx, member: MemberId, head: TreeHead, cosignature: bytes) -> None:
    """Keep what a member signed of a head of ours."""
    run(
        tx,
        "INSERT OR REPLACE INTO cosignature VALUES (?,?,?,?,?,?)",
        (
            member,
            head.size,
            head.root,
            microseconds(head.signed_at),
            head.signature,
            cosignature,
        ),
    )


def last_cosigned(view: View, member: MemberId) -> Cosigned | None:
    """The longest state of our log that a member signed."""
    return next(iter(_cosigned(view, "member = ? ORDER BY size DESC LIMIT 1", member)), None)


def cosigned(view: View) -> list[Cosigned]:
    """Everything that others signed of our log, the shortest state first."""
    return _cosigned(view, "? ORDER BY size, member", 1)


def thin(tx: Tx, before: datetime) -> int:
    """Of what is older keep one state a day of each member."""
    day = timedelta(days=1) // timedelta(microseconds=1)
    return run(
        tx,
        "DELETE FROM cosignature WHERE signed_at < ?1 AND EXISTS (SELECT 1 FROM cosignature later"
        " WHERE later.member = cosignature.member AND later.size > cosignature.size"
        " AND later.signed_at / ?2 = cosignature.signed_at / ?2)",
        (microseconds(before), day),
    ).rowcount


def doubt(tx: Tx, what: str, head: TreeHead) -> bool:
    """Keep a head that contradicts an earlier one; False when it is kept already."""
    if any((one.what, one.head.root) == (what, head.root) for one in doubts(tx, head.member)):
        return False
    run(
        tx,
        f"INSERT INTO doubt (member, what, {_HEAD}, doubted_at) VALUES (?,?,?,?,?,?,?)",  # noqa: S608
        (
            head.member,
            what,
            head.size,
            head.root,
            microseconds(head.signed_at),
            head.signature,
            microseconds(tx.now),
        ),
    )
    return True


def doubts(view: View, member: MemberId) -> list[Doubt]:
    """Every head of a member that is doubted, in order of time."""
    rows = select(
        view,
        f"SELECT what, doubted_at, {_HEAD} FROM doubt WHERE member = ? ORDER BY number",  # noqa: S608
        (member,),
    )
    return [Doubt(member, row[0], _head(member, row[2:]), instant(row[1])) for row in rows]


def accept(tx: Tx, member: MemberId) -> None:
    """Forget what a member showed and was doubted for: what it shows next is the beginning."""
    for table in ("witnessed", "rumour", "doubt"):
        run(tx, f"DELETE FROM {table} WHERE member = ?", (member,))  # noqa: S608


def _cosigned(view: View, where: str, value: str | int) -> list[Cosigned]:
    rows = select(
        view,
        f"SELECT member, cosignature, {_HEAD} FROM cosignature WHERE {where}",  # noqa: S608
        (value,),
    )
    us = view.house.member
    return [Cosigned(MemberId(row[0]), _head(us, row[2:]), row[1]) for row in rows]


def _head(member: MemberId, row: tuple[Any, ...]) -> TreeHead:
    size, root, signed_at, signature = row
    return TreeHead(member, size, root, instant(signed_at), signature)
