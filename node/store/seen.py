"""Ids of questions received: none is answered twice, not even after a restart."""

from datetime import datetime

from federation.messages import MemberId
from node.store.engine import Tx, View
from node.store.instants import microseconds
from node.store.rows import one, run


def remember(tx: Tx, sender: MemberId, id: str) -> bool:
    """Note that a sender used an id now; False when it had used it before."""
    noted = run(
        tx, "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (sender, id, microseconds(tx.now))
    )
    return noted.rowcount == 1


def count_since(view: View, sender: MemberId, since: datetime) -> int:
    """How often a sender has called since an instant."""
    row = one(
        view,
        "SELECT count(*) FROM seen WHERE sender = ? AND seen_at >= ?",
        (sender, microseconds(since)),
    )
    return int(row[0]) if row else 0


def forget(tx: Tx, before: datetime) -> int:
    """Drop ids so old that the time window refuses their questions anyway."""
    return run(tx, "DELETE FROM seen WHERE seen_at < ?", (microseconds(before),)).rowcount
