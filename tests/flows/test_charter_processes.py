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
from federation.errors import FederationError
from federation.messages import MemberId, Sought
from node import config
from node import home as homes
from node.desk import Desk, Wanted, Whom, Why
from tests.flows.nodes import Process, clock
from tests.world import free_base

EE, LV, LT, FI, PL = IDS = tuple(map(MemberId, ("EE", "LV", "LT", "FI", "PL")))
WHY = Why("CASE-1", "investigation")
#: What the charter promises, and how long processes may take to start.
WITHIN_S, STARTED_S = 60.0, 150.0


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
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        await asyncio.sleep(0.005)


async def last_answer(process: Process, of: MemberId, until: asyncio.Event) -> float:
    """When a member last answered a process that asks it without end, on an open connection."""
    last = time.monotonic()
    async with process.desk() as desk:
        while not until.is_set():
            with suppress(FederationError):
                found = await desk.search(
                    Sought("Anna Nowak"), why=WHY, whom=Whom((of,), timeout_s=2)
                )
                if found["members"][0]["outcome"] == "answered":
                    last = time.monotonic()
    return last


@pytest.mark.slow
async def test_a_suspended_member_finds_every_door_closed_within_a_minute(tmp_path: Path) -> None:
    async with running(tmp_path) as nodes:
        members = nodes[EE].home.charter().members
        over = asyncio.Event()
        asking = [asyncio.create_task(last_answer(nodes[PL], id, over)) for id in (EE, LV, LT, FI)]
        async with nodes[EE].desk() as desk:
            listed = await desk.propose_charter(Wanted("an inquiry", suspended=(PL,)))
        for id in (LV, LT):
            async with nodes[id].desk() as desk:
                await knows(desk, listed["id"])
                signed_at = time.monotonic()
                await desk.sign_proposal(listed["id"])

        doors = {
            id: asyncio.create_task(closed_after(members[id], members[PL]))
            for id in (EE, LV, LT, FI)
        }
        async with asyncio.timeout(WITHIN_S):
            closed = {id: await task - signed_at for id, task in doors.items()}
        await asyncio.sleep(1)
        over.set()
        answered = {
            id: await task - signed_at for id, task in zip((EE, LV, LT, FI), asking, strict=True)
        }

        print(json.dumps({"closed_s": closed, "last_answer_s": answered}))  # noqa: T201
        assert max(closed.values()) < WITHIN_S
        assert max(answered.values()) < WITHIN_S
        async with nodes[FI].desk() as desk:
            status = await desk.status()
        assert status["charter_version"] == 3
