"""Private: what two members have in common, found without showing one another the rest.

Diffie-Hellman set intersection in the prime-order group of edwards25519: a token is hashed to a
point of the group, and a point is blinded by multiplying it with a secret. Whoever asks sends its
tokens under a secret of its own; whoever answers multiplies them with another one, and sends what
that gives as tags, with its own tokens under its secret. Equal tokens give equal points under
both secrets, in whatever order they were applied; of the others nobody learns anything who lacks
a secret.

A tag is a hash of a point. Who answers gives tags of one use and wants tags of another use back:
those can be made from the point alone, which nobody works out from a tag or without the token. So
neither side can claim a token that it does not have.
"""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_from_uniform,
    crypto_core_ed25519_scalar_reduce,
    crypto_scalarmult_ed25519_noclamp,
)
from nacl.exceptions import CryptoError

from federation.errors import InvalidError

#: Bytes of a point, of a tag, and of what a secret or a point without a token is made of.
POINT_BYTES, TAG_BYTES, SEED_BYTES = 32, 16, 64
#: How long a list of targets or places is once it is padded: its length tells only which of these
#: it fits. The longest also bound how many guesses somebody can send as one activity.
TARGET_SIZES, PLACE_SIZES = (64, 256), (256, 1024)

_DOMAIN = b"amber private intersection v1"


class Use(StrEnum):
    """What a tag is for: found by who asked, or proof for who answered."""

    FOUND = "found"
    PROOF = "proof"


def secret(seed: bytes) -> bytes:
    """A secret made of 64 random bytes; to be used for one exchange and forgotten."""
    return crypto_core_ed25519_scalar_reduce(seed)


def size(count: int, sizes: Sequence[int]) -> int:
    """How long a list of so many points is once it is padded; raises `InvalidError` past all."""
    for one in sizes:
        if count <= one:
            return one
    raise InvalidError(f"{count} tokens are more than {sizes[-1]}: say it more narrowly")


def blinded(tokens: Iterable[str], by: bytes, *, pair: tuple[str, str]) -> list[bytes]:
    """The points of tokens under a secret.

    `pair` is who asks and who answers: what was blinded for one of them fits no other, so nobody
    can pass it on as its own.
    """
    return again((_hashed(token, pair) for token in set(tokens)), by)


def padded(points: Iterable[bytes], seeds: Iterable[bytes]) -> tuple[bytes, ...]:
    """Points and points that belong to no token, in an order that says nothing of either."""
    return tuple(sorted((*points, *map(_point, seeds))))


def again(points: Iterable[bytes], by: bytes) -> list[bytes]:
    """Points under one more secret, in their order; raises `InvalidError` for what is none.

    A point outside of the group of prime order is none: it would tell something of the secret.
    """
    try:
        return [crypto_scalarmult_ed25519_noclamp(by, point) for point in points]
    except (CryptoError, TypeError, ValueError):
        raise InvalidError("what should be a point of edwards25519 is none") from None


def tags(points: Iterable[bytes], use: Use) -> tuple[bytes, ...]:
    """What of points can be compared and not turned back, in an order that says nothing."""
    return tuple(sorted(_tag(point, use) for point in points))


def common(mine: Sequence[bytes], theirs: Sequence[bytes]) -> int:
    """How many tags two lists have in common."""
    return len(set(mine) & set(theirs))


def _tag(point: bytes, use: Use) -> bytes:
    return hashlib.sha256(b"\0".join((_DOMAIN, use.encode(), point))).digest()[:TAG_BYTES]


def _hashed(token: str, pair: tuple[str, str]) -> bytes:
    """The point of a token: nobody knows its logarithm to any other."""
    said = b"\0".join((_DOMAIN, pair[0].encode(), pair[1].encode(), token.encode()))
    return _point(hashlib.sha512(said).digest())


def _point(uniform: bytes) -> bytes:
    """The point of 64 bytes: both halves mapped to the group and added (as RFC 9380 section 3)."""
    half = len(uniform) // 2
    first, second = map(crypto_core_ed25519_from_uniform, (uniform[:half], uniform[half:]))
    return crypto_core_ed25519_add(first, second)
