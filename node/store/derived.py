"""What follows from a record's content, as rows: its numbers with their verdicts, and its links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from federation.messages import Entity
from node.identifiers import Checked
from node.kinds import POINTERS
from node.records import RecordId
from node.store.engine import Tx, View
from node.store.keys import RecordNumber
from node.store.rows import run_all, select

Derived = tuple[RecordNumber, Entity, Sequence[Checked]]


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link: a property of one record that names another of the same source by its id.

    `record` and `schema` are of the record that points; `end` is ours for what it points at,
    None while we hold nothing of that id.
    """

    record: RecordId
    schema: str
    property: str
    target: str
    end: RecordId | None


def derive(tx: Tx, batch: Sequence[Derived]) -> None:
    """Write the rows of records that have none."""
    run_all(
        tx,
        "INSERT INTO identifier (record, position, type, value, normal, verdict)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, position, checked.type, checked.value, checked.normal, checked.verdict)
            for number, _, numbers in batch
            for position, checked in enumerate(numbers)
        ],
    )
    run_all(
        tx,
        "INSERT INTO link (record, property, target) VALUES (?, ?, ?)",
        [
            (number, name, target)
            for number, entity, _ in batch
            for name in POINTERS & entity.properties.keys()
            for target in set(entity.properties[name])
        ],
    )


def drop(tx: Tx, records: Iterable[RecordNumber]) -> None:
    """Remove the rows of these records."""
    numbers = [(record,) for record in records]
    run_all(tx, "DELETE FROM identifier WHERE record = ?", numbers)
    run_all(tx, "DELETE FROM link WHERE record = ?", numbers)


def identifiers(view: View, id: RecordId) -> list[Checked]:
    """The numbers of a record with the verdict on each, in the owner's order."""
    rows = select(
        view,
        "SELECT i.type, i.value, i.normal, i.verdict FROM record r"
        " JOIN identifier i ON i.record = r.number WHERE r.id = ? ORDER BY i.position",
        (id,),
    )
    return [Checked.stored(*row) for row in rows]


def links(view: View, id: RecordId) -> list[Link]:
    """What a record points at, then what of its source points at it; nothing withdrawn."""
    rows = select(
        view,
        "SELECT r.id, r.schema, l.property, l.target, t.id FROM record r"
        " JOIN link l ON l.record = r.number"
        " LEFT JOIN record t ON t.source = r.source AND t.source_id = l.target"
        " AND NOT t.is_withdrawn WHERE r.id = ?1"
        " UNION ALL SELECT r.id, r.schema, l.property, l.target, t.id FROM record t"
        " JOIN link l ON l.target = t.source_id"
        " JOIN record r ON r.number = l.record AND r.source = t.source AND NOT r.is_withdrawn"
        " WHERE t.id = ?1 AND r.number <> t.number",
        (id,),
    )
    return [Link(*row) for row in rows]
