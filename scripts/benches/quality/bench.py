"""The whole bench: what is scored and asked on two processes, and the figures that come of it."""

import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from scripts.benches.quality import (
    calibration,
    dates,
    fetching,
    pairs,
    scenario,
    slices,
    sources,
    stores,
    table,
)
from scripts.benches.quality.figures import Figure
from scripts.benches.quality.names import Texts, name_scores
from scripts.benches.quality.sources import SCENARIOS, Query
from scripts.benches.quality.stores import Answer

_PROCESSES, _LOT_OF_PAIRS, _LOTS_OF_QUERIES = 2, 2_000, 8
_FAMILIES = {
    "persons": sources.PERSONS,
    "organisations": sources.ORGANISATIONS,
    "tokens": sources.TOKENS,
}


def bench() -> Iterator[dict[str, Any]]:
    """Every figure of quality, on stores searched in process; a table of them on stderr."""
    if not sources.DATA.exists():
        sys.stderr.write(sources.ABSENT)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=spawn) as pool:
        yield from told(chain(_of_pairs(pool), _of_scenarios(pool)))


def told(figures: Iterator[Figure]) -> Iterator[dict[str, Any]]:
    """Every figure as it comes, and in the end the table."""
    every = []
    for figure in figures:
        every.append(figure)
        yield figure.plain()
    sys.stderr.write("\n".join(table.lines(every)) + "\n")


def _of_pairs(pool: Executor) -> Iterator[Figure]:
    for name, files in _FAMILIES.items():
        read = [pair for file in files for pair in sources.pairs(file)]
        scores = _scores(pool, [(pair.left, pair.right, pair.kind) for pair in read])
        scored = pairs.scored_of(read, scores)
        cut = pairs.cut_of(scored)
        yield from pairs.figures(name, read, scored, cut)
        yield from slices.found(name, read, scores, cut)
        if name == "persons":
            for one in slices.makings(read):
                yield from slices.made(one, _scores(pool, one.texts), cut)


def _scores(pool: Executor, texts: Sequence[Texts]) -> list[float]:
    lots = [texts[start : start + _LOT_OF_PAIRS] for start in range(0, len(texts), _LOT_OF_PAIRS)]
    return list(chain.from_iterable(pool.map(name_scores, lots)))


def _of_scenarios(pool: Executor) -> Iterator[Figure]:
    truths = {name: sources.truth(name) for name in SCENARIOS}
    with tempfile.TemporaryDirectory() as folder:
        answers = [one for name in SCENARIOS for one in _answers(pool, Path(folder) / name, name)]
    yield from figures_of(answers, truths)
    yield from dates.years(answers)
    yield from dates.figures(answers, truths)
    yield from fetching.figures(answers)


def figures_of(answers: Sequence[Answer], truths: Mapping[str, sources.Truth]) -> Iterator[Figure]:
    """What is measured the same whether stores or running nodes gave the answers."""
    yield from scenario.figures(answers, truths)
    yield from calibration.figures(answers, truths)


def _answers(pool: Executor, folder: Path, name: str) -> list[Answer]:
    made = [pool.submit(stores.make, folder, name, node) for node in sources.NODES]
    for one in made:
        one.result()
    read = sources.queries(name)
    asked = [*read, *dates.undated(read)]
    lots = [asked[start::_LOTS_OF_QUERIES] for start in range(_LOTS_OF_QUERIES)]
    return list(chain.from_iterable(pool.map(_asked, lots, [folder] * len(lots))))


def _asked(lot: list[Query], folder: Path) -> list[Answer]:
    return list(stores.answers(folder, lot))
