"""A load that was broken off or killed goes on where it was, and ends as if it had not been."""

import contextlib
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from node import loading
from node.loading import BATCH
from tests.node.intake.house import House, person, rejected, rows

ROOT = str(Path(__file__).parents[3])

MANY = [person(number, gender="F" if number % 2 else "M") for number in range(2 * BATCH + 300)]
MANY[5]["kind"] = "dragon"
MANY[-1] = MANY[0]


@pytest.mark.parametrize("moment", range(1, 7))
def test_a_load_broken_off_goes_on_where_it_was(tmp_path: Path, moment: int) -> None:
    calm, broken = House(tmp_path / "calm"), House(tmp_path / "broken")
    load = rows(tmp_path, *MANY)
    expected = calm.load(load)
    heard: list[int] = []

    def progress(done: int) -> None:
        heard.append(done)
        if len(heard) == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken.load(load, progress=progress)
    loaded = broken.load(load, progress=heard.append)

    assert len(heard) == 6
    assert replace(loaded, rejects=None) == replace(expected, rejects=None)
    assert rejected(loaded) == rejected(expected)
    assert broken.holdings() == calm.holdings()
    assert [entry.event for entry in broken.entries()] == [entry.event for entry in calm.entries()]
    broken.close()
    calm.close()


def test_a_load_goes_on_even_when_batches_have_another_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = rows(tmp_path, *MANY)
    calm, broken = House(tmp_path / "calm"), House(tmp_path / "broken")
    calm.load(load)

    def progress(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken.load(load, progress)
    monkeypatch.setattr(loading, "BATCH", 700)
    loaded = broken.load(load)

    assert (loaded.read, loaded.rejected) == (len(MANY), 2)
    assert broken.holdings() == calm.holdings()
    broken.close()
    calm.close()


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from node.loading import Load
from tests.node.intake.house import SHOWN, House
house = House(Path(sys.argv[1]))
load = Load(Path(sys.argv[2]), "simple", "ours", SHOWN, is_edition=True)
print(house.load(load, progress=lambda done: print("at", done, flush=True)).stored, flush=True)
"""


def test_a_load_killed_at_ten_moments_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    old = rows(tmp_path, *map(person, range(4 * BATCH + 500, 4 * BATCH + 600)))
    calm, killed = House(tmp_path / "calm"), House(tmp_path / "killed")
    calm.load(old)
    killed.load(old)
    killed.close()
    load = rows(tmp_path, *[person(number) for number in range(4 * BATCH)], "{broken")
    calm.load(replace(load, is_edition=True))
    chance = random.Random(20260228)
    command = [sys.executable, "-c", CHILD, str(killed.folder), str(load.path), ROOT]

    firsts, deaths = [], 0
    for _ in range(10):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            heard = [child.stdout.readline() for _ in range(chance.randint(1, 2))]
            firsts.append(heard[0])
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=chance.uniform(0.0, 0.05))
            child.kill()
            deaths += child.wait() == -signal.SIGKILL
    killed = House(tmp_path / "killed")
    killed.load(replace(load, is_edition=True))

    assert deaths >= 5
    assert set(firsts) - {f"at {BATCH}\n"}
    assert killed.holdings() == calm.holdings()
    assert len(killed.holdings()) == 4 * BATCH + 100
    assert killed.entries()[-1].event == "loaded"
    killed.close()
    calm.close()
