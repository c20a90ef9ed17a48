"""Quotas: when who asked, as far back as a quota counts."""

from datetime import datetime

from node.store.engine import Tx, View
from node.store.instants import instant_if, microseconds
from node.store.rows import one, run

#: Of one that asked: the number of its last question.
_LAST = "(SELECT coalesce(max(number), 0) FROM quota WHERE whom = ?1)"


def nth_last(view: View, whom: bytes, nth: int) -> datetime | None:
    """When the nth last question was asked, the last being the first; None when there were fewer.

    It costs two seeks however many there were.
    """
    sql = f"SELECT asked_at FROM quota WHERE whom = ?1 AND number = {_LAST} + 1 - ?2"  # noqa: S608
    row = one(view, sql, (whom, nth))
    return instant_if(row[0]) if row else None


def count(tx: Tx, whom: bytes, *, keep: int) -> None:
    """Count a question that is asked now; of those before it no more than `keep` are remembered."""
    sql = f"INSERT INTO quota SELECT ?1, {_LAST} + 1, ?2"
    run(tx, sql, (whom, microseconds(tx.now)))
    run(tx, f"DELETE FROM quota WHERE whom = ?1 AND number <= {_LAST} - ?2", (whom, keep))  # noqa: S608


def forget(tx: Tx, before: datetime) -> int:
    """Forget what was asked so long ago that no quota counts it."""
    return run(tx, "DELETE FROM quota WHERE asked_at < ?", (microseconds(before),)).rowcount
