"""A member fishes in a node that is a process of its own, killed in the midst of it."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from federation.fanout import Fanout
from federation.keys import Ring
from federation.messages import MemberId
from federation.peer import Self
from node import config, store
from node import home as homes
from node.audit import decode
from tests.flows.fisher import in_order, question
from tests.flows.nodes import Process, clock
from tests.world import free_base

EE, PL = MemberId("EE"), MemberId("PL")
QUOTA, NAMES = 40, 60
#: Both sides' coordinators know within a minute.
SOON_S = 60.0


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[MemberId, Process]]:
    """Estonia and Poland as they are made, but for a small quota; both run."""
    base = free_base(2)
    made = [
        homes.make(tmp_path / id, _settings(id, base + 64 * place), clock)
        for place, id in enumerate((EE, PL))
    ]
    homes.federate(made)
    processes = {home.member: Process(home) for home in made}
    for one in processes.values():
        one.start()
    try:
        yield processes
    finally:
        for one in processes.values():
            one.ends(signal.SIGTERM)


def _settings(id: str, port: int) -> config.Config:
    settings = config.lab_member(id, port, has_quotas=True)
    quota = msgspec.structs.replace(settings.quota, analyst_per_hour=QUOTA)
    return msgspec.structs.replace(settings, quota=quota)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_quota_holds_through_a_kill_and_both_sides_hear_within_a_minute(
    nodes: dict[MemberId, Process],
) -> None:
    register = in_order(NAMES)
    await _ready(nodes)
    async with _fisher(nodes[EE]) as fanout:
        met = await _asked(fanout, register[: QUOTA // 2])
        nodes[PL].ends(signal.SIGKILL)
        nodes[PL].start()
        await _ready(nodes)
        met += await _asked(fanout, register[QUOTA // 2 :])
    ended = time.monotonic()

    there, here = await asyncio.gather(*(_alarms(nodes[id], ended) for id in (PL, EE)))

    assert met == {"answered": QUOTA, "refused": NAMES - QUOTA}
    with nodes[PL].view() as view:
        rows = [decode(row) for row in store.audit.read(view)]
    asked = Counter(one.event for one in rows if one.peer == EE and one.question_digest)
    assert asked == {"answered": QUOTA, "refused": NAMES - QUOTA}
    assert {kind for kind, _ in there} == {kind for kind, _ in here} == {"walk", "quota"}
    assert max(seconds for _, seconds in there + here) < SOON_S
    print({"seconds until they know": sorted(there + here)})  # noqa: T201 - a figure


async def _ready(nodes: dict[MemberId, Process]) -> None:
    async with asyncio.timeout(60):
        while not all(one.is_up for one in nodes.values()):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _fisher(process: Process) -> AsyncIterator[Fanout]:
    """A line of the member's own, past its node."""
    charter, keys = process.home.charter(), process.home.keys()
    fanout = Fanout(Self(Ring(keys), lambda: charter, clock))
    yield fanout
    await fanout.close()


async def _asked(fanout: Fanout, names: list[str]) -> Counter[str]:
    """Ask for each name until it is answered or refused: a line finds its way back by itself."""
    met: Counter[str] = Counter()
    for name in names:
        kind = "unreachable"
        async with asyncio.timeout(60):
            while kind == "unreachable":
                [outcome] = await fanout.ask(question(name), {PL}, timeout_s=20)
                kind = str(outcome.kind)
        met[kind] += 1
    return met


async def _alarms(process: Process, since: float) -> list[tuple[str, float]]:
    """What looked like fishing, and how many seconds after it a follower saw it."""
    seen: list[tuple[str, float]] = []
    async with asyncio.timeout(2 * SOON_S), process.desk() as desk:
        async for one in desk.alarms(after=0, is_following=True):
            seen.append((one["kind"], round(time.monotonic() - since, 1)))
            if len({kind for kind, _ in seen}) == 2:
                break
    return seen
