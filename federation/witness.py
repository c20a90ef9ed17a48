"""Logs as Merkle trees (RFC 6962 section 2.1): roots, proofs, and what is signed of them. Pure.

A subtree is named by its level and its place: of level 0 are the hashes of the entries, and the
subtree of level l and place p covers the entries from p * 2**l on, 2**l of them.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from federation.messages import MemberId

#: The root of a log without entries.
EMPTY = hashlib.sha256(b"").digest()
#: Level and place of a whole subtree -> its hash.
Subtree = Callable[[int, int], bytes]

_LEAF, _NODE = b"\0", b"\1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How far a member's log goes and what it holds up to there, signed by that member."""

    member: MemberId
    size: int
    root: bytes
    signed_at: datetime
    signature: bytes = b""

    @property
    def statement(self) -> bytes:
        """The bytes that the member signs."""
        at = (self.signed_at - _EPOCH) // timedelta(microseconds=1)
        return b"amber tree head v1\0%b\0%d\0%d\0%b" % (
            self.member.encode(),
            self.size,
            at,
            self.root,
        )


def cosigned(head: TreeHead, witness: MemberId) -> bytes:
    """The bytes that a witness signs: that it saw this head, and everything before it in it."""
    return b"amber cosignature v1\0%b\0%b" % (witness.encode(), head.statement)


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(_LEAF + data).digest()


def joined(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(_NODE + left + right).digest()


def grown(peaks: Sequence[bytes], size: int, leaf: bytes) -> tuple[list[bytes], list[bytes]]:
    """The peaks of a log of this size after one entry more, and the subtrees that it completed.

    Peaks are the whole subtrees of a log, the largest first; completed ones come by their level,
    from the entry itself upwards.
    """
    left, made = list(peaks), [leaf]
    while size & 1:
        made.append(joined(left.pop(), made[-1]))
        size >>= 1
    return [*left, made[-1]], made


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root of a log of these peaks."""
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = joined(peak, root)
    return root


def inclusion(place: int, size: int, subtree: Subtree) -> list[bytes]:
    """Proof that the entry of a place (from 0) is in a log of this size; nearest first."""
    return _path(place, 0, size, subtree)


def consistency(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """Proof that a log of the second size begins with all of the first."""
    if not 0 < first < second:
        return []
    return _proof(first, 0, second, subtree, is_known=True)


def is_included(leaf: bytes, place: int, head: TreeHead, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that an entry is in a log (RFC 9162 section 2.1.3.2)."""
    if not 0 <= place < head.size:
        return False
    node, last, hash_ = place, head.size - 1, leaf
    for other in proof:
        if not last:
            return False
        if node & 1 or node == last:
            hash_ = joined(other, hash_)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hash_ = joined(hash_, other)
        node, last = node >> 1, last >> 1
    return not last and hmac.compare_digest(hash_, head.root)


def is_consistent(first: TreeHead, second: TreeHead, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that one log goes on from another (RFC 9162 section 2.1.4.2)."""
    if first.size > second.size:
        return False
    if first.size in (0, second.size):
        return not proof and (not first.size or first.root == second.root)
    if first.size & (first.size - 1) == 0:
        proof = (first.root, *proof)
    return bool(proof) and _climbed(first.size - 1, second.size - 1, proof) == (
        first.root,
        second.root,
    )


def _climbed(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of both logs to which a proof of consistency leads, None where it is none."""
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if not last:
            return None
        if node & 1 or node == last:
            old, new = joined(other, old), joined(other, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = joined(new, other)
        node, last = node >> 1, last >> 1
    return None if last else (old, new)


def _peaks(size: int, start: int) -> Iterator[tuple[int, int]]:
    """Level and place of the whole subtrees of so many entries from `start` on, largest first."""
    while size:
        level = size.bit_length() - 1
        yield level, start >> level
        start, size = start + (1 << level), size - (1 << level)


def _hash(start: int, size: int, subtree: Subtree) -> bytes:
    return root_of([subtree(level, place) for level, place in _peaks(size, start)])


def _split(size: int) -> int:
    """The largest power of two smaller than a size of two and more."""
    return 1 << (size - 1).bit_length() - 1


def _path(place: int, start: int, size: int, subtree: Subtree) -> list[bytes]:
    if size == 1:
        return []
    half = _split(size)
    if place < half:
        return [
            *_path(place, start, half, subtree),
            _hash(start + half, size - half, subtree),
        ]
    return [
        *_path(place - half, start + half, size - half, subtree),
        _hash(start, half, subtree),
    ]


def _proof(first: int, start: int, size: int, subtree: Subtree, *, is_known: bool) -> list[bytes]:
    if first == size:
        return [] if is_known else [_hash(start, size, subtree)]
    half = _split(size)
    if first <= half:
        return [
            *_proof(first, start, half, subtree, is_known=is_known),
            _hash(start + half, size - half, subtree),
        ]
    return [
        *_proof(first - half, start + half, size - half, subtree, is_known=False),
        _hash(start, half, subtree),
    ]
