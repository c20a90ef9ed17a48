"""Real nodes as processes: killed, stopped, told to end; what the analyst sees by the command."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.lab import AMBER, QUESTION, Lab
from tests.world import free_base


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("lab") / "lab")
    folder = str(made.folder)
    base = free_base(nodes=4)
    made.amber("lab", "create", folder, "--members", "EE,LV,PL,FI", "--port", str(base))
    made.amber("lab", "start", folder, "--detach")
    yield made
    made.amber("lab", "stop", folder)


def test_a_killed_and_a_stopped_node_are_named_and_the_rest_answers_on_time(
    lab: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    share = ("--format", "simple", "--share", "core", "--to", "ALL")
    lab.amber("-n", lab.home("LV"), "load", str(file), *share)
    killed, stopped = lab.pid("PL"), lab.pid("FI")
    os.kill(killed, signal.SIGKILL)
    os.kill(stopped, signal.SIGSTOP)

    started = time.monotonic()
    (found,) = lab.amber(
        *("-n", lab.home("EE"), "search", "Anna Nowak", *QUESTION, "--timeout", "3"), code=4
    )
    spent_s = time.monotonic() - started
    os.kill(stopped, signal.SIGCONT)
    lab.amber("lab", "start", str(lab.folder), "--detach")

    outcomes = {one["member"]: one["outcome"] for one in found["members"]}
    assert outcomes["EE"] == outcomes["LV"] == "answered"
    assert outcomes["PL"] == "unreachable"
    assert outcomes["FI"] in ("late", "unreachable")
    assert [hit["record"] for hit in found["hits"]] == ["P-1"]
    assert not found["complete"]
    assert spent_s < 10
    assert lab.is_whole_again()


def test_our_own_node_that_is_halted_is_named_as_such_with_what_to_do(lab: Lab) -> None:
    halted = lab.pid("FI")
    os.kill(halted, signal.SIGSTOP)

    verbs = [("-n", lab.home("FI"), "status"), ("lab", "status", str(lab.folder), "--json")]
    said, told = (
        subprocess.Popen([*AMBER, *verb], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for verb in verbs
    )
    (_, err), (out, _) = said.communicate(), told.communicate()
    os.kill(halted, signal.SIGCONT)

    assert said.returncode == 1
    assert err.startswith("amber: The node of this home does not answer.")
    assert f"kill -CONT {halted}" in err
    assert "amber serve" in err
    assert "UNAVAILABLE" not in err
    answers = {row["member"]: row["answers"] for row in map(json.loads, out.splitlines())}
    assert answers == {"EE": True, "FI": False, "LV": True, "PL": True}
    assert lab.is_whole_again()


def test_a_batch_is_answered_line_by_line(lab: Lab, tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions.write_text(
        '{"qid": "1", "name": "Anna Nowak", "extra": 1}\n{"qid": "2", "name": "Anna"}\n'
        '{"qid": "3", "identifier": {"type": "imo", "value": "9074729"}, "kind": "vessel"}\n'
    )

    lab.amber(
        *("-n", lab.home("EE"), "search", "--batch", str(questions), "--out", str(answers)),
        *("--case", "C-1", "--purpose", "investigation"),
        code=4,
    )

    first, second, third = map(json.loads, answers.read_text().splitlines())
    assert (first["qid"], [one["outcome"] for one in first["members"]]) == ("1", ["answered"] * 4)
    assert "birth date" in second["error"]
    assert third["hits"] == []


def test_a_node_that_is_told_to_stop_ends_well(lab: Lab) -> None:
    lab.end("LV")

    assert not (Path(lab.home("LV")) / "running.json").exists()
    assert "stopping" in (Path(lab.home("LV")) / "node.log").read_text()
    lab.amber("lab", "start", str(lab.folder), "--detach")
    assert lab.is_whole_again()


def test_a_resting_node_is_woken_for_one_verb(tmp_path: Path) -> None:
    home = str(tmp_path / "EE")
    alone = Lab(tmp_path)
    alone.amber(*("init", home, "--member", "EE", "--name", "E", "--address", "127.0.0.1:7400"))

    (proof,) = alone.amber("-n", home, "audit", "verify", "--json")

    assert proof["whole"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("search", "Anna Nowak", *QUESTION), 2),
        (("-n", "nowhere", "search", "Anna Nowak", *QUESTION), 2),
        (("init", "/proc/EE", "--member", "EE", "--name", "E", "--address", "here"), 2),
        (("lab", "start", "nowhere"), 2),
        (("frobnicate",), 2),
    ],
)
def test_bad_input_gets_a_sentence_and_a_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    assert Lab(tmp_path).amber(*arguments, code=code) == []
