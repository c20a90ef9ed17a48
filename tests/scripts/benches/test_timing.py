"""The bench of timing: its t is that of the harness, and it tells samples that differ."""

import importlib.util
import random
from pathlib import Path

import pytest

from scripts.benches.timing import LIMIT, welch

HARNESS = Path(__file__).parents[4] / "shared" / "tools" / "harness" / "timing.py"


def samples(mean: float, *, seed: int) -> list[float]:
    chance = random.Random(seed)
    return [chance.gauss(mean, 1.0) for _ in range(10_000)]


def test_samples_that_differ_are_told_apart_and_others_are_not() -> None:
    first, same, other = samples(50, seed=1), samples(50, seed=2), samples(50.1, seed=3)

    assert abs(welch(first, same)[0]) < LIMIT
    assert abs(welch(first, other)[0]) > LIMIT


@pytest.mark.skipif(not HARNESS.exists(), reason="the harness is not at hand")
def test_t_is_that_of_the_harness() -> None:
    spec = importlib.util.spec_from_file_location("harness_timing", HARNESS)
    assert spec is not None
    assert spec.loader is not None
    harness = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(harness)
    first, other = samples(50, seed=1), samples(50.1, seed=3)

    assert welch(first, other) == pytest.approx(harness.welch(first, other))
