"""References: the random name under which one member knows one record of ours."""

import secrets

from federation.messages import MemberId, Reference
from node.store.engine import Tx, View
from node.store.keys import RecordNumber
from node.store.rows import one, run

_BYTES = 12


def issue(tx: Tx, member: MemberId, record: RecordNumber) -> Reference:
    """The reference of this record for this member: random when first given, then always it.

    Another member gets another one, so that two members cannot tell that theirs name one record.
    """
    known = one(
        tx, "SELECT reference FROM reference WHERE member = ? AND record = ?", (member, record)
    )
    if known:
        return Reference(known[0])
    reference = Reference(secrets.token_urlsafe(_BYTES))
    run(tx, "INSERT INTO reference VALUES (?, ?, ?)", (reference, member, record))
    return reference


def find(view: View, member: MemberId, reference: Reference) -> RecordNumber | None:
    """The record that this member was given under this reference, if it was."""
    row = one(
        view, "SELECT record FROM reference WHERE reference = ? AND member = ?", (reference, member)
    )
    return RecordNumber(row[0]) if row else None
