"""Searches over running nodes while one of them changes every key: calls failed, mail lost."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from federation.messages import Sought
from node import app, desk
from node import home as homes
from node.desk import Desk, Line, Whom, Why

MEMBERS = ("LT", "LV", "EE", "FI")
#: Who asks, and whose keys change meanwhile: each in turn, as its operator would.
ASKS, CHANGES = "LT", "EE"
WHAT = ("tls", "ca", "signing", "all")
PORT, AT_ONCE, BEFORE_S = 19_400, 8, 3.0
WHY = Why("BENCH-1", "investigation")


def bench() -> Iterator[dict[str, Any]]:
    """Calls that failed of all that were made while keys changed, and notices that were lost."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / "lab"
        _amber("lab", "create", str(lab), "--members", ",".join(MEMBERS), "--port", str(PORT))
        _amber("lab", "start", str(lab), "--detach")
        try:
            run = asyncio.run(_measured(lab))
            lost = run.posted - _registered(lab)
            whole = all(_is_whole(lab / member) for member in MEMBERS)
        finally:
            _amber("lab", "stop", str(lab))
    calls = sum(run.met.values())
    yield {
        "figure": calls - run.met["answered"],
        "unit": "calls failed while TLS key, CA and signing key changed, each and all at once",
        "calls": calls,
        "outcomes": dict(run.met),
        "seconds_a_change": [round(one, 1) for one in run.took_s],
        "logs_whole": whole,
    }
    quiet, changing = (_p99_ms(spent) for spent in run.spent_s.values())
    yield {
        "figure": round(changing),
        "unit": "ms p99 of a search while keys change",
        "floor": round(quiet),
        "floor_is": "the same searches before",
        "ratio": round(changing / quiet, 2),
    }
    yield {"figure": lost, "unit": "notices lost of those posted meanwhile", "posted": run.posted}


@dataclass
class _Run:
    """What is counted while searches go on; `phase` says into which time a search falls."""

    met: Counter[str] = field(default_factory=Counter)
    spent_s: dict[str, list[float]] = field(default_factory=lambda: {"quiet": [], "changing": []})
    took_s: list[float] = field(default_factory=list)
    posted: int = 0
    phase: str = "quiet"
    is_over: bool = False


async def _measured(lab: Path) -> _Run:
    run = _Run()
    async with _opened(lab / ASKS) as asks, _opened(lab / CHANGES) as asks_back:
        asking = [_search(by, run) for by in (*[asks] * AT_ONCE, *[asks_back] * 2)]
        working = [asyncio.create_task(one) for one in (*asking, _watch(asks_back, run))]
        await asyncio.sleep(BEFORE_S)
        run.phase = "changing"
        for what in WHAT:
            started = time.perf_counter()
            await asyncio.to_thread(_amber, "-n", str(lab / CHANGES), "keys", "rotate", what)
            run.took_s.append(time.perf_counter() - started)
        await asyncio.sleep(BEFORE_S)
        run.is_over = True
        await asyncio.gather(*working)
    return run


async def _search(by: Desk, run: _Run) -> None:
    """Search without end; each member asked is one call."""
    while not run.is_over:
        phase, started = run.phase, time.perf_counter()
        found = await by.search(Sought(name="Anna Nowak"), why=WHY, whom=Whom())
        run.spent_s[phase].append(time.perf_counter() - started)
        run.met.update(one["outcome"] for one in found["members"])


async def _watch(by: Desk, run: _Run) -> None:
    """Let questions stand at all members, one after the other: a notice to each."""
    while not run.is_over:
        await by.add_watch(Sought(name=f"Anna Nowak {run.posted}"), why=WHY, whom=Whom())
        run.posted += len(MEMBERS) - 1
        await asyncio.sleep(0.2)


def _p99_ms(spent_s: list[float]) -> float:
    return sorted(spent_s)[len(spent_s) * 99 // 100] * 1_000


def _registered(lab: Path) -> int:
    """Notices of watches that their members have, once nothing waits any more."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        listed = [json.loads(line) for line in _amber("-n", str(lab / CHANGES), "mail", "--json")]
        states = Counter(one["state"] for one in listed if one["kind"] == "watch")
        if not states["waiting"]:
            break
        time.sleep(0.5)
    return states["delivered"]


def _is_whole(home: Path) -> bool:
    [said] = [json.loads(line) for line in _amber("-n", str(home), "audit", "verify", "--json")]
    return bool(said["whole"])


def _opened(path: Path) -> Any:  # noqa: ANN401 - what desk.opened gives
    home = homes.open(path, app.clock)
    run = home.running()
    if run is None:
        raise RuntimeError(f"{path} does not run")
    key, certificate = home.person_credentials(homes.FIRST_PERSON)
    return desk.opened(Line(run.desk, home.member, home.ca(), key, certificate))


def _amber(*arguments: str) -> list[str]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "node", *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return [line for line in done.stdout.splitlines() if line.startswith("{")]
