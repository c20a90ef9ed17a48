"""Every bench runs to its end and says a figure: here with next to nothing to do."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scripts.benches import (
    alerts,
    answers,
    audit,
    fairness,
    load,
    rotation,
    scale,
    screen,
    search,
    timing,
)
from scripts.benches.__main__ import BENCHES

NOWHERE = Path("/nowhere")
#: The sizes of each, but for those of quality, which have tests of their own.
SMALL: dict[ModuleType, Mapping[str, Any]] = {
    search: {"RECORDS": 20, "CALLS": 10, "AT_ONCE": 2},
    answers: {"RECORDS": 20, "WARM": 2, "CALLS": 20, "AT_ONCE": 2, "SCENARIO": NOWHERE},
    fairness: {"RECORDS": 20, "WARM_S": 1.0, "ROUND_S": 2.0, "ROUNDS": 2},
    load: {"ROWS": 400, "BATCH": 100},
    alerts: {"ALERTS": 5, "QUEUED": 40, "STANDING": 20, "LOADED": 20, "BATCH": 10},
    scale: {"CROWD": 200, "ASKED": 10, "SCENARIO": NOWHERE},
    screen: {"CROWD": 100, "LIST": 20, "LOOPED": 5},
    rotation: {"BEFORE_S": 0.5},
    timing: {"RECORDS": 20, "SAMPLES": 30, "WARM": 2},
    audit: {"ENTRIES": 400, "BATCH": 100, "PROOFS": 20},
}


def name(bench: ModuleType) -> str:
    return bench.__name__.rpartition(".")[2]


def test_every_bench_is_tried_here_but_those_of_quality() -> None:
    assert set(BENCHES) == {*map(name, SMALL), "quality", "quality-nodes"}


@pytest.mark.slow
@pytest.mark.parametrize("bench", SMALL, ids=name)
def test_a_bench_says_figures_with_their_units(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size, value in SMALL[bench].items():
        assert hasattr(bench, size)
        monkeypatch.setattr(bench, size, value)

    figures = list(BENCHES[name(bench)]())

    assert figures
    for one in figures:
        assert isinstance(one["figure"], int | float)
        assert one["unit"]
