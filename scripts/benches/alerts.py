"""Alerts: how soon one arrives, how fast a queue drains, what standing watches cost a load."""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from federation.messages import (
    Asker,
    Entity,
    Marking,
    MemberId,
    PersonId,
    Share,
    Sought,
    Watch,
    WatchId,
)
from node import app, config, desk, search, store
from node import home as homes
from node.app import Node
from node.desk import Desk, Line
from node.keeping import Keeping, Why
from node.records import Draft
from scripts.benches.crowd import crowd

#: The member that holds records runs here, the one that watches is a process of its own.
HOLDS, WATCHES = "LV", "EE"
PORT = 21_400
ALERTS, PAUSE_S, QUEUED = 300, 0.03, 10_000
STANDING, LOADED, BATCH = 10_000, 10_000, 1_000

NAME = "Viktor Lesnikov"
WHY = Why(PersonId("bench"), "administrator", "bench")
MARKING = Marking(share=Share.FULL, audience=frozenset({"ALL"}))


def bench() -> Iterator[dict[str, Any]]:
    """Latency of an alert, a queue after a partition, and a load past ten thousand watches."""
    app.log_to_stderr("error")
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_across(Path(folder) / "lab"))
    with tempfile.TemporaryDirectory() as folder:
        yield _loaded(Path(folder))


