"""Whether the time of an answer tells that a record is held which the asker may not know of.

Two classes of questions, one for a record that is hidden from the asker and one for nobody, come in
random order from another member's client through mutual TLS; the slowest 5 % are cut at one
threshold for both, and Welch's t is taken, as dudect does: below 4.5 no difference is seen.
Two names are asked for at two members, each of which holds the one and not the other: so what the
names cost by themselves, in what may be seen, is the same in both classes.
`AMBER_SAMPLES` says how many there are of each class.
"""

import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean, variance
from typing import Any

from federation.fanout import Fanout
from federation.keys import Ring
from federation.messages import Asker, MemberId, PersonId, Question, QuestionId, Sought
from federation.peer import Self
from node import app
from node import home as homes
from node.config import Answer
from scripts.benches.crowd import crowd

ASKING, PORT = "FI", 21_400
#: After the cut more than 10,000 samples are left of each class.
RECORDS, SAMPLES, WARM, CUT = 3_000, 10_700, 50, 0.95
#: Nobody's names, and the member that holds a record of it.
NAMES = {MemberId("EE"): "Zorbana Uliskenko", MemberId("LV"): "Velmira Ostadanov"}
LIMIT = 4.5

Times = tuple[list[float], list[float]]


def bench() -> Iterator[dict[str, Any]]:
    """Under the veil; without a floor, to see that differences are found; and without a veil."""
    floor_ms = Answer().floor_ms
    for what, share, floor in (
        ("hidden from the asker", "hidden", floor_ms),
        ("hidden from the asker, without a floor", "hidden", 0),
        ("shown to the asker, who may know all", "full", floor_ms),
    ):
        with tempfile.TemporaryDirectory() as folder, _running(Path(folder) / "lab", share, floor):
            held, nobody = asyncio.run(_measured(Path(folder) / "lab"))
        t, gap_ms = welch(held, nobody)
        yield {
            "figure": round(abs(t), 2),
            "unit": f"|t| of hit and no hit, a record {what}; below {LIMIT} no difference is seen",
            "samples": min(len(held), len(nobody)),
            "gap_us": round(gap_ms * 1_000, 1),
            "mean_ms": round(fmean(nobody), 2),
            "floor_ms": floor,
        }


def welch(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Welch's t of two samples, and how far apart their means are."""
    gap = fmean(first) - fmean(second)
    spread = variance(first) / len(first) + variance(second) / len(second)
    return gap / (spread or 1e-30) ** 0.5, gap


async def _measured(lab: Path) -> Times:
    home = homes.open(lab / ASKING, app.clock)
    charter = home.charter()
    fanout = Fanout(Self(Ring(home.keys()), lambda: charter, app.clock))
    try:
        return await _sampled(fanout)
    finally:
        await fanout.close()


async def _sampled(fanout: Fanout) -> Times:
    chance = random.Random(1)  # noqa: S311 - an order, not a secret
    samples = int(os.environ.get("AMBER_SAMPLES", SAMPLES))  # noqa: TID251 - a bench is at the top
    every = list(itertools.product(NAMES, NAMES))
    for asked, holder in every * WARM:
        await _spent_ms(fanout, asked, NAMES[holder])
    times: Times = ([], [])
    while min(map(len, times)) < samples:
        asked, holder = chance.choice(every)
        times[asked != holder].append(await _spent_ms(fanout, asked, NAMES[holder]))
    most = sorted(times[0] + times[1])[int(CUT * (len(times[0]) + len(times[1])))]
    held, nobody = ([one for one in each if one <= most] for each in times)
    return held, nobody


async def _spent_ms(fanout: Fanout, member: MemberId, name: str) -> float:
    asker = Asker(PersonId("bench"), "analyst")
    question = Question(
        QuestionId(app.new_id()), asker, "BENCH-1", "investigation", Sought(name=name)
    )
    started = time.perf_counter_ns()
    (outcome,) = await fanout.ask(question, [member], timeout_s=60)
    spent = time.perf_counter_ns() - started
    if outcome.answer is None:
        raise RuntimeError(f"not answered: {outcome.kind}, {outcome.reason}")
    return spent / 1e6


@contextmanager
def _running(lab: Path, share: str, floor_ms: int) -> Iterator[None]:
    """A lab of three members; two hold a crowd that they show, and one more record each."""
    _amber("lab", "create", str(lab), "--members", ",".join((*NAMES, ASKING)), "--port", str(PORT))
    rows = [{"id": one.id, "kind": "person", "names": one.all("name")} for one in crowd(RECORDS)]
    for member, name in NAMES.items():
        settings = lab / member / "amber.toml"
        text = settings.read_text()
        was = f"floor_ms = {Answer().floor_ms} "
        settings.write_text(text.replace(was, f"floor_ms = {floor_ms} "))
        last = {"id": "held", "kind": "person", "names": [name], "share": share}
        file = lab / "crowd.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in (*rows, last)))
        options = ("--format", "simple", "--source", "crowd", "--share", "full", "--to", "ALL")
        _amber("-n", str(lab / member), "load", str(file), *options)
    _amber("lab", "start", str(lab), "--detach")
    try:
        yield
    finally:
        _amber("lab", "stop", str(lab))


def _amber(*arguments: str) -> None:
    subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "node", *arguments], check=True, stdout=subprocess.DEVNULL
    )
