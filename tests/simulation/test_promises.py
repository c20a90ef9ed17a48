"""Five members in one process, with everything that can go wrong: no seed breaks a promise."""

import asyncio
from pathlib import Path

import pytest

from tests.simulation.history import PutBack, Sent, Shows, broken
from tests.simulation.members import Template
from tests.simulation.simulation import Simulation

#: Seeds of every run, and of one that is made by hand.
SEEDS, MORE = 200, 1_000
AGAIN = "python -m pytest '{file}::test_no_seed_breaks_a_promise[{seed}]'"


@pytest.mark.parametrize(
    "seed",
    [*range(SEEDS), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(SEEDS, MORE))],
)
def test_no_seed_breaks_a_promise(seed: int, template: Template, folder: Path) -> None:
    history = asyncio.run(Simulation(template, folder, seed).run())

    wrong = broken(history)

    again = AGAIN.format(file="tests/simulation/test_promises.py", seed=seed)
    assert not wrong, "\n".join([f"again by: {again}", *wrong])


def test_a_seed_is_the_same_story_whenever_it_is_told(template: Template, tmp_path: Path) -> None:
    stories = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        stories.append(asyncio.run(Simulation(template, tmp_path / name, seed=7).run()))

    assert stories[0] == stories[1]


def test_the_stories_are_worth_telling(template: Template, tmp_path: Path) -> None:
    history = []
    for seed in range(24):
        (tmp_path / str(seed)).mkdir()
        history += asyncio.run(Simulation(template, tmp_path / str(seed), seed).run())

    kinds = {one.kind for one in history if isinstance(one, Sent)}
    assert kinds == {"watch", "watchverdict", "watchend", "alert", "recall"}
    assert any(isinstance(one, PutBack) for one in history)
    shown = [one for one in history if isinstance(one, Shows)]
    assert {one.is_recalled for one in shown} == {True, False}
    assert max(one.times for one in shown) > 1
