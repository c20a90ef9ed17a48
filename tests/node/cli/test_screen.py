"""`amber screen`: answers line by line, counts as JSON, and nothing of another file touched."""

import json
from pathlib import Path

import pytest

from tests.shell import Shell
from tests.world import World

WHY = ("--case", "C-1", "--purpose", "investigation")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "list.jsonl"
    made.write_text(
        '{"qid": "1", "name": "Anna Nowak"}\n{"qid": "2", "name": "Anna"}\n'
        '{"id": "3", "kind": "person", "names": ["Jan Kowalski", "Johann Nobody"]}\n'
    )
    return made


def test_a_list_is_answered_line_by_line_and_counted(
    shell: Shell, world: World, file: Path, tmp_path: Path
) -> None:
    world["ee"].holds("Anna Nowak", id="P-1")
    world["lv"].holds("Anna Nowak", id="P-2")
    out = tmp_path / "out.jsonl"
    screen = ("-n", world["ee"].home.path, "screen", file, "--out", out, *WHY)

    (result,) = shell.json(*screen)

    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["qid"] for answer in answers] == ["1", "2", "3"]
    assert [hit["id"] for hit in answers[0]["hits"]] == ["P-1"]
    assert "birth date" in answers[1]["error"]
    assert answers[2]["hits"] == []
    counts = {name: result[name] for name in ("rows", "hits", "strong", "rejected")}
    assert counts == {"rows": 3, "hits": 1, "strong": 1, "rejected": 1}
    assert json.loads(Path(result["rejects"]).read_text())["line"] == 2
    assert result["screening"] == answers[0]["screening"]


def test_the_same_command_again_says_the_same_and_another_list_is_refused(
    shell: Shell, world: World, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    screen = ("-n", world["ee"].home.path, "screen", file, "--out", out, *WHY)
    said = shell(*screen)
    written = out.read_bytes()

    assert shell(*screen) == said
    assert said.startswith("rows 3, hits 0, strong 0, rejected 1\n")
    file.write_text('{"qid": "1", "name": "Anna Nowak"}\n')
    shell(*screen, code=2)

    assert "another list" in shell.err
    assert out.read_bytes() == written


def test_a_resting_node_is_woken_to_screen(shell: Shell, file: Path, tmp_path: Path) -> None:
    home, out = tmp_path / "EE", tmp_path / "out.jsonl"
    shell("init", home, "--member", "EE", "--name", "Estonia", "--address", "127.0.0.1:7400")

    (result,) = shell.json("-n", home, "screen", file, "--out", out, "--strong-only", *WHY)

    assert (result["rows"], result["hits"]) == (3, 0)
    assert len(out.read_text().splitlines()) == 3


def test_who_is_no_analyst_may_not_screen_and_leaves_no_file(
    shell: Shell, world: World, file: Path, tmp_path: Path
) -> None:
    home, out = world["ee"].home, tmp_path / "out.jsonl"
    shell("-n", home.path, "people", "add", "a.tamm", "--role", "auditor")

    shell("-n", home.path, "--as", "a.tamm", "screen", file, "--out", out, *WHY, code=3)

    assert not out.exists()


def test_a_screening_needs_a_place_for_its_answers_that_holds_nothing_else(
    shell: Shell, world: World, file: Path, tmp_path: Path
) -> None:
    screen = ("-n", world["ee"].home.path, "screen", file, *WHY)
    theirs = tmp_path / "letter"
    theirs.write_text("a letter\n")

    shell(*screen, code=2)
    shell(*screen, "--out", theirs, code=2)
    shell(*screen, "--out", file, code=2)

    assert "something else" in shell.err
    assert theirs.read_text() == "a letter\n"
    assert len(file.read_text().splitlines()) == 3
