"""Records: the present of each thing we hold, and every state it had before.

A table holds the present, another the past: a change copies the present there before it is
overwritten, so that every state is in exactly one place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.errors import InvalidError
from federation.messages import PersonId
from node.identifiers import Checked
from node.records import Record, RecordId, Version
from node.store import markings
from node.store.content import decoded, encoded
from node.store.derived import derive, drop
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.keys import RecordNumber
from node.store.markings import MarkingNumber
from node.store.rows import marks, one, parts, run, run_all, select

_READ = "number, id, source, marking, version, content, changed_at, is_withdrawn"
_WRITTEN = (
    "id, source, source_id, schema, marking, version, is_withdrawn, changed_at, changed_by,"
    " reason, content"
)
_STATE = "version, marking, changed_at, changed_by, reason, content"


@dataclass(frozen=True, slots=True)
class Held:
    """A record where it lies: its row and the row of its marking."""

    number: RecordNumber
    marking: MarkingNumber
    record: Record


@dataclass(frozen=True, slots=True)
class Kept:
    """A record to be written, with what was derived from it."""

    record: Record
    identifiers: Sequence[Checked]
    reason: str
    by: PersonId


def insert(tx: Tx, batch: Sequence[Kept]) -> list[Held]:
    """Store new records, in the order given."""
    (last,) = one(tx, "SELECT max(number) FROM record") or (None,)
    numbers = range((last or 0) + 1, (last or 0) + 1 + len(batch))
    held = _held(tx, zip(map(RecordNumber, numbers), batch, strict=True))
    run_all(
        tx,
        f"INSERT INTO record (number, {_WRITTEN}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
        [_row(one, kept) for one, kept in zip(held, batch, strict=True)],
    )
    _derive(tx, held, batch)
    return held


def replace(tx: Tx, batch: Sequence[tuple[RecordNumber, Kept]]) -> list[Held]:
    """Give records a new present; the state they had becomes a version."""
    held = _held(tx, batch)
    run_all(
        tx,
        f"INSERT INTO record_version (record, {_STATE})"  # noqa: S608
        f" SELECT number, {_STATE} FROM record WHERE number = ?",
        [(one.number,) for one in held],
    )
    run_all(
        tx,
        f"UPDATE record SET ({_WRITTEN}) = (?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12) WHERE number = ?1",  # noqa: S608
        [_row(one, kept) for one, (_, kept) in zip(held, batch, strict=True)],
    )
    drop(tx, [one.number for one in held])
    _derive(tx, held, [kept for _, kept in batch])
    return held


def get(view: View, id: RecordId) -> Held | None:
    """The record of this id, withdrawn or not."""
    return next(iter(_read(view, "id = ?", (id,))), None)


def named(view: View, name: str) -> Held | None:
    """The record that somebody names: by our id, by its id at its source, or as SOURCE/ID.

    Withdrawn or not; None when there is none. Raises `InvalidError` naming the sources when
    records of several have this id.
    """
    if held := get(view, RecordId(name)):
        return held
    found: list[Held] = []
    for source in _sources(view):
        ids = [name, *([name[len(source) + 1 :]] if name.startswith(f"{source}/") else [])]
        found += by_source(view, source, ids).values()
    if len(found) > 1:
        several = ", ".join(sorted(held.record.source for held in found))
        raise InvalidError(f"records of several sources have this id: SOURCE/ID, of {several}")
    return found[0] if found else None


def load(view: View, numbers: Sequence[RecordNumber]) -> list[Held]:
    """These records in this order, without those that are withdrawn."""
    found: dict[RecordNumber, Held] = {}
    for part in parts(numbers):
        rows = _read(view, f"number IN ({marks(part)}) AND NOT is_withdrawn", part)
        found |= {held.number: held for held in rows}
    return [found[number] for number in numbers if number in found]


def present(view: View, held: Sequence[Held]) -> list[Held]:
    """These records as they stand now, without those that are withdrawn.

    Content is read again only of those that changed: a version never says two things.
    """
    stand: dict[RecordNumber, tuple[int, MarkingNumber]] = {}
    for part in parts([record.number for record in held]):
        sql = f"SELECT number, version, marking FROM record WHERE number IN ({marks(part)})"  # noqa: S608
        rows = select(view, f"{sql} AND NOT is_withdrawn", part)
        stand |= {number: (version, marking) for number, version, marking in rows}
    same = {
        one.number: one
        for one in held
        if stand.get(one.number) == (one.record.version, one.marking)
    }
    changed = load(view, [number for number in stand if number not in same])
    now = same | {one.number: one for one in changed}
    return [now[one.number] for one in held if one.number in now]


def by_source(view: View, source: str, ids: Sequence[str]) -> dict[str, Held]:
    """The records of a source by their ids there, withdrawn ones among them."""
    found: dict[str, Held] = {}
    for part in parts(ids):
        rows = _read(view, f"source = ? AND source_id IN ({marks(part)})", (source, *part))
        found |= {held.record.entity.id: held for held in rows}
    return found


def versions(view: View, id: RecordId) -> list[Version]:
    """Every state of a record, the present one last."""
    rows = select(
        view,
        f"SELECT {_STATE} FROM record_version"  # noqa: S608
        " WHERE record = (SELECT number FROM record WHERE id = ?1)"
        f" UNION ALL SELECT {_STATE} FROM record WHERE id = ?1 ORDER BY version",
        (id,),
    ).fetchall()
    known = markings.read(view, {row[1] for row in rows})
    return [
        Version(
            record=id,
            version=version,
            entity=None if content is None else decoded(content),
            marking=known[marking],
            reason=reason,
            changed_at=instant(changed_at),
            changed_by=changed_by,
        )
        for version, marking, changed_at, changed_by, reason, content in rows
    ]


def erase_versions(tx: Tx, id: RecordId, *, before: int) -> int:
    """Erase the content of every past state before a version; that it was, and why, stays."""
    return run(
        tx,
        "UPDATE record_version SET content = NULL WHERE version < ? AND content IS NOT NULL"
        " AND record = (SELECT number FROM record WHERE id = ?)",
        (before, id),
    ).rowcount


def count(view: View) -> int:
    """How many records are held that are not withdrawn."""
    counted: int = select(view, "SELECT count(*) FROM record WHERE NOT is_withdrawn").fetchone()[0]
    return counted


def last_changed_at(view: View) -> datetime | None:
    """When a record last changed; None when none was ever held."""
    row = one(view, "SELECT max(changed_at) FROM record")
    return instant(row[0]) if row and row[0] is not None else None


def _sources(view: View) -> list[str]:
    """Every source that records are from: each is one step in the index, however many it has."""
    sources: list[str] = []
    while row := one(
        view, "SELECT min(source) FROM record WHERE source > ?", (sources[-1] if sources else "",)
    ):
        if row[0] is None:
            break
        sources.append(row[0])
    return sources


def _held(tx: Tx, batch: Iterable[tuple[RecordNumber, Kept]]) -> list[Held]:
    """Records with the rows of their markings; many share one, so it is looked up once."""
    held: list[Held] = []
    marking, found = None, MarkingNumber(0)
    for number, kept in batch:
        if kept.record.marking is not marking:
            marking = kept.record.marking
            found = markings.number(tx, marking)
        held.append(Held(number, found, kept.record))
    return held


def _row(held: Held, kept: Kept) -> tuple[Any, ...]:
    """The values of a record's row: its number, then `_WRITTEN`."""
    record = held.record
    return (
        held.number,
        record.id,
        record.source,
        record.entity.id,
        record.entity.schema,
        held.marking,
        record.version,
        int(record.is_withdrawn),
        microseconds(record.changed_at),
        kept.by,
        kept.reason,
        encoded(record.entity),
    )


def _derive(tx: Tx, held: Sequence[Held], batch: Sequence[Kept]) -> None:
    pairs = zip(held, batch, strict=True)
    derive(tx, [(one.number, one.record.entity, kept.identifiers) for one, kept in pairs])


def _read(view: View, where: str, values: Sequence[Any]) -> Iterable[Held]:
    rows = select(view, f"SELECT {_READ} FROM record WHERE {where}", values).fetchall()  # noqa: S608
    known = markings.read(view, {row[3] for row in rows})
    for number, id_, source, marking, version, content, changed_at, is_withdrawn in rows:
        record = Record(
            id=id_,
            entity=decoded(content),
            marking=known[marking],
            source=source,
            version=version,
            changed_at=instant(changed_at),
            is_withdrawn=bool(is_withdrawn),
        )
        yield Held(number, marking, record)
