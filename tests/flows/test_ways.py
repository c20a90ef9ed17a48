"""Stories of alerts that leave the node: real HTTPS and SMTP servers, which fail and come back."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from federation.errors import UntrustedError
from node import config, store
from node.store.letters import WayState
from tests.node.ways.servers import (
    PASSWORD,
    SECRET,
    Credentials,
    Mailbox,
    Receiver,
    credentials,
    mailbox,
    receiving,
    secret_file,
)
from tests.world import Place, World, eventually, federation, free_base

LESNIKOV = "Viktor Lesnikov"


@dataclass
class Agency:
    """Estonia with a system and a mail server of its own, and Latvia."""

    world: World
    receiver: Receiver
    box: Mailbox

    @property
    def place(self) -> Place:
        return self.world["ee"]

    @property
    def told(self) -> list[dict[str, object]]:
        """What the system of the agency was told and took, alert by alert."""
        bodies = [json.loads(post.body) for post in self.receiver.taken]
        return [alert for body in bodies for alert in body["data"]["alerts"]]

    def state(self, way: str) -> WayState:
        with self.place.up.store.view() as view:
            states = {state.way: state for state in store.letters.states(view)}
        return states.get(way, WayState(way))

    def watches(self, **how: str) -> str:
        watch = self.place.watches(LESNIKOV, **how)  # type: ignore[arg-type]
        eventually(lambda: set(self.place.watch_states(watch).values()) == {"registered"})
        return watch


def configured(
    settings: config.Config,
    folder: Path,
    ports: tuple[int, int],
    proof: Credentials,
    group_s: float,
) -> config.Config:
    """Estonia's settings with both ways."""
    if settings.member.id != "EE":
        return settings
    webhook = config.Webhook(
        url=f"https://localhost:{ports[0]}/alerts",
        key_file=secret_file(folder, b"whsec_" + SECRET),
        ca_file=proof.ca_file,
        group_s=group_s,
    )
    smtp = config.Smtp(
        host="localhost",
        port=ports[1],
        user="amber",
        password_file=secret_file(folder, PASSWORD.encode()),
        sender="amber@police.example",
        to=("desk@police.example",),
        ca_file=proof.ca_file,
        group_s=group_s,
    )
    return msgspec.structs.replace(settings, webhook=webhook, smtp=smtp)


@contextmanager
def running(folder: Path, group_s: float = 0) -> Iterator[Agency]:
    proof = credentials(folder / "server")
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving(proof.context(), Receiver()))
        box = stack.enter_context(mailbox(proof.context(), Mailbox()))
        ports = (receiver.port, box.port)
        world = federation(
            "EE", "LV", settings=lambda one: configured(one, folder, ports, proof, group_s)
        )
        yield Agency(stack.enter_context(world), receiver, box)


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[Agency]:
    with running(tmp_path) as made:
        yield made


def test_an_alert_leaves_by_each_way_and_says_nothing_of_the_person(agency: Agency) -> None:
    watch = agency.watches(topic="drugs")

    id = agency.world["lv"].holds(LESNIKOV, birthDate="1979-03-02")

    eventually(lambda: agency.state("webhook").delivered and agency.state("email").delivered)
    [shown] = agency.place.alerts
    [told] = agency.told
    assert (told["alert"], told["watch"], told["member"]) == (shown.alert.id, watch, "LV")
    assert (told["state"], told["topic"], told["score"]) == ("new", "drugs", shown.alert.score)
    assert shown.alert.id.encode() in agency.box.messages[0]
    left = agency.receiver.posts[0].body + agency.box.messages[0]
    for personal in (*LESNIKOV.split(), "1979", id, "CASE-1", shown.alert.reference, "first"):
        assert personal.encode() not in left


def test_an_alert_waits_for_a_system_that_is_down_and_the_inbox_does_not(agency: Agency) -> None:
    agency.receiver.statuses = [503, 503, 204]
    agency.watches()

    agency.world["lv"].holds(LESNIKOV)

    eventually(lambda: agency.state("webhook").fault == "refused")
    assert len(agency.place.alerts) == 1
    eventually(lambda: agency.state("webhook").delivered == 1)
    posts = agency.receiver.posts
    assert len(posts) == 3
    assert len({(post.headers["webhook-id"], post.body) for post in posts}) == 1
    assert agency.state("email").delivered == 1


def test_what_waited_when_the_node_stopped_leaves_when_it_is_back(agency: Agency) -> None:
    agency.receiver.statuses, agency.box.fault = [500], "451 later"
    agency.watches()
    for _ in range(3):
        agency.world["lv"].holds(LESNIKOV)
    eventually(lambda: agency.state("email").tries and agency.state("webhook").tries)
    agency.place.stop()

    agency.receiver.statuses, agency.box.fault = [204], ""
    agency.place.start()

    eventually(lambda: [agency.state(way).delivered for way in ("webhook", "email")] == [3, 3])
    assert len(agency.told) == len(agency.box.messages) == 3


