"""The bench of quality where there is nothing to measure on."""

from pathlib import Path

import pytest

from scripts.benches import quality
from scripts.benches.quality import sources


@pytest.mark.parametrize("bench", [quality.bench, quality.bench_nodes])
def test_without_the_dev_data_a_bench_says_so_and_measures_nothing(
    bench: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert callable(bench)
    monkeypatch.setattr(sources, "DATA", tmp_path / "none")

    figures = list(bench())

    assert figures == []
    assert "not at hand" in capsys.readouterr().err
