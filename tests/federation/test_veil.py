"""The veil: few lengths, and times that are multiples of the floor."""

import pytest

from federation import veil
from federation.limits import ANSWER_BYTES, MESSAGE_BYTES


def framed(size: int) -> int:
    """How long a body of so many bytes is with its filling, as the wire writes that."""
    filling = len(veil.filling(size))
    return size + 1 + (1 if filling < 128 else 2 if filling < 16_384 else 3) + filling


def test_every_body_is_as_long_as_whole_buckets() -> None:
    lengths = {framed(size) for size in range(20_000)}

    assert lengths == {veil.BUCKET_BYTES * count for count in range(1, 6)}


def test_the_longest_answer_still_fits() -> None:
    assert framed(ANSWER_BYTES) <= ANSWER_BYTES + veil.BUCKET_BYTES < MESSAGE_BYTES


@pytest.mark.parametrize(
    ("spent_s", "leaves_s"),
    [(0.0, 0.05), (0.001, 0.05), (0.0499, 0.05), (0.0501, 0.10), (0.12, 0.15), (7.01, 7.05)],
)
def test_an_answer_leaves_at_the_next_multiple_of_the_floor(
    spent_s: float, leaves_s: float
) -> None:
    assert spent_s + veil.wait_s(spent_s, 0.05) == pytest.approx(leaves_s)


def test_without_a_floor_an_answer_leaves_at_once() -> None:
    assert veil.wait_s(0.3, 0.0) == 0.0
