"""A certified member that means harm: its own door suffers, the others do not notice."""

import asyncio
import time
from pathlib import Path
from typing import Any

import grpc
import pytest

from federation import trust
from federation.messages import MemberId, OutcomeKind
from node import app
from node import home as homes
from tests.flows.test_processes import Lab
from tests.world import World, free_base

#: A method path that is no UTF-8 ends a grpc.aio server.
ENDING = b"/amber.federation.v1.Federation/\xff"


async def hammer(home: homes.Home, victim: str, seconds: float) -> int:
    """Send the call that ends a server, as fast as the door takes it; returns how often."""
    keys, charter = home.keys(), home.charter()
    us, member = charter.member(home.member), charter.member(MemberId(victim))
    sent, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        channel = trust.peer_channel(keys, us, member, home.clock())
        try:
            await channel.unary_unary(ENDING)(b"", timeout=1)  # type: ignore[arg-type]
        except grpc.aio.AioRpcError:
            sent += 1
        await channel.close()
    return sent


def test_a_member_that_ends_its_door_ends_nobody_elses(world: World) -> None:
    world["ee"].holds("Anna Nowak")
    home = world["pl"].home

    async def attack() -> int:
        return await hammer(home, "EE", 1.5)

    attacking = asyncio.run_coroutine_threadsafe(attack(), world.loop)
    outcomes = []
    while not attacking.done():
        outcomes.append(world["lv"].search("Anna Nowak", to=["ee"]).outcome("ee").kind)

    assert attacking.result() > 3
    assert len(outcomes) > 10
    assert set(outcomes) == {OutcomeKind.ANSWERED}
    assert world["pl"].search("Anna Nowak", to=["ee"], timeout_s=10).outcome("ee").kind in (
        OutcomeKind.ANSWERED,
        OutcomeKind.UNREACHABLE,
    )


@pytest.mark.slow
def test_three_processes_and_a_tight_loop_of_ending_calls(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab")
    base = free_base(nodes=3)
    lab.amber("lab", "create", str(lab.folder), "--members", "EE,LV,PL", "--port", str(base))
    lab.amber("lab", "start", str(lab.folder), "--detach")
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text('{"qid": "1", "name": "Anna Nowak"}\n' * 2_000)
    hostile = homes.open(lab.folder / "PL", app.clock)

    async def both() -> list[Any]:
        asked = asyncio.to_thread(
            lab.amber,
            *("-n", lab.home("LV"), "search", "--batch", str(questions), "--out", str(answers)),
            *("--to", "EE", "--case", "C-1", "--purpose", "investigation"),
        )
        return list(await asyncio.gather(hammer(hostile, "EE", 20), asked))

    sent, _ = asyncio.run(both())
    lab.amber("lab", "stop", str(lab.folder))

    lines = answers.read_text().splitlines()
    worst = max(float(line.rsplit('"ms":', 1)[1].rstrip("}")) for line in lines)
    print(f"{sent} ending calls; {len(lines)} honest searches, worst {worst} ms")  # noqa: T201
    assert len(lines) == 2_000
    assert all('"outcome":"answered"' in line for line in lines)