async def _across(lab: Path) -> list[dict[str, Any]]:
    members = f"{HOLDS},{WATCHES}"
    await _amber("lab", "create", str(lab), "--members", members, "--port", str(PORT))
    home = homes.open(lab / HOLDS, app.clock)
    async with app.running(home) as node:
        async with _other(lab), _desk(lab) as line:
            await _watch(line)
            spent = await _latencies(node, line)
            floor = await _commits(node)
        for number in range(QUEUED // BATCH):
            await asyncio.to_thread(_keep, node, _fitting(f"queued-{number}", BATCH))
        async with _other(lab), _desk(lab) as line:
            drained = await _drained(node)
            arrived = await _counted(line)
    if arrived != ALERTS + QUEUED:
        raise RuntimeError(f"{ALERTS + QUEUED} alerts were raised, {arrived} arrived")
    cuts = statistics.quantiles(spent, n=100)
    return [
        {
            "figure": round(cuts[49], 1),
            "unit": "ms from commit to the foreign inbox's follower, median",
            "p99_ms": round(cuts[98], 1),
            "alerts": len(spent),
            "floor": round(floor, 2),
            "floor_is": "one durable commit of one record here, median",
            "ratio": round(cuts[49] / floor, 1),
        },
        {
            "figure": round(drained, 1),
            "unit": f"s until {QUEUED:,} queued alerts were acknowledged after a partition",
            "alerts_per_s": round(QUEUED / drained),
            "floor": round(QUEUED * floor / 1_000, 1),
            "floor_is": "as many durable commits here, one after the other",
            "ratio": round(drained / (QUEUED * floor / 1_000), 2),
        },
    ]


async def _watch(line: Desk) -> None:
    why = desk.Why("BENCH-1", "investigation")
    await line.add_watch(Sought(name=NAME), why=why, whom=desk.Whom((HOLDS,)))
    while (await line.watches(is_all=False))[0]["members"][0]["state"] != "registered":  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _latencies(node: Node, line: Desk) -> list[float]:
    """Milliseconds from each commit here until the other member's follower has the alert."""
    told: asyncio.Queue[float] = asyncio.Queue()

    async def follow() -> None:
        async for _ in line.alerts(after=0, is_following=True):
            told.put_nowait(time.perf_counter())

    following = asyncio.create_task(follow())
    spent = []
    for number in range(ALERTS):
        committed = await asyncio.to_thread(_keep, node, _fitting(f"soon-{number}", 1))
        spent.append((await told.get() - committed) * 1_000)
        await asyncio.sleep(PAUSE_S)
    following.cancel()
    return spent


async def _commits(node: Node) -> float:
    """Milliseconds that it takes to keep one record that nobody watches for, median."""
    spent = []
    for person in crowd(100):
        started = time.perf_counter()
        committed = await asyncio.to_thread(_keep, node, [person])
        spent.append((committed - started) * 1_000)
    return statistics.median(spent)


async def _drained(node: Node) -> float:
    """Seconds until nothing waits any more, from the first sign that the member is back."""
    member = MemberId(WATCHES)
    started = time.perf_counter()
    while True:
        with node.store.view() as view:
            if not store.mail.lane(view, member).waiting:
                return time.perf_counter() - started
        await asyncio.sleep(0.05)


async def _counted(line: Desk) -> int:
    return len([one async for one in line.alerts(after=0, is_following=False)])


def _keep(node: Node, entities: Sequence[Entity]) -> float:
    """Keep records, and say when they were on disk."""
    keeping = Keeping(node.home.member, search.findable, app.new_id, node.post.matching.notice)
    with node.store.write() as tx:
        keeping.keep(tx, [Draft(one, MARKING, "bench") for one in entities], WHY)
    return time.perf_counter()


def _fitting(name: str, count: int) -> list[Entity]:
    """So many records that fit the watch, of ids that begin so."""
    return [Entity(f"{name}-{number}", "Person", {"name": (NAME,)}) for number in range(count)]


def _loaded(folder: Path) -> dict[str, Any]:
    """Records a second with as many standing watches as one node may have, and with none."""
    bare = asyncio.run(_load(folder / "bare", standing=0))
    watched = asyncio.run(_load(folder / "watched", standing=STANDING))
    return {
        "figure": round(watched),
        "unit": f"records/s loaded past {STANDING:,} standing watches",
        "floor": round(bare),
        "floor_is": "the same load without watches",
        "ratio": round(watched / bare, 3),
    }


async def _load(folder: Path, *, standing: int) -> float:
    made = [
        homes.make(folder / id, config.lab_member(id, PORT + port, has_quotas=False), app.clock)
        for id, port in ((HOLDS, 128), (WATCHES, 192))
    ]
    homes.federate(made)
    home = made[0]
    async with app.running(home) as node:
        people = list(islice(crowd(STANDING + LOADED), STANDING + LOADED))
        for start in range(0, standing, BATCH):
            with node.store.write() as tx:
                for number, one in enumerate(people[start : start + BATCH]):
                    watch = _watch_for(one, f"w-{start + number}", node)
                    node.post.registry.register(tx, MemberId(WATCHES), watch)
        started = time.perf_counter()
        for start in range(STANDING, STANDING + LOADED, BATCH):
            await asyncio.to_thread(_keep, node, people[start : start + BATCH])
        return LOADED / (time.perf_counter() - started)


def _watch_for(one: Entity, id: str, node: Node) -> Watch:
    return Watch(
        id=WatchId(id),
        asker=Asker(PersonId("bench"), "analyst"),
        case="BENCH-1",
        purpose="investigation",
        seeks=Sought(name=one.first("name"), birth_date=one.first("birthDate"), kind="person"),
        threshold=search.STRONG,
        expires_at=node.home.clock() + timedelta(days=30),
    )


@asynccontextmanager
async def _other(lab: Path) -> AsyncIterator[None]:
    """The other member's node as a process of its own, ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", "serve", str(lab / WATCHES)), stderr=subprocess.DEVNULL
    )
    home = homes.open(lab / WATCHES, app.clock)
    try:
        while home.running() is None:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.02)
        yield
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def _desk(lab: Path) -> AsyncIterator[Desk]:
    home = homes.open(lab / WATCHES, app.clock)
    run = home.running()
    if run is None:
        raise RuntimeError(f"{WATCHES} does not run")
    key, certificate = home.person_credentials(PersonId("first"))
    async with desk.opened(Line(run.desk, home.member, home.ca(), key, certificate)) as opened:
        yield opened


async def _amber(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", *arguments), stdout=subprocess.DEVNULL
    )
    if await process.wait():
        raise RuntimeError(f"amber {' '.join(arguments)} failed")
