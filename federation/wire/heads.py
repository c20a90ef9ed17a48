"""Heads of logs and proofs about them, as they travel."""

from collections.abc import Sequence

from federation.errors import InvalidError
from federation.limits import HASH_BYTES, PLACES, PROOF
from federation.messages import MemberId
from federation.wire.fields import few, instant, microseconds
from federation.witness import TreeHead
from protos.federation.v1 import federation_pb2 as pb


def head_to(head: TreeHead) -> pb.TreeHead:
    """A head as it travels."""
    return pb.TreeHead(
        size=head.size,
        root=head.root,
        signed_at=microseconds(head.signed_at),
        signature=head.signature,
    )


def head_from(head: pb.TreeHead, member: MemberId) -> TreeHead:
    """A head of this member; raises `InvalidError` naming the field that is wrong."""
    [root] = hashes("head.root", [head.root])
    signed_at = instant("head.signed_at", head.signed_at)
    return TreeHead(member, size("head.size", head.size), root, signed_at, head.signature)


def hashes(field: str, values: Sequence[bytes]) -> tuple[bytes, ...]:
    """Hashes of a proof, of which there are not too many."""
    found = tuple(few(field, values, PROOF))
    if any(len(one) != HASH_BYTES for one in found):
        raise InvalidError(f"{field} must hold hashes of {HASH_BYTES} bytes")
    return found


def size(field: str, value: int) -> int:
    """How long a log is, or a place in it or in the mail of a member."""
    if not 0 <= value <= PLACES:
        raise InvalidError(f"{field} must be from 0 to {PLACES}")
    return value
