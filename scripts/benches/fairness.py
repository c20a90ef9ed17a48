"""What one member at ten times its share costs the others, whose calls come on schedule.

Half of what the node can answer is shared by eight members. The p99 of seven of them, alone and
beside an eighth that calls ten times as often: that one must not more than double it. A call's
time counts from when it was due, so nobody is spared by waiting.
"""

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from federation.fanout import Fanout
from federation.keys import Ring
from federation.messages import (
    Asker,
    MemberId,
    OutcomeKind,
    PersonId,
    Question,
    QuestionId,
    Sought,
)
from federation.peer import Self
from node import app
from node import home as homes
from scripts.benches.crowd import crowd

ASKED = "EE"
OTHERS = ("DE", "DK", "FI", "LT", "LV", "NO", "PL", "SE")
GREEDY = OTHERS[-1]
PORT, RECORDS, TIMEOUT_S = 22_000, 5_000, 10.0
WARM_S, ROUND_S, ROUNDS, TIMES, LANES, USED = 5.0, 10.0, 5, 10, 16, 0.5


class Member:
    """A member that asks the node."""

    def __init__(self, lab: Path, id: str) -> None:
        home = homes.open(lab / id, app.clock)
        charter = home.charter()
        self._fanout = Fanout(Self(Ring(home.keys()), lambda: charter, app.clock))
        self._names = iter(one.first("name") for one in crowd(1_000_000, seed=OTHERS.index(id)))
        self.ends: dict[str, int] = {}

    async def ask(self) -> bool:
        """Put one question; whether it was answered."""
        question = Question(
            id=QuestionId(app.new_id()),
            asker=Asker(PersonId("bench"), "analyst"),
            case="BENCH-1",
            purpose="investigation",
            seeks=Sought(name=next(self._names)),
        )
        (outcome,) = await self._fanout.ask(question, [MemberId(ASKED)], timeout_s=TIMEOUT_S)
        self.ends[outcome.kind] = self.ends.get(outcome.kind, 0) + 1
        return outcome.kind is OutcomeKind.ANSWERED

    async def on_schedule(self, rate: float, seconds: float) -> list[float]:
        """Ask so often a second, whether or not there are answers; the time of each in ms."""
        began, spent = time.perf_counter(), list[float]()

        async def one(due: float) -> None:
            is_answered = await self.ask()
            took = time.perf_counter() - due
            spent.append((took if is_answered else TIMEOUT_S) * 1_000)

        async with asyncio.TaskGroup() as asking:
            for number in range(int(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                asking.create_task(one(due))
        return spent

    async def close(self) -> None:
        """Hang up."""
        await self._fanout.close()


def bench() -> Iterator[dict[str, Any]]:
    """The ratio of the p99 beside a greedy member to that without, the worst of several rounds."""
    app.log_to_stderr("error")
    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / "lab"
        with _running(lab):
            rate, rounds = asyncio.run(_measured(lab))
    ratios = [_p99(beside) / _p99(alone) for alone, beside in rounds]
    alone, beside = ([ms for each in times for ms in each] for times in zip(*rounds, strict=True))
    yield {
        "figure": round(max(ratios), 2),
        "unit": "p99 of seven members beside an eighth at ten times its share, to theirs alone,"
        f" the worst of {len(ratios)} rounds",
        "median": round(statistics.median(ratios), 2),
        "of_all_calls": round(_p99(beside) / _p99(alone), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
        "share_per_s": round(rate, 1),
        "p99_beside_ms": [round(_p99(each), 1) for _, each in rounds],
        "floor": round(_p99(alone), 1),
        "floor_is": "their p99 alone, ms",
    }


async def _measured(lab: Path) -> tuple[float, list[tuple[list[float], list[float]]]]:
    honest = [Member(lab, id) for id in OTHERS if id != GREEDY]
    rate = USED * await _capacity(honest) / len(OTHERS)
    rounds = []
    for _ in range(ROUNDS):
        alone = await _times(honest, rate)
        with _greedy(lab, rate * TIMES):
            await asyncio.sleep(1)
            beside = await _times(honest, rate)
        rounds.append((alone, beside))
        await asyncio.sleep(1)
    for member in honest:
        await member.close()
    return rate, rounds


async def _capacity(members: Sequence[Member]) -> float:
    """How many questions a second the node answers, asked by all of them without a pause."""
    until = time.perf_counter() + WARM_S

    async def lane(member: Member) -> int:
        count = 0
        while time.perf_counter() < until:
            count += await member.ask()
        return count

    lanes = [members[place % len(members)] for place in range(LANES)]
    await asyncio.gather(*(member.ask() for member in members))
    return sum(await asyncio.gather(*map(lane, lanes))) / WARM_S


async def _times(members: Sequence[Member], rate: float) -> list[float]:
    spent = await asyncio.gather(*(one.on_schedule(rate, ROUND_S) for one in members))
    return [ms for each in spent for ms in each]


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


@contextmanager
def _greedy(lab: Path, rate: float) -> Iterator[None]:
    """A process that asks as the greedy member, so that it takes no time from those measured."""
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "scripts.benches.fairness", str(lab), str(rate)]
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _running(lab: Path) -> Iterator[None]:
    """Nine members, of which one runs and holds records."""
    names = ",".join((ASKED, *OTHERS))
    _amber("lab", "create", str(lab), "--members", names, "--port", str(PORT))
    file = lab / "crowd.jsonl"
    people = (
        {"id": one.id, "kind": "person", "names": one.all("name"), "dob": one.first("birthDate")}
        for one in crowd(RECORDS)
    )
    file.write_text("".join(json.dumps(person) + "\n" for person in people))
    options = ("--format", "simple", "--source", "crowd", "--share", "full", "--to", "ALL")
    _amber("-n", str(lab / ASKED), "load", str(file), *options)
    with (lab / "node.log").open("wb") as log:
        node = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "node", "serve", str(lab / ASKED)], stdout=log, stderr=log
        )
    try:
        while not (lab / ASKED / "running.json").exists():
            time.sleep(0.1)
        yield
    finally:
        node.terminate()
        node.wait()


def _amber(*arguments: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "node", *arguments], check=True, stdout=subprocess.DEVNULL
    )


async def _ask_greedily(lab: Path, rate: float) -> None:
    app.log_to_stderr("error")
    await Member(lab, GREEDY).on_schedule(rate, 10 * ROUND_S)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_ask_greedily(Path(sys.argv[1]), float(sys.argv[2])))
