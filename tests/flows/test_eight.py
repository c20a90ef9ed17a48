"""Eight nodes under load: one is suspended, one changes every key, one comes back from a backup."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from federation.messages import MemberId, Sought
from node import app, desk
from node import home as homes
from node.desk import Line, Whom, Why
from tests.flows import held
from tests.flows.lab import Lab
from tests.world import free_base

MEMBERS = ("EE", "LV", "LT", "PL", "FI", "SE", "DK", "NO")
#: Whom nothing happens to; the others are suspended, changing and restored.
HONEST = ("EE", "PL", "FI", "SE", "NO")
SUSPENDED, CHANGING, RESTORED = "DK", "LV", "LT"
#: Seconds in which a suspension must have its effect everywhere, and between two calls of one node.
EFFECT_S, PAUSE_S = 60.0, 0.05
#: Seconds after which everybody has found a node that is up again: lines try each five.
FOUND_S = 15.0


@dataclass(frozen=True)
class Met:
    """How one member met one question of another, by the clock of this test."""

    at: float
    asker: str
    member: str
    outcome: str


@dataclass
class Load:
    """Every honest node asks all others without a pause, and keeps how each call ended."""

    lab: Lab
    met: list[Met] = field(default_factory=list)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def asks(self, asker: str) -> None:
        """Ask until it is over."""
        home = homes.open(Path(self.lab.home(asker)), app.clock)
        running = home.running()
        assert running
        key, certificate = home.person_credentials(homes.FIRST_PERSON)
        line = Line(running.desk, home.member, home.ca(), key, certificate)
        async with desk.opened(line) as opened:
            while not self.is_over.is_set():
                whom = Whom(to=(), limit=10, timeout_s=20.0)
                why = Why("CASE-8", "investigation")
                found = await opened.search(Sought(name="Anna Nowak"), why=why, whom=whom)
                self._keep(asker, found)
                await asyncio.sleep(PAUSE_S)

    def _keep(self, asker: str, found: dict[str, Any]) -> None:
        now = time.monotonic()
        self.met += [
            Met(now, asker, one["member"], one["outcome"])
            for one in found["members"]
            if one["member"] != asker
        ]

    def ends(self, members: tuple[str, ...]) -> Counter[str]:
        """How the calls to these members ended."""
        return Counter(one.outcome for one in self.met if one.member in members)

    def unanswered(self, member: str) -> list[Met]:
        """The calls to a member that were not answered."""
        return [one for one in self.met if one.member == member and one.outcome != "answered"]

    def answers(self, member: str) -> list[float]:
        """When a member answered somebody."""
        return [one.at for one in self.met if (one.member, one.outcome) == (member, "answered")]


@dataclass
class Story:
    """What happens to the eight, and when."""

    lab: Lab
    folder: Path
    load: Load
    agreed_at: float = 0.0
    away: list[tuple[float, float]] = field(default_factory=list)
    lines: dict[str, held.Line] = field(default_factory=dict)

    async def run(self) -> None:
        """Let it all happen under load.

        The member that is suspended keeps a line open to every other, and asks on it to the end.
        """
        home = homes.open(Path(self.lab.home(SUSPENDED)), app.clock)
        for id in filter(SUSPENDED.__ne__, MEMBERS):
            self.lines[id] = held.Line(home.keys(), home.charter(), MemberId(id))
        async with asyncio.TaskGroup() as group:
            for asker in HONEST:
                group.create_task(self.load.asks(asker))
            for line in self.lines.values():
                group.create_task(line.ask_on(self.load.is_over))
            for step in (self.back_up, self.suspend, self.change_keys, self.restore):
                await asyncio.to_thread(step)
                await asyncio.sleep(5)
            await asyncio.sleep(FOUND_S)
            self.load.is_over.set()

    def amber(self, member: str, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """A verb at one node."""
        return self.lab.amber("-n", self.lab.home(member), *arguments, code=code)

    def back_up(self) -> None:
        """Copy a home while its node is stopped."""
        self._stopped(lambda home: shutil.copytree(home, self.folder / "backup"))

    def suspend(self) -> None:
        """One proposes, as many as it takes sign."""
        (proposal,) = self.amber(
            "EE", "charter", "propose", "--suspend", SUSPENDED, "--reason", "a test", "--json"
        )
        for member in ("PL", "FI", "SE", "NO"):
            self._comes(partial(self._is_listed, member, proposal["id"]))
            self.agreed_at = time.monotonic()
            self.amber(member, "charter", "sign", proposal["id"])

    def change_keys(self) -> None:
        """Every key of one node, one after the other."""
        self.amber(CHANGING, "keys", "rotate", "all", "--wait", "120")

    def restore(self) -> None:
        """Put a home back as it was before all that."""

        def put_back(home: Path) -> None:
            shutil.rmtree(home)
            shutil.copytree(self.folder / "backup", home)

        self._stopped(put_back)
        newest = self.version("EE")
        self._comes(lambda: self.version(RESTORED) == newest)

    def version(self, member: str) -> int:
        """The charter that a node holds."""
        return int(self.amber(member, "charter", "show", "--json")[0]["version"])

    def _is_listed(self, member: str, id: str) -> bool:
        listed = self.amber(member, "charter", "proposals", "--all", "--json")
        return id in {one["id"] for one in listed}

    def _stopped(self, what: Callable[[Path], object]) -> None:
        stopped_at = time.monotonic()
        self.lab.end(RESTORED)
        what(Path(self.lab.home(RESTORED)))
        self.lab.amber("lab", "start", str(self.lab.folder), "--detach")
        self.away.append((stopped_at, time.monotonic() + FOUND_S))

    def _comes(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + EFFECT_S
        while not is_so():
            assert time.monotonic() < until, "it did not come"
            time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_eight_nodes_of_which_one_is_suspended_one_changes_its_keys_and_one_is_restored(
    tmp_path: Path,
) -> None:
    lab = Lab(tmp_path / "lab")
    base = free_base(nodes=8)
    folder = str(lab.folder)
    lab.amber("lab", "create", folder, "--members", ",".join(MEMBERS), "--port", str(base))
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    for member in MEMBERS:
        share = ("--format", "simple", "--share", "core", "--to", "ALL")
        lab.amber("-n", lab.home(member), "load", str(file), *share)
    lab.amber("lab", "start", folder, "--detach")
    try:
        story = Story(lab, tmp_path, Load(lab))
        asyncio.run(story.run())
        _judge(story)
    finally:
        lab.amber("lab", "stop", folder)


def _judge(story: Story) -> None:
    load, lab = story.load, story.lab
    took_s = {id: max(line.answers) - story.agreed_at for id, line in story.lines.items()}
    print(  # noqa: T201 - figures of a story that is run by hand
        f"honest {dict(load.ends(HONEST))}; changing {dict(load.ends((CHANGING,)))};"
        f" restored {dict(load.ends((RESTORED,)))}, away {_seconds(story.away)};"
        f" suspended {dict(load.ends((SUSPENDED,)))}, last answered on an open line"
        f" {max(took_s.values()):.2f} s after the last signature was begun"
    )
    assert set(load.ends(HONEST)) == {"answered"}
    assert set(load.ends((CHANGING,))) == {"answered"}
    _judge_suspension(story, took_s)
    _judge_restoration(story)
    for member in HONEST:
        assert story.version(member) == story.version(RESTORED)
        (proof,) = lab.amber("-n", lab.home(member), "audit", "verify", "--json")
        assert proof["whole"]


def _seconds(spans: list[tuple[float, float]]) -> list[float]:
    return [round(end - start - FOUND_S, 1) for start, end in spans]


def _judge_suspension(story: Story, took_s: dict[str, float]) -> None:
    """Nobody answers the member that is suspended, on lines it held open or by its own node."""
    for id, line in story.lines.items():
        assert min(line.answers) < story.agreed_at, id
        assert took_s[id] < EFFECT_S, id
        assert line.refusals[-1] > story.agreed_at + took_s[id], id
    assert max(story.load.answers(SUSPENDED)) - story.agreed_at < EFFECT_S
    # It is told by nobody, and asks in vain (4), unless it heard the last signature itself (5).
    found = story.lab.amber(
        *("-n", story.lab.home(SUSPENDED), "search", "Anna Nowak", "--case", "C", "--purpose"),
        *("investigation", "--timeout", "5", "--json"),
        code=(4, 5),
    )
    outcomes = {one["member"]: one["outcome"] for each in found for one in each["members"]}
    assert "answered" not in {how for id, how in outcomes.items() if id != SUSPENDED}


def _judge_restoration(story: Story) -> None:
    """The node that was put back was missed only while it was away, and says what it missed."""
    for one in story.load.unanswered(RESTORED):
        assert any(start <= one.at <= end for start, end in story.away), one
    assert max(story.load.answers(RESTORED)) > story.away[-1][1]
    (status,) = story.amber(RESTORED, "status", "--json")
    assert status["charter"]["missed_version"] == status["charter_version"]
    log = (story.lab.folder / RESTORED / "node.log").read_text()
    assert "caught up" in log
