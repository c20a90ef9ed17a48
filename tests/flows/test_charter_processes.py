"""A suspension among real processes: from the last signature to the closed door at every node."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from federation.charter import Member
from federation.messages import MemberId
from node import config
from node import home as homes
from node.desk import Desk, Wanted
from tests.flows.held import Line
from tests.flows.nodes import Process, clock
from tests.world import free_base

EE, LV, LT, FI, PL = IDS = tuple(map(MemberId, ("EE", "LV", "LT", "FI", "PL")))
#: What the charter promises, and how long processes may take to start.
WITHIN_S, STARTED_S = 60.0, 150.0
#: So long the suspended member goes on asking, and so far may be what is seen of doors from here.
STAYS_S, SETTLED_S = 5.0, 0.5


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[dict[MemberId, Process]]:
    """Five nodes as processes, under one charter."""
    base = free_base(len(IDS))
    made = [
        homes.make(folder / id, config.lab_member(id, base + 64 * place, has_quotas=False), clock)
        for place, id in enumerate(IDS)
    ]
    homes.federate(made)
    processes = {home.member: Process(home) for home in made}
    try:
        for process in processes.values():
            process.start()
        async with asyncio.timeout(STARTED_S):
            while not all(process.is_up for process in processes.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield processes
    finally:
        for process in processes.values():
            process.ends(signal.SIGKILL)


async def knows(desk: Desk, id: str) -> None:
    """Wait until a node has heard of a proposal."""
    while all(one["id"] != id for one in await desk.proposals(is_all=False)):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def closed_after(at: Member, knocker: Member) -> float:
    """When the door that one member keeps for another lets nobody in any more."""
    while True:
        try:
            _, writer = await asyncio.open_connection(at.host, at.door_for(knocker))
        except ConnectionRefusedError:
            return time.monotonic()
        except ConnectionError:  # it is being closed
            continue
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        await asyncio.sleep(0.005)


def line(process: Process, to: MemberId) -> Line:
    """A line of a member that is kept open whatever its node is told."""
    return Line(process.home.keys(), process.home.charter(), to)


@pytest.mark.slow
async def test_a_suspended_member_finds_every_door_closed_within_a_minute(tmp_path: Path) -> None:
    others = (EE, LV, LT, FI)
    async with running(tmp_path) as nodes:
        members, over = nodes[EE].home.charter().members, asyncio.Event()
        lines = {id: line(nodes[PL], id) for id in others}
        asking = [asyncio.create_task(line.ask_on(over)) for line in lines.values()]
        async with nodes[EE].desk() as desk:
            listed = await desk.propose_charter(Wanted("an inquiry", suspended=(PL,)))
        for id in (LV, LT):
            async with nodes[id].desk() as desk:
                await knows(desk, listed["id"])
                signed_at = time.monotonic()
                await desk.sign_proposal(listed["id"])

        doors = {id: asyncio.create_task(closed_after(members[id], members[PL])) for id in others}
        async with asyncio.timeout(WITHIN_S):
            closed = {id: await task for id, task in doors.items()}
        await asyncio.sleep(STAYS_S)
        over.set()
        await asyncio.gather(*asking)

        figures = {
            id: {"door_s": closed[id] - signed_at, "last_answer_s": max(one.answers) - signed_at}
            for id, one in lines.items()
        }
        print(json.dumps(figures))  # noqa: T201
        for id, one in lines.items():
            assert min(one.answers) < signed_at, id
            assert max(one.answers) < closed[id] + SETTLED_S, id
            assert max(one.refusals) > closed[id] + STAYS_S - SETTLED_S, id
            assert closed[id] - signed_at < WITHIN_S, id
        async with nodes[FI].desk() as desk:
            status = await desk.status()
        assert status["charter_version"] == 3
