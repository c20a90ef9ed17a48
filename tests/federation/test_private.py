"""Private intersection: what both have is found by both, and nothing else by anybody."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.errors import InvalidError
from federation.private import (
    PLACE_SIZES,
    POINT_BYTES,
    TAG_BYTES,
    TARGET_SIZES,
    Use,
    again,
    blinded,
    common,
    padded,
    secret,
    size,
    tags,
)

PAIR = ("EE", "LV")
#: Points of small order of edwards25519: the neutral one, and one of order eight.
NEUTRAL = (1).to_bytes(32, "little")
OF_EIGHT = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
#: As random as those of a node: of bytes that somebody chooses, some make the neutral point.
seeds = st.binary(max_size=8).map(lambda chosen: hashlib.sha512(chosen).digest())
tokens = st.sets(st.text(max_size=12), max_size=8)


def seeded(count: int, of: str = "") -> list[bytes]:
    """So many seeds that are always the same."""
    return [hashlib.sha512(f"{of}{number}".encode()).digest() for number in range(count)]


ONE, OTHER = (secret(seed) for seed in seeded(2))


@settings(max_examples=40)
@given(tokens, tokens, seeds, seeds)
def test_both_find_exactly_what_both_have(
    mine: set[str], theirs: set[str], first: bytes, second: bytes
) -> None:
    one, other = secret(first), secret(second)

    found = tags(again(blinded(mine, one, pair=PAIR), other), Use.FOUND)
    offered = tags(again(blinded(theirs, other, pair=PAIR), one), Use.FOUND)

    assert common(found, offered) == len(mine & theirs)


def test_what_is_blinded_says_nothing_that_repeats() -> None:
    once, again_ = (blinded(["a", "b"], by, pair=PAIR) for by in (ONE, OTHER))

    assert set(once).isdisjoint(again_)
    assert all(len(point) == POINT_BYTES for point in once)


def test_points_that_were_blinded_for_one_pair_fit_no_other() -> None:
    passed_on = again(blinded(["a"], ONE, pair=PAIR), OTHER)
    own = again(blinded(["a"], OTHER, pair=("EE", "PL")), ONE)

    assert common(tags(passed_on, Use.FOUND), tags(own, Use.FOUND)) == 0


def test_a_tag_of_one_use_is_none_of_the_other() -> None:
    points = blinded(["a", "b"], ONE, pair=PAIR)

    found, proof = tags(points, Use.FOUND), tags(points, Use.PROOF)

    assert common(found, proof) == 0
    assert {len(tag) for tag in (*found, *proof)} == {TAG_BYTES}


@given(st.lists(seeds, max_size=9))
def test_padding_adds_points_that_meet_nothing_in_an_order_that_says_nothing(
    strangers: list[bytes],
) -> None:
    points = blinded(["a", "b"], ONE, pair=PAIR)

    full = padded(points, strangers)

    assert len(full) == len(points) + len(strangers)
    assert list(full) == sorted(full)
    assert set(points) <= set(full)
    assert len(again(full, OTHER)) == len(full)


def test_a_list_is_as_long_as_the_next_of_few_lengths() -> None:
    assert [size(count, TARGET_SIZES) for count in (0, 1, 64, 65)] == [64, 64, 64, 256]
    assert [size(count, PLACE_SIZES) for count in (0, 257, 1024)] == [256, 1024, 1024]
    with pytest.raises(InvalidError, match="narrowly"):
        size(257, TARGET_SIZES)


@pytest.mark.parametrize(
    "none",
    [b"", b"short", bytes(33), bytes(32), b"\xff" * 32, NEUTRAL, OF_EIGHT],
    ids=["empty", "short", "long", "order four", "no field element", "neutral", "order eight"],
)
def test_what_is_no_point_of_the_group_is_refused_before_it_meets_a_secret(none: bytes) -> None:
    with pytest.raises(InvalidError):
        again([none], ONE)


def test_a_point_with_a_part_of_small_order_is_refused() -> None:
    from nacl.bindings import crypto_core_ed25519_add  # noqa: PLC0415 - for this one attack

    [point] = blinded(["a"], ONE, pair=PAIR)

    with pytest.raises(InvalidError):
        again([crypto_core_ed25519_add(point, OF_EIGHT)], ONE)


def test_the_points_of_a_token_never_change() -> None:
    # Another number here makes every member of an earlier version blind to us.
    [point] = blinded(["n token"], ONE, pair=PAIR)

    assert point.hex() == FROZEN


FROZEN = "876eab8a91e0ff65738542f738f91cbd9f1f6706fefcdae11a71d4a831a10d0d"
