"""Alerts between real processes that are killed, over links that are cut, on disks that fill up."""

import asyncio
import json
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import grpc
import pytest

from federation.errors import FederationError
from federation.messages import MemberId, Sought
from node import store
from node.desk import LoadOptions, Whom, Why
from tests.flows.links import Fault
from tests.flows.nodes import FULL_BYTES, Nodes, Process
from tests.simulation.history import Event, Kept, Shows, broken
from tests.world import free_base

#: Invented people, each watched by everybody everywhere.
SUBJECTS = ("Viktor Lesnikov", "Anna Nowak", "Jaan Tammsalu")
WHY = Why("CASE-1", "investigation")
#: How long a node may take to start, and everything to be told once all is well.
STARTED_S, TOLD_S = 60.0, 240.0


@dataclass(frozen=True)
class Plan:
    """How often processes are killed, and how many records of each member tell of it."""

    kills: int
    records: int
    batch: int
    seed: int


@dataclass
class Story:
    """What happens to three nodes while records come, and what was acknowledged of these."""

    nodes: Nodes
    plan: Plan
    folder: Path
    chance: random.Random = field(init=False)
    killed: int = 0
    acknowledged: dict[tuple[MemberId, str], Kept] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.plan.seed)

    @property
    def processes(self) -> list[Process]:
        return list(self.nodes.processes.values())

    async def run(self) -> list[Event]:
        """Let it happen, then heal everything; what the databases say in the end."""
        await asyncio.gather(*(self._watches(one) for one in self.processes))
        await self.nodes.quiet(TOLD_S)
        troubles = [asyncio.create_task(one) for one in (self._cuts(), self._fills())]
        async with asyncio.TaskGroup() as group:
            for process in self.processes:
                group.create_task(self._loads(process))
                group.create_task(self._kills(process))
        for trouble in troubles:
            trouble.cancel()
        await asyncio.wait(troubles)
        self._heals()
        await self.nodes.quiet(TOLD_S)
        for process in self.processes:
            process.ends(signal.SIGTERM)
        return [*self.nodes.history(), *self._acknowledged()]

    def _acknowledged(self) -> Iterator[Kept]:
        """What was acknowledged to whoever loaded it, under our id where it is held."""
        for process in self.processes:
            mine = {id: kept for (by, id), kept in self.acknowledged.items() if by == process.id}
            with process.view() as view:
                held = store.records.by_source(view, "ours", list(mine))
            for id, kept in mine.items():
                yield replace(kept, record=held[id].record.id if id in held else id)

    async def _watches(self, process: Process) -> None:
        await _until_up(process)
        async with process.desk() as desk:
            for subject in SUBJECTS:
                await desk.add_watch(Sought(name=subject), why=WHY, whom=Whom(()))

    async def _loads(self, process: Process) -> None:
        """Load records batch by batch, each until it is acknowledged; every fifth again, hidden."""
        for number in range(0, self.plan.records, self.plan.batch):
            while self.killed * self.plan.records < number * self.plan.kills:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await self._load(process, number, version=1, share="full")
            if number // self.plan.batch % 5 == 4:
                await self._load(process, number, version=2, share="hidden")

    async def _load(self, process: Process, first: int, *, version: int, share: str) -> None:
        ids = [f"P-{number}" for number in range(first, first + self.plan.batch)]
        file = self.folder / f"{process.id}-{first}.jsonl"
        file.write_text("".join(_line(id) for id in ids))
        while not await _is_loaded(process, file, share):
            await asyncio.sleep(0.1)
            await _until_up(process)
        level = {"full": 3, "hidden": 0}[share]
        for id in ids:
            kept = Kept(
                process.id, id, version, _subject(id), level, frozenset({"ALL"}), f"note {id}"
            )
            self.acknowledged[process.id, id] = kept

    async def _kills(self, process: Process) -> None:
        """Kill a process and start it again, now and then before it was up."""
        for _ in range(self.plan.kills // len(self.processes) + 1):
            if self.chance.random() < 0.8:
                await _until_up(process)
            await asyncio.sleep(self.chance.uniform(0, 1))
            process.ends(signal.SIGKILL)
            self.killed += 1
            process.start()

    async def _cuts(self) -> None:
        """Cut a link one way, both ways, or for acknowledgements alone."""
        while True:
            cut = self.chance.sample(self.nodes.links, self.chance.randint(1, 3))
            for link in cut:
                link.breaks(self.chance.choice((Fault.REFUSES, Fault.DEAF, Fault.MUTE)))
            await asyncio.sleep(self.chance.uniform(0.2, 2))
            for link in cut:
                link.breaks(Fault.NONE)
            await asyncio.sleep(self.chance.uniform(0.2, 2))

    async def _fills(self) -> None:
        """Let a disk be full for a while."""
        while True:
            await asyncio.sleep(self.chance.uniform(0.5, 3))
            process = self.chance.choice(self.processes)
            process.fill(FULL_BYTES)
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            process.fill(-1)

    def _heals(self) -> None:
        for link in self.nodes.links:
            link.breaks(Fault.NONE)
        for process in self.processes:
            process.fill(-1)
            if process.running is None or process.running.poll() is not None:
                process.start()


async def _until_up(process: Process) -> None:
    """Wait until it says where its desk is; one that ended by itself begins again."""
    async with asyncio.timeout(STARTED_S):
        while not process.is_up:
            if process.running is None or process.running.poll() is not None:
                process.start()
            await asyncio.sleep(0.05)


async def _is_loaded(process: Process, file: Path, share: str) -> bool:
    options = LoadOptions("simple", "ours", False, share, ("ALL",), (), "", "", "", "")
    try:
        async with asyncio.timeout(20), process.desk() as desk:
            said = await desk.load(file, options, lambda _: None)
    except (FederationError, TimeoutError, grpc.aio.UsageError):
        return False
    return not said["rejects"]


def _line(id: str) -> str:
    said = {"id": id, "kind": "person", "names": [_subject(id)], "notes": f"note {id}"}
    return json.dumps(said) + "\n"


def _subject(id: str) -> str:
    return SUBJECTS[int(id.removeprefix("P-")) % len(SUBJECTS)]


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[Nodes]:
    nodes = Nodes(folder / "homes", free_base(nodes=3), most_waiting=40)
    async with nodes.up():
        yield nodes


async def _lived_through(plan: Plan, folder: Path) -> list[Event]:
    (folder / "files").mkdir()
    async with _running(folder) as nodes:
        story = Story(nodes, plan, folder / "files")
        history = await story.run()
        assert story.killed >= plan.kills
    return history


def _came(history: list[Event]) -> int:
    return sum(isinstance(one, Shows) and one.origin != one.member for one in history)


async def test_ten_kills_lose_no_alert_and_show_none_twice(tmp_path: Path) -> None:
    history = await _lived_through(Plan(kills=10, records=20, batch=2, seed=1), tmp_path)

    assert broken(history) == []
    assert _came(history) >= 100


@pytest.mark.slow
@pytest.mark.timeout(3_600)
async def test_five_hundred_kills_lose_no_alert_and_show_none_twice(tmp_path: Path) -> None:
    history = await _lived_through(Plan(kills=500, records=1_000, batch=10, seed=2), tmp_path)

    assert broken(history) == []
    assert _came(history) >= 5_000
