"""Charters that were in force, the proposals for the next one, and what of them we signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from federation.messages import MemberId
from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.rows import Values, one, run, select


class Way(StrEnum):
    """How a charter came in force here.

    It was kept in a file, adopted from one by our people, signed by enough as far as we gathered
    ourselves, told by a member where it was in force, or missed here and told afterwards.
    """

    KEPT = "kept"
    FILE = "file"
    GATHERED = "gathered"
    TOLD = "told"
    MISSED = "missed"


class ProposalState(StrEnum):
    """How a proposal stands."""

    OPEN = "open"
    ADOPTED = "adopted"
    OVERTAKEN = "overtaken"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Adopted:
    """A charter that was in force here from an instant; `member` told us of it, if one did."""

    version: int
    identity: str
    document: bytes
    in_force_at: datetime
    way: Way
    member: MemberId


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with every signature under it that we know.

    `proposed_by` is empty until its drafter has told us of it itself; `brought_by` told us first.
    """

    identity: str
    version: int
    document: bytes
    proposed_by: MemberId
    brought_by: MemberId
    reason: str
    endorsement: bytes
    came_at: datetime
    state: ProposalState = ProposalState.OPEN
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fork:
    """Another charter of a version that was in force, and the members that signed both."""

    version: int
    identity: str
    document: bytes
    members: tuple[MemberId, ...]
    seen_at: datetime


_ADOPTED = "version, identity, document, in_force_at, way, member"
_PROPOSED = (
    "identity, version, document, proposed_by, brought_by, reason, endorsement, came_at, state,"
    " ended_at"
)


def adopt(tx: Tx, charter: Adopted) -> None:
    """Keep a charter as the one in force from now on."""
    run(
        tx,
        f"INSERT INTO charter ({_ADOPTED}) VALUES (?,?,?,?,?,?)",  # noqa: S608
        (
            charter.version,
            charter.identity,
            charter.document,
            microseconds(charter.in_force_at),
            charter.way,
            charter.member,
        ),
    )


def current(view: View) -> Adopted | None:
    """The charter in force; None in a database that was never told of any."""
    return next(iter(_adopted(view, "TRUE ORDER BY version DESC LIMIT 1")), None)


def since(view: View, version: int) -> list[Adopted]:
    """Every charter that was in force behind a version, in order."""
    return _adopted(view, "version > ? ORDER BY version", (version,))


def at(view: View, version: int) -> Adopted | None:
    """The charter of a version, if it was in force here."""
    return next(iter(_adopted(view, "version = ?", (version,))), None)


def before(view: View, version: int) -> Adopted | None:
    """The charter that was in force before one of this version."""
    found = _adopted(view, "version < ? ORDER BY version DESC LIMIT 1", (version,))
    return next(iter(found), None)


def was_in_force(view: View, identity: str) -> bool:
    """Whether a charter of this identity is in force here, or was."""
    return one(view, "SELECT 1 FROM charter WHERE identity = ?", (identity,)) is not None


def last_missed(view: View) -> Adopted | None:
    """The last charter that we had missed."""
    return next(iter(_adopted(view, "way = 'missed' ORDER BY version DESC LIMIT 1")), None)


def propose(tx: Tx, proposed: Proposed) -> None:
    """Keep a proposal, or what is known of it by now."""
    run(
        tx,
        f"INSERT OR REPLACE INTO proposal ({_PROPOSED}) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
        (
            proposed.identity,
            proposed.version,
            proposed.document,
            proposed.proposed_by,
            proposed.brought_by,
            proposed.reason,
            proposed.endorsement,
            microseconds(proposed.came_at),
            proposed.state,
            microseconds(proposed.ended_at) if proposed.ended_at else None,
        ),
    )


def proposals(view: View, state: ProposalState | None = None) -> list[Proposed]:
    """Proposals in a state, or all, in the order of their versions."""
    return _proposed(view, "?1 IS NULL OR state = ?1 ORDER BY version, came_at", (state,))


def proposal(view: View, identity: str) -> Proposed | None:
    """The proposal of this identity."""
    return next(iter(_proposed(view, "identity = ?", (identity,))), None)


def alike(view: View, beginning: str) -> list[Proposed]:
    """Proposals whose identities begin so."""
    return _proposed(view, "substr(identity, 1, ?) = ? LIMIT 2", (len(beginning), beginning))


def brought(view: View, member: MemberId) -> int:
    """How many open proposals a member told us of first."""
    found = one(
        view,
        "SELECT count(*) FROM proposal WHERE brought_by = ? AND state = 'open'",
        (member,),
    )
    return int(found[0]) if found else 0


def vote(tx: Tx, version: int, identity: str) -> bool:
    """Note that we sign a charter of this version; False when we have signed another one."""
    run(
        tx,
        "INSERT OR IGNORE INTO charter_vote VALUES (?,?,?)",
        (version, identity, microseconds(tx.now)),
    )
    return voted(tx, version) == identity


def voted(view: View, version: int) -> str:
    """What we signed of this version; empty when nothing."""
    found = one(view, "SELECT identity FROM charter_vote WHERE version = ?", (version,))
    return str(found[0]) if found else ""


def highest(view: View) -> int:
    """The highest version that is in force, proposed or signed by us; 0 for none."""
    found = one(
        view,
        "SELECT max(version) FROM (SELECT version FROM charter UNION ALL SELECT version FROM"
        " proposal WHERE state = 'open' UNION ALL SELECT version FROM charter_vote)",
    )
    return int(found[0] or 0) if found else 0


def fork(tx: Tx, found: Fork) -> bool:
    """Keep another charter of a version as evidence; False when it is known."""
    cursor = run(
        tx,
        "INSERT OR IGNORE INTO charter_fork VALUES (?,?,?,?,?)",
        (
            found.version,
            found.identity,
            found.document,
            " ".join(found.members),
            microseconds(found.seen_at),
        ),
    )
    return cursor.rowcount > 0


def forks(view: View) -> list[Fork]:
    """Every charter that was signed by enough beside the one of its version that was in force."""
    rows = select(
        view,
        "SELECT version, identity, document, members, seen_at FROM charter_fork ORDER BY version",
    )
    return [
        Fork(row[0], row[1], row[2], tuple(map(MemberId, row[3].split())), instant(row[4]))
        for row in rows
    ]


def _adopted(view: View, where: str, values: Values = ()) -> list[Adopted]:
    rows: Iterable[tuple[Any, ...]] = select(
        view,
        f"SELECT {_ADOPTED} FROM charter WHERE {where}",  # noqa: S608
        values,
    )
    return [
        Adopted(row[0], row[1], row[2], instant(row[3]), Way(row[4]), MemberId(row[5]))
        for row in rows
    ]


def _proposed(view: View, where: str, values: Values = ()) -> list[Proposed]:
    rows: Iterable[tuple[Any, ...]] = select(
        view,
        f"SELECT {_PROPOSED} FROM proposal WHERE {where}",  # noqa: S608
        values,
    )
    return [
        Proposed(
            identity=row[0],
            version=row[1],
            document=row[2],
            proposed_by=MemberId(row[3]),
            brought_by=MemberId(row[4]),
            reason=row[5],
            endorsement=row[6],
            came_at=instant(row[7]),
            state=ProposalState(row[8]),
            ended_at=instant_if(row[9]),
        )
        for row in rows
    ]
