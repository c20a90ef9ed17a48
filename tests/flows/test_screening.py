"""A list screened by real processes that are killed in the middle: nothing twice or lost."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from federation.messages import MemberId
from node import audit, store
from node.audit import Entry
from tests.node.store.shelf import NOW, Notary
from tests.world import free_base

AMBER = (sys.executable, "-m", "node")
ROWS = 1_500
SYLLABLES = "ka lo mi ne pu ra si te vo zu".split()


def name(number: int) -> str:
    """An invented name, another for each number."""
    digits = f"{number:04}"
    return f"Anna {''.join(SYLLABLES[int(digit)] for digit in digits).title()}"


class Place:
    """One home with a record for every row of a list, and the commands on it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.list, self.out = folder / "EE", folder / "list.jsonl", folder / "out.jsonl"
        self.amber("init", str(self.home), "--member", "EE", "--name", "E", *self._address())
        rows = [{"id": f"P-{n}", "kind": "person", "names": [name(n)]} for n in range(ROWS)]
        records = folder / "records.jsonl"
        records.write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.amber("-n", str(self.home), "load", str(records), "--format", "simple")
        records.rename(self.list)

    def _address(self) -> tuple[str, str]:
        return "--address", f"127.0.0.1:{free_base()}"

    @property
    def screen(self) -> list[str]:
        why = ("--case", "C-1", "--purpose", "investigation", "--json")
        return [
            *AMBER, "-n", str(self.home), "screen", str(self.list), "--out", str(self.out), *why,
        ]  # fmt: skip

    def amber(self, *arguments: str) -> str:
        return subprocess.run(
            [*AMBER, *arguments], capture_output=True, text=True, check=True
        ).stdout

    def answered(self) -> list[int]:
        """The lines whose answers are whole."""
        text = self.out.read_bytes() if self.out.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]
        return [json.loads(line)["line"] for line in whole.splitlines()]

    @contextlib.contextmanager
    def begun(self) -> Iterator["subprocess.Popen[str]"]:
        """The command, with some answers there and not all."""
        there = len(self.answered())
        with subprocess.Popen(
            self.screen, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            until(lambda: len(self.answered()) > there or process.poll() is not None)
            assert process.poll() is None, process.communicate()[1]
            yield process

    def entries(self) -> list[Entry]:
        """What the log says of screenings."""
        house = store.House(MemberId("EE"), lambda: NOW, Notary())
        reading = store.look(self.home / "amber.db", house)
        with contextlib.closing(reading), reading.view() as view:
            every = [audit.decode(row) for row in store.audit.read(view)]
        return [entry for entry in every if "screen" in entry.event]


def until(is_so: Any) -> None:
    """Wait for another process; there is nothing to wait on but what it leaves."""
    last = time.monotonic() + 60
    while not is_so() and time.monotonic() < last:
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [
        int(child)
        for tasks in Path(f"/proc/{pid}/task").glob("*/children")
        for child in tasks.read_text().split()
    ]


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Ctrl-C is heard by who is started here, even where these tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@contextlib.contextmanager
def served(place: Place) -> Iterator["subprocess.Popen[bytes]"]:
    """The node of this home, running."""
    running = place.home / "running.json"
    running.unlink(missing_ok=True)
    process = subprocess.Popen([*AMBER, "serve", str(place.home)], stderr=subprocess.DEVNULL)
    try:
        until(running.exists)
        yield process
    finally:
        process.terminate()
        process.wait()


@pytest.mark.timeout(300)  # six processes, each of which takes its time to start
def test_a_screening_outlives_its_node_its_command_and_ctrl_c(place: Place) -> None:
    with served(place) as node, place.begun() as command:
        searchers = children(node.pid)
        node.kill()
        node.wait()
        assert command.wait() == 1
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in searchers))
        assert searchers
        assert not any(Path(f"/proc/{pid}").exists() for pid in searchers)

    with served(place):
        with place.begun() as command:
            command.kill()
        with place.begun() as command:
            command.send_signal(signal.SIGINT)
            _, said = command.communicate()
            assert (command.returncode, said.strip()) == (1, "amber: Stopped.")
        some = len(place.answered())
        (result,) = map(json.loads, subprocess.check_output(place.screen).splitlines())

    assert 0 < some < ROWS
    assert place.answered() == list(range(1, ROWS + 1))
    answers = [json.loads(line) for line in place.out.read_text().splitlines()]
    assert all(one["hits"][0]["id"] == one["qid"] for one in answers)
    assert {one["screening"] for one in answers} == {result["screening"]}
    assert (result["rows"], result["rejected"]) == (ROWS, 0)
    assert result["hits"] == sum(len(one["hits"]) for one in answers)
    _assert_written_down(place, result)


def _assert_written_down(place: Place, result: dict[str, Any]) -> None:
    """One operation in a log that is whole, with every row in a part and every count in its end."""
    entries = place.entries()
    assert {entry.question for entry in entries} == {result["screening"]}
    events = [entry.event for entry in entries]
    assert (events[0], events[-1]) == ("screening began", "screening ended")
    assert (events.count("screening began"), events.count("screening ended")) == (1, 1)
    assert events.count("screening resumed") == 3
    parts = [entry.counts for entry in entries if entry.event == "screened"]
    rows = {row for part in parts for row in range(part["first"], part["first"] + part["rows"])}
    assert rows == set(range(1, ROWS + 1))
    assert {name: entries[-1].counts[name] for name in ("rows", "hits", "strong")} == {
        name: result[name] for name in ("rows", "hits", "strong")
    }
    assert "whole" in place.amber("-n", str(place.home), "audit", "verify")


def test_a_node_that_was_woken_for_it_goes_on_too(
    place: Place,
) -> None:
    with place.begun() as command:
        command.kill()
    some = place.answered()

    subprocess.run(place.screen, check=True, capture_output=True)

    assert 0 < len(some) < ROWS
    assert list((place.home / "incoming").iterdir()) == []
    assert place.answered() == list(range(1, ROWS + 1))
    assert "whole" in place.amber("-n", str(place.home), "audit", "verify")
