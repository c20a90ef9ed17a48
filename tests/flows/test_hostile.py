"""A certified member that means harm: its own door suffers, the others do not notice."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from federation import limits, trust
from federation.fanout import Fanout
from federation.keys import Ring
from federation.messages import (
    Asker,
    MemberId,
    Outcome,
    OutcomeKind,
    PersonId,
    Question,
    QuestionId,
    Sought,
)
from federation.peer import Self
from node import app
from node import home as homes
from tests.federation.attacks import KINDS
from tests.flows.lab import Lab
from tests.flows.pace import measured
from tests.world import Place, World, free_base

#: What the worst call of an honest member may take, and the memory that may stay with the node.
WORST_S, KEPT_BYTES = 1.5, 64 * 1024 * 1024
#: A hostile member has processors of its own: here it has what others leave.
ATTACKS = ("nice", "-n", "19", sys.executable, "-m", "tests.federation.attacks")

#: A method path that is no UTF-8 ends a grpc.aio server.
ENDING = b"/amber.federation.v1.Federation/\xff"


async def hammer(home: homes.Home, victim: str, seconds: float) -> int:
    """Send the call that ends a server, as fast as the door takes it; returns how often."""
    keys, charter = home.keys(), home.charter()
    us, member = charter.member(home.member), charter.member(MemberId(victim))
    sent, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        channel = trust.peer_channel(trust.way(keys, us, member, home.clock()))
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


@contextmanager
def attacking(
    home: homes.Home, victim: str, *kinds: str, seconds: float
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does one thing after the other to the door of a member, until this ends."""
    charter = home.charter()
    port = charter.member(MemberId(victim)).door_for(charter.member(home.member))
    folder = next(home.path.rglob("tls.pem")).parent
    process = subprocess.Popen(
        [*ATTACKS, str(port), folder, "+".join(kinds), str(seconds)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    done = json.loads(said)
    assert [kind for kind in kinds if not done[kind]] == [], "an attack that does nothing"


def answered(place: Place) -> float:
    """How long an honest question to Estonia takes, in seconds; it must be answered."""
    began = time.monotonic()
    outcome = place.search("Anna Nowak", to=["ee"]).outcome("ee")
    assert outcome.kind is OutcomeKind.ANSWERED, outcome.reason
    return time.monotonic() - began


def test_whatever_a_member_sends_an_honest_one_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every attack for a moment; the long form beside real processes is slow."""
    monkeypatch.setattr(
        limits, "SHUT_S", 0.02
    )  # else the next attack would meet a door that is shut
    world["ee"].holds("Anna Nowak")
    spent = []
    with (
        measured() as pace,
        attacking(world["pl"].home, "EE", *KINDS, seconds=0.15) as attack,
    ):
        while attack.poll() is None:
            spent.append(answered(world["lv"]))

    counts = world["ee"].desk.refusals.counts()
    assert len(spent) > len(KINDS)
    assert max(spent) < WORST_S * pace.times
    assert {member for member, _ in counts} == {"PL"}
    assert "unfinished" in {str(reason) for _, reason in counts}


@dataclass
class Honest:
    """A member that asks on and on, and how each of its calls ended."""

    home: homes.Home
    is_enough: asyncio.Event = field(default_factory=asyncio.Event)
    spent: list[tuple[float, Outcome]] = field(default_factory=list)

    async def run(self) -> None:
        charter = self.home.charter()
        fanout = Fanout(Self(Ring(self.home.keys()), lambda: charter, app.clock))
        await asyncio.gather(*(self._ask_on(fanout) for _ in range(2)))
        await fanout.close()

    async def _ask_on(self, fanout: Fanout) -> None:
        asker = Asker(PersonId("a.berzins"), "analyst")
        while not self.is_enough.is_set():
            began = time.monotonic()
            question = Question(
                id=QuestionId(app.new_id()),
                asker=asker,
                case="LV-1",
                purpose="investigation",
                seeks=Sought(name="Anna Nowak"),
            )
            [outcome] = await fanout.ask(question, [MemberId("EE")], timeout_s=10)
            self.spent.append((time.monotonic() - began, outcome))
            await asyncio.sleep(0.02)

    def so_far(self) -> tuple[int, int, float]:
        """Calls, those that were not answered, and the worst; forgotten after that."""
        spent, self.spent = self.spent, []
        bad = sum(outcome.kind is not OutcomeKind.ANSWERED for _, outcome in spent)
        return len(spent), bad, max((took for took, _ in spent), default=0.0)


def resident(pid: int) -> int:
    """Bytes of a process that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_minute_and_more_of_every_attack_upon_a_process(tmp_path: Path) -> None:
    """Each attack alone, then six at once: memory, and the worst call of an honest member."""
    lab = Lab(tmp_path / "lab")
    folder = str(lab.folder)
    base = free_base(nodes=3)
    lab.amber("lab", "create", folder, "--members", "EE,LV,PL", "--port", str(base))
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    share = ("--format", "simple", "--share", "core", "--to", "ALL")
    lab.amber("-n", lab.home("EE"), "load", str(file), *share)
    lab.amber("lab", "start", folder, "--detach")
    pid = lab.pid("EE")
    honest, hostile = (homes.open(lab.folder / id, app.clock) for id in ("LV", "PL"))

    try:
        figures = asyncio.run(_under_attack(Honest(honest), hostile, pid))
        [status] = lab.amber("-n", lab.home("EE"), "status", "--json")
        log = (lab.folder / "EE" / "node.log").stat().st_size
    finally:
        lab.amber("lab", "stop", folder)

    print(json.dumps({"attacks": figures, "refused": status["refused"], "log_bytes": log}))  # noqa: T201
    assert status["pid"] == pid
    assert {row["member"] for row in status["refused"]} == {"PL"}
    assert sum(each["not answered"] for each in figures.values()) == 0
    assert max(each["worst_s"] for each in figures.values()) < WORST_S
    assert figures["after"]["grown_bytes"] < KEPT_BYTES
    assert log < 1_000_000


async def _under_attack(
    honest: Honest, hostile: homes.Home, pid: int
) -> dict[str, dict[str, float]]:
    asking = asyncio.create_task(honest.run())
    await asyncio.sleep(10)  # caches are full, and everything is loaded
    before = resident(pid)
    figures = {"before": _figure(honest, pid, before)}
    mixed = ["flood", "resets", "half_open", "tables", "nests", "frames"]
    for kinds in (*([kind] for kind in KINDS), mixed):
        await _until_open(hostile)
        await asyncio.to_thread(_attack, hostile, kinds, 4.0 if len(kinds) == 1 else 15.0)
        figures["+".join(kinds)] = _figure(honest, pid, before)
    await asyncio.sleep(25)
    figures["after"] = _figure(honest, pid, before)
    honest.is_enough.set()
    await asking
    return figures


async def _until_open(hostile: homes.Home) -> None:
    """Wait until the door that is attacked is no longer shut for the last attack."""
    charter = hostile.charter()
    port = charter.member(MemberId("EE")).door_for(charter.member(hostile.member))
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)


def _attack(hostile: homes.Home, kinds: list[str], seconds: float) -> None:
    with ExitStack() as stack:
        for kind in kinds:
            stack.enter_context(attacking(hostile, "EE", kind, seconds=seconds))


def _figure(honest: Honest, pid: int, before: int) -> dict[str, float]:
    calls, bad, worst_s = honest.so_far()
    grown = resident(pid) - before
    return {"calls": calls, "not answered": bad, "worst_s": worst_s, "grown_bytes": grown}
