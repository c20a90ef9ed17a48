"""Standing watches: our own people's and those that members asked us to keep, and what met them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from federation.messages import MemberId, Reference, WatchId
from node.store.engine import Tx, View
from node.store.instants import instant, instant_if, microseconds
from node.store.keys import RecordNumber
from node.store.rows import marks, one, parts, run, run_all, select

StandingNumber = NewType("StandingNumber", int)


class MatchState(StrEnum):
    """What became of a record that a watch met."""

    TOLD = "told"
    OWED = "owed"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Standing:
    """A watch as it stands here; `question` is the watch as it was encoded by its room."""

    number: StandingNumber
    member: MemberId
    id: WatchId
    question: bytes
    expires_at: datetime
    version: int
    ended_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether it finds nothing any more."""
        return self.ended_at is not None or self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a watch met: the reference it was told under, and a digest of what was told.

    One that is owed has a digest when an earlier state of it was told.
    """

    standing: StandingNumber
    record: RecordNumber
    state: MatchState
    reference: Reference
    digest: str


_READ = "number, member, id, question, expires_at, version, ended_at"
_MATCH = "standing, record, state, reference, digest"
#: A key that so many watches have says half of what a rare one does; what all that is shared must
#: say together, and what is much; keys of one record that are looked up.
_HALF, _LEAST, _MUCH = 16.0, 4.0, 12.0
_MOST_KEYS = 2_000


def register(  # noqa: PLR0913 - the columns of a watch
    tx: Tx,
    member: MemberId,
    id: WatchId,
    *,
    question: bytes,
    expires_at: datetime,
    keys: Mapping[int, int],
    version: int,
) -> StandingNumber:
    """Let a watch stand, or stand again with what it says now; it is due to run over what is here.

    `keys` are numbers of search keys with their weight, made by code of this version.
    """
    row = one(
        tx,
        "INSERT INTO standing (member, id, question, expires_at, version) VALUES (?,?,?,?,?)"
        " ON CONFLICT (member, id) DO UPDATE SET question = excluded.question, is_due = 1,"
        " expires_at = excluded.expires_at, version = excluded.version, ended_at = NULL"
        " RETURNING number",
        (member, id, question, microseconds(expires_at), version),
    )
    number = StandingNumber(row[0] if row else 0)
    put_keys(tx, number, keys, version=version)
    return number


def put_keys(tx: Tx, number: StandingNumber, keys: Mapping[int, int], *, version: int) -> None:
    """Give a watch these keys and no others."""
    run(tx, "DELETE FROM standing_key WHERE standing = ?", (number,))
    rows = sorted((key, number, weight) for key, weight in keys.items())
    run_all(tx, "INSERT INTO standing_key VALUES (?, ?, ?)", rows)
    run(tx, "UPDATE standing SET version = ? WHERE number = ?", (version, number))


def end(tx: Tx, member: MemberId, id: WatchId) -> bool:
    """A watch is over: nothing of it is kept that still finds. False when it was not standing."""
    row = one(
        tx,
        "UPDATE standing SET ended_at = ?, is_due = 0 WHERE member = ? AND id = ?"
        " AND ended_at IS NULL RETURNING number",
        (microseconds(tx.now), member, id),
    )
    if row:
        run(tx, "DELETE FROM standing_key WHERE standing = ?", (row[0],))
        owed = "standing = ? AND state = 'owed'"
        run(tx, f"DELETE FROM standing_match WHERE {owed} AND digest = ''", (row[0],))  # noqa: S608
        run(tx, f"UPDATE standing_match SET state = 'told' WHERE {owed}", (row[0],))  # noqa: S608
    return row is not None


def expired(view: View, now: datetime) -> list[Standing]:
    """Watches whose time is over and that still stand."""
    return _found(
        view, "ended_at IS NULL AND expires_at <= ? ORDER BY number", (microseconds(now),)
    )


def find(view: View, member: MemberId, id: WatchId) -> Standing | None:
    """The watch of a member, also one that is over."""
    return next(iter(_found(view, "member = ? AND id = ?", (member, id))), None)


def load(view: View, numbers: Collection[StandingNumber]) -> list[Standing]:
    """Watches by their numbers."""
    return [
        found
        for part in parts(numbers)
        for found in _found(view, f"number IN ({marks(part)})", part)
    ]


def count(view: View) -> int:
    """How many watches stand here."""
    row = one(view, "SELECT count(*) FROM standing WHERE ended_at IS NULL")
    return int(row[0]) if row else 0


def met(view: View, keys: Collection[int], *, most: int) -> list[StandingNumber]:
    """The watches that share most with a record of these keys, those of the rarest keys first.

    All that share much, however many they are; of those that share less only `most`, and none
    that shares nothing but what very many share.
    """
    numbers = list(keys)[:_MOST_KEYS]
    rows = select(
        view,
        "WITH shared AS (SELECT standing, weight * ? / (? + count(*) OVER (PARTITION BY key)) AS"  # noqa: S608
        f" says FROM standing_key WHERE key IN ({marks(numbers)}))"
        " SELECT standing, sum(says) AS said FROM shared GROUP BY standing HAVING said >= ?"
        " ORDER BY said DESC, standing",
        (_HALF, _HALF, *numbers, _LEAST),
    )
    return [number for place, (number, said) in enumerate(rows) if place < most or said >= _MUCH]


def due(
    view: View, *, version: int, but: Collection[StandingNumber] = frozenset()
) -> Standing | None:
    """The next watch that is to run over what is here, or whose keys are of an earlier version."""
    found = _found(
        view,
        f"(is_due OR (version < ? AND ended_at IS NULL)) AND number NOT IN ({marks(tuple(but))})"
        " ORDER BY number LIMIT 1",
        (version, *but),
    )
    return found[0] if found else None


def run_again(tx: Tx, member: MemberId) -> None:
    """Every watch of a member that stands is due to run over what is here."""
    run(tx, "UPDATE standing SET is_due = 1 WHERE member = ? AND ended_at IS NULL", (member,))


def ran(tx: Tx, number: StandingNumber) -> None:
    """A watch has run over what is here."""
    run(tx, "UPDATE standing SET is_due = 0 WHERE number = ?", (number,))


def put_match(tx: Tx, match: Match) -> None:
    """Note what became of a record that a watch met."""
    run(
        tx,
        f"INSERT OR REPLACE INTO standing_match ({_MATCH}) VALUES (?,?,?,?,?)",  # noqa: S608
        (match.standing, match.record, match.state, match.reference, match.digest),
    )


def match(view: View, standing: StandingNumber, record: RecordNumber) -> Match | None:
    """What became of one record for one watch."""
    row = one(
        view,
        f"SELECT {_MATCH} FROM standing_match WHERE standing = ? AND record = ?",  # noqa: S608
        (standing, record),
    )
    return _match(row) if row else None


def matches(view: View, records: Iterable[RecordNumber]) -> list[Match]:
    """What these records were told as, and to whom."""
    return [
        _match(row)
        for part in parts(records)
        for row in select(
            view,
            f"SELECT {_MATCH} FROM standing_match WHERE record IN ({marks(part)})",  # noqa: S608
            part,
        )
    ]


def owing(view: View) -> list[Standing]:
    """Watches for which matches are still to be told, for there was no room."""
    return _found(
        view,
        "number IN (SELECT standing FROM standing_match WHERE state = 'owed') ORDER BY number",
        (),
    )


def owed(view: View, standing: StandingNumber, *, most: int) -> list[Match]:
    """Matches of a watch that are still to be told."""
    rows = select(
        view,
        f"SELECT {_MATCH} FROM standing_match WHERE state = 'owed' AND standing = ?"  # noqa: S608
        " ORDER BY record LIMIT ?",
        (standing, most),
    )
    return [_match(row) for row in rows]


def _found(view: View, where: str, values: Iterable[object]) -> list[Standing]:
    rows = select(view, f"SELECT {_READ} FROM standing WHERE {where}", tuple(values))  # noqa: S608
    return [
        Standing(
            number=row[0],
            member=MemberId(row[1]),
            id=WatchId(row[2]),
            question=row[3],
            expires_at=instant(row[4]),
            version=row[5],
            ended_at=instant_if(row[6]),
        )
        for row in rows
    ]


def _match(row: tuple[Any, ...]) -> Match:
    standing, record, state, reference, digest = row
    return Match(standing, record, MatchState(state), Reference(reference), digest)