def test_what_can_wait_is_gathered_and_a_threat_to_life_is_not(tmp_path: Path) -> None:
    with running(tmp_path, group_s=600) as agency:
        agency.watches(to=["lv"])  # type: ignore[arg-type]
        for _ in range(3):
            agency.world["lv"].holds(LESNIKOV)
        eventually(lambda: agency.state("webhook").waiting == 1)

        agency.watches(purpose="threat-to-life", to=["lv"])  # type: ignore[arg-type]
        eventually(lambda: len(agency.told) == 3)
        eventually(lambda: len(agency.box.messages) == 3)
        assert {told["purpose"] for told in agency.told} == {"threat-to-life"}
        assert b"URGENT" in agency.box.messages[0]

        agency.world.clock.turn(seconds=600)
        agency.world["lv"].holds(LESNIKOV)
        eventually(lambda: agency.state("webhook").delivered == 5)
        assert [len(json.loads(post.body)["data"]["alerts"]) for post in agency.receiver.taken] == [
            1,
            1,
            1,
            *sorted((1, 3), reverse=agency.told[3]["purpose"] == "investigation"),
        ]


def test_an_alert_that_is_taken_back_is_told_too(agency: Agency) -> None:
    agency.watches()
    id = agency.world["lv"].holds(LESNIKOV)
    eventually(lambda: len(agency.told) == 1)

    agency.world["lv"].withdraws(id)

    eventually(lambda: len(agency.told) == 2)
    assert [told["event"] for told in agency.told] == ["raised", "recalled"]


def test_a_node_does_not_start_without_the_secret_of_a_way_that_is_used(agency: Agency) -> None:
    agency.place.stop()
    Path(agency.place.home.config.webhook.key_file).unlink()

    with pytest.raises(UntrustedError, match="secret-"):
        agency.place.start()


@pytest.mark.slow
def test_a_node_that_is_killed_tells_of_every_alert_when_it_is_back(tmp_path: Path) -> None:
    receiver, key = Receiver(is_silent=True), secret_file(tmp_path, b"whsec_" + SECRET)
    with receiving(None, receiver), processes(tmp_path, receiver.port, key) as node:
        node.amber("watch", "add", LESNIKOV, "--case", "C-1", "--purpose", "investigation")
        node.load("P-1")
        eventually(lambda: receiver.heard, 60)
        node.kill()  # while it waits for the answer to a letter
        receiver.is_silent, receiver.statuses = False, [500]
        node.start()
        node.load("P-2")
        node.kill()  # right after an alert was raised
        node.start()
        eventually(lambda: node.way["tries"], 60)
        assert (node.way["waiting"], node.way["fault"]) == (2, "refused")

        receiver.statuses = [204]

        eventually(lambda: node.way["delivered"] == 2, 90)
        told = {post.headers["webhook-id"]: post.body for post in receiver.posts}
        assert set(told.values()) == {post.body for post in receiver.posts}
        assert {json.loads(body)["data"]["alerts"][0]["alert"] for body in told.values()} == {
            one["alert"] for one in node.amber("alerts", "--json")
        }


@dataclass
class Process:
    """A node as a process."""

    home: Path
    process: subprocess.Popen[bytes] | None = None

    def amber(self, *arguments: str) -> list[dict[str, Any]]:
        command = [sys.executable, "-m", "node", "-n", str(self.home), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    @property
    def way(self) -> dict[str, Any]:
        """How its way out stands, as `status` shows it."""
        ways: list[dict[str, Any]] = self.amber("status", "--json")[0]["ways"]
        return ways[0]

    def load(self, id: str) -> None:
        file = self.home.parent / f"{id}.jsonl"
        file.write_text(json.dumps({"id": id, "kind": "person", "names": [LESNIKOV]}))
        self.amber("load", str(file), "--format", "simple")

    def start(self) -> None:
        command = [sys.executable, "-m", "node", "serve", str(self.home)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        eventually((self.home / "running.json").exists, 60)

    def kill(self) -> None:
        if self.process:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            (self.home / "running.json").unlink(missing_ok=True)


@contextmanager
def processes(folder: Path, port: int, key: str) -> Iterator[Process]:
    """Estonia's node alone, with a webhook."""
    node = Process(folder / "EE")
    node.amber("init", str(node.home), "--member", "EE", "--name", "E", "--address", _address())
    settings = node.home / "amber.toml"
    text = settings.read_text().replace('url = ""', f'url = "http://127.0.0.1:{port}/"')
    settings.write_text(text.replace('key_file = ""', f'key_file = "{key}"'))
    node.start()
    try:
        yield node
    finally:
        node.kill()


def _address() -> str:
    return f"127.0.0.1:{free_base()}"
