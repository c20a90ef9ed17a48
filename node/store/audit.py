"""The audit log as rows: each entry's exact bytes, chained and signed, and the signed head.

Trust: whoever can write the database and holds the signing key can write another log; without
the key any edit is found, but for putting back rows and head of an earlier day together.
"""

import functools
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from federation import witness
from federation.witness import TreeHead
from node import audit
from node.audit import Entry, Head, Row
from node.errors import AuditError
from node.store.engine import Tx, View
from node.store.instants import microseconds
from node.store.rows import one, run, select

_PROOF = "CAST(hash AS BLOB), CAST(signature AS BLOB)"

#: What stands for the head's signature until its transaction ends; it is never committed.
_UNSIGNED = b""
#: Bytes of a hash.
_HASH = 32


def append(tx: Tx, entry: Entry) -> int:
    """Add an entry after the last one; it is on disk when the transaction is. Returns its place.

    The head is signed once, when the transaction ends: only the last one of it is ever seen.

    Raises `AuditError` where a log was and its head is gone: to begin another one would hide it.
    """
    last = head(tx) or _beginning(tx)
    seq, previous = last.seq + 1, last.hash
    node = tx.house.member
    data = audit.encode(entry, seq=seq, at=tx.now, node=node, previous=previous)
    hash_ = witness.leaf_hash(data)
    signed = tx.house.notary.sign(audit.row_statement(node, seq, hash_))
    run(tx, "INSERT INTO audit VALUES (?, ?, ?, ?)", (seq, data.decode(), hash_, signed))
    peaks, made = witness.grown(_peaks(tx), last.seq, hash_)
    for level in range(1, len(made)):
        place = last.seq >> level
        run(tx, "INSERT OR REPLACE INTO audit_tree VALUES (?, ?, ?)", (level, place, made[level]))
    grown = (seq, hash_, _UNSIGNED, b"".join(peaks))
    run(tx, "INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?, ?, ?)", grown)
    tx.at_last(_sign_head)
    return seq


def read(view: View, *, after: int = 0) -> Iterator[Row]:
    """Entries in their order, from behind a place on."""
    rows = select(
        view,
        f"SELECT seq, CAST(data AS BLOB), {_PROOF} FROM audit WHERE seq > ? ORDER BY seq",  # noqa: S608
        (after,),
    )
    return (Row(*row) for row in rows)


def head(view: View) -> Head | None:
    """How far the log goes; None only in a database that has no entry yet."""
    row = one(view, f"SELECT seq, {_PROOF} FROM audit_head")  # noqa: S608
    return Head(*row) if row else None


def tree_head(view: View, now: datetime, sign: Callable[[bytes], bytes] | None = None) -> TreeHead:
    """How far the log goes and what it holds up to there, signed now.

    By the house's own notary where `sign` names no other: who is shown it must know the key.
    """
    last, house = head(view), view.house
    size = last.seq if last else 0
    unsigned = TreeHead(house.member, size, witness.root_of(_peaks(view)), now)
    return replace(unsigned, signature=(sign or house.notary.sign)(unsigned.statement))


def consistency(view: View, first: int, second: int) -> list[bytes]:
    """Proof that the log of the second size begins with all of the first."""
    return witness.consistency(first, second, functools.partial(_subtree, view))


def inclusion(view: View, seq: int, size: int) -> list[bytes]:
    """Proof that the entry of a place is in the log of this size."""
    return witness.inclusion(seq - 1, size, functools.partial(_subtree, view))


def proven(view: View, seq: int, size: int) -> tuple[bytes, list[bytes]]:
    """The hash of an entry, and the proof that it is in the log of this size."""
    return _subtree(view, 0, seq - 1), inclusion(view, seq, size)


def roots(view: View, sizes: Collection[int]) -> dict[int, bytes]:
    """The roots that the log had at these sizes, made anew from its entries; of those it has."""
    found: dict[int, bytes] = {}
    peaks: list[bytes] = []
    if not sizes:
        return found
    for size, row in enumerate(read(view), 1):
        peaks, _ = witness.grown(peaks, size - 1, witness.leaf_hash(row.data))
        if size in sizes:
            found[size] = witness.root_of(peaks)
    return found


def verify(view: View) -> audit.Break | None:
    """Whether the log is whole, or the first entry that is not."""
    house, last, rows = view.house, head(view), _Rows(view)
    broken = audit.verify(rows, last, node=house.member, notary=house.notary)
    if broken or last is None:
        return broken
    if _peaks(view) == rows.peaks:
        return None
    return audit.Break(last.seq + 1, "the tree over the entries is not theirs: it was edited")


def recheck(view: View, after: int, most: int) -> tuple[audit.Break | None, int]:
    """The first of so many entries behind a place that is not what was written, or None.

    Also how far was looked; 0 when that is the end of the log.
    """
    rows = list(islice(read(view, after=max(0, after - 1)), most + bool(after)))
    before = rows.pop(0) if after and rows else None
    if after and (before is None or before.seq != after):
        return audit.Break(after, "deleted"), 0
    if broken := audit.first_break(rows, before):
        return broken, 0
    if len(rows) == most:
        return None, rows[-1].seq
    last, end = head(view), rows[-1] if rows else before
    if end is None or last is None or (last.seq, last.hash) == (end.seq, end.hash):
        return None, 0
    return audit.Break(min(end.seq + 1, last.seq), "the log does not end with its head"), 0


def _subtree(view: View, level: int, place: int) -> bytes:
    """The hash of a whole subtree; of what was edited it is whatever stands there."""
    if level:
        row = one(
            view,
            "SELECT CAST(hash AS BLOB) FROM audit_tree WHERE level = ? AND place = ?",
            (level, place),
        )
    else:
        row = one(view, "SELECT CAST(hash AS BLOB) FROM audit WHERE seq = ?", (place + 1,))
    return bytes(row[0]) if row else b""


def _peaks(view: View) -> list[bytes]:
    """The whole subtrees up to the head, largest first."""
    (peaks,) = one(view, "SELECT CAST(peaks AS BLOB) FROM audit_head") or (b"",)
    return [peaks[start : start + _HASH] for start in range(0, len(peaks or b""), _HASH)]


def _sign_head(tx: Tx) -> None:
    """Sign where the log ends, if this transaction moved it."""
    last = head(tx)
    if last and last.signature == _UNSIGNED:
        signed = tx.house.notary.sign(audit.head_statement(tx.house.member, last.seq, last.hash))
        run(tx, "UPDATE audit_head SET signature = ?", (signed,))


def _beginning(tx: Tx) -> Head:
    """The head of a log without entries, in a database that never had one."""
    was_used = one(
        tx,
        "SELECT EXISTS (SELECT 1 FROM audit) OR EXISTS (SELECT 1 FROM record WHERE changed_at < ?1)"
        " OR EXISTS (SELECT 1 FROM seen WHERE seen_at < ?1)",
        (microseconds(tx.now),),
    )
    if was_used != (0,):
        raise AuditError("the head of the audit log is gone: restore the last backup")
    return Head(0, audit.GENESIS, b"")


class _Rows:
    """The whole log, as often as it is read, and the tree over it when it was read to its end."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.peaks: list[bytes] = []

    def __iter__(self) -> Iterator[Row]:
        self.peaks = []
        for size, row in enumerate(read(self._view)):
            yield row
            self.peaks, _ = witness.grown(self.peaks, size, row.hash)

    def __getitem__(self, place: int) -> Row:
        return next(read(self._view, after=place))
