"""The whole bench: what is scored, asked and measured on two processes."""

import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
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
from scripts.benches.quality.names import name_scores
from scripts.benches.quality.sources import SCENARIOS, Query, Truth
from scripts.benches.quality.stores import Answer

_PROCESSES, _LOTS = 2, 8
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
        families = [pool.submit(_of_pairs, name) for name in _FAMILIES]
        scenarios = _of_scenarios(pool)
        yield from told(one for some in [*families, *scenarios] for one in some.result())


def told(figures: Iterable[Figure]) -> Iterator[dict[str, Any]]:
    """Every figure as it comes, and in the end the table."""
    every = []
    for figure in figures:
        every.append(figure)
        yield figure.plain()
    sys.stderr.write("\n".join(table.lines(every)) + "\n")


def figures_of(answers: Sequence[Answer], truths: Mapping[str, Truth]) -> Iterator[Figure]:
    """What is measured the same whether stores or running nodes gave the answers."""
    yield from scenario.figures(answers, truths)
    yield from calibration.figures(answers, truths)


def _of_pairs(name: str) -> list[Figure]:
    """Every figure over one family of files, and its slices."""
    read = [pair for file in _FAMILIES[name] for pair in sources.pairs(file)]
    scores = name_scores(slices.texts_of(read))
    scored = pairs.scored_of(read, scores)
    cut = pairs.cut_of(scored)
    found = [*pairs.figures(name, read, scored, cut), *slices.found(name, read, scores, cut)]
    unchanged = dict(zip(read, scores, strict=True))
    for one in slices.makings(read) if name == "persons" else ():
        found += slices.made(one, name_scores(slices.texts_of(one.after)), unchanged, cut)
    return found


def _of_scenarios(pool: Executor) -> list[Future[list[Figure]]]:
    """Ask every query, then measure."""
    truths = {name: sources.truth(name) for name in SCENARIOS}
    with tempfile.TemporaryDirectory() as folder:
        answers = [one for name in SCENARIOS for one in _answers(pool, Path(folder) / name, name)]
    return [
        pool.submit(_listed, scenario.figures, answers, truths),
        pool.submit(_listed, calibration.figures, answers, truths),
        pool.submit(_listed, dates.years, answers),
        pool.submit(_listed, dates.figures, answers, truths),
        pool.submit(_listed, fetching.figures, answers),
    ]


def _listed(figures: Callable[..., Iterator[Figure]], *arguments: object) -> list[Figure]:
    return list(figures(*arguments))


def _answers(pool: Executor, folder: Path, name: str) -> list[Answer]:
    made = [pool.submit(stores.make, folder, name, node) for node in sources.NODES]
    for one in made:
        one.result()
    read = sources.queries(name)
    asked = [*read, *dates.undated(read)]
    lots = [asked[start::_LOTS] for start in range(_LOTS)]
    return list(chain.from_iterable(pool.map(_asked, lots, [folder] * len(lots))))


def _asked(lot: list[Query], folder: Path) -> list[Answer]:
    return list(stores.answers(folder, lot))
