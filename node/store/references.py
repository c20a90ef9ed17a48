"""References: the random name under which one member knows one record of ours."""

import secrets
from collections.abc import Collection

from federation.messages import MemberId, Reference
from node.store.engine import Tx, View
from node.store.keys import RecordNumber
from node.store.rows import marks, one, parts, run_all, select

_BYTES = 12


def issue(
    tx: Tx, member: MemberId, records: Collection[RecordNumber]
) -> dict[RecordNumber, Reference]:
    """The references of these records for this member: random when first given, then always they.

    Another member gets others, so that two members cannot tell that theirs name one record.
    """
    known: dict[RecordNumber, Reference] = {}
    for part in parts(records):
        sql = f"SELECT record, reference FROM reference WHERE member = ? AND record IN ({marks(part)})"  # noqa: S608,E501
        known |= dict(select(tx, sql, (member, *part)).fetchall())
    made = {record: _random() for record in records if record not in known}
    rows = [(reference, member, record) for record, reference in made.items()]
    run_all(tx, "INSERT INTO reference VALUES (?, ?, ?)", rows)
    return known | made


def find(view: View, member: MemberId, reference: Reference) -> RecordNumber | None:
    """The record that this member was given under this reference, if it was."""
    row = one(
        view, "SELECT record FROM reference WHERE reference = ? AND member = ?", (reference, member)
    )
    return RecordNumber(row[0]) if row else None


def _random() -> Reference:
    """One that no command takes for an option: it begins with a letter, a digit or `_`."""
    made = secrets.token_urlsafe(_BYTES)
    return _random() if made.startswith("-") else Reference(made)
