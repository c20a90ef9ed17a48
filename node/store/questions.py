"""Questions as they were received: the seal for good, the text until its retention ends."""

from datetime import datetime

from federation.messages import MemberId, QuestionId
from federation.seal import Sealed
from node.store.engine import Tx, View
from node.store.instants import microseconds
from node.store.rows import one, run


def keep(tx: Tx, sender: MemberId, id: QuestionId, sealed: Sealed, *, expires_at: datetime) -> None:
    """Keep a sealed question, its text until `expires_at`."""
    run(
        tx,
        "INSERT OR IGNORE INTO question VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            sender,
            id,
            sealed.statement,
            sealed.key_id,
            sealed.signature,
            sealed.body,
            microseconds(expires_at),
        ),
    )


def get(view: View, sender: MemberId, id: QuestionId) -> Sealed | None:
    """A question as it was sealed; its body is empty once its text was erased."""
    row = one(
        view,
        "SELECT statement, key_id, signature, body FROM question WHERE sender = ? AND id = ?",
        (sender, id),
    )
    return Sealed(row[0], row[1], row[2], row[3] or b"") if row else None


def erase_expired(tx: Tx) -> int:
    """Erase the text of every question whose retention has ended; the seals stay."""
    return run(
        tx,
        "UPDATE question SET body = NULL WHERE body IS NOT NULL AND expires_at <= ?",
        (microseconds(tx.now),),
    ).rowcount
