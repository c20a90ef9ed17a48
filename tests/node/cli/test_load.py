"""`amber load`: for whom, of which source, and what is said when nothing could be taken."""

import json
from pathlib import Path

import pytest

from tests.shell import Shell
from tests.world import World


def test_records_are_loaded_without_a_running_node(
    shell: Shell, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n{"id": 3}\n')
    load = ("-n", home, "load", file, "--format", "simple", "--share", "hit", "--to", "EE,LV")

    (loaded,) = shell.json(*load)

    assert (loaded["read"], loaded["stored"], loaded["rejected"]) == (2, 1, 1)
    assert json.loads(Path(loaded["rejects"]).read_text())["line"] == 2
    assert "No charter names LV yet" in shell.err
    assert "unchanged 1" in shell(*load)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--to", "LVA,ee"), "the charter has no LVA: records are for ALL or some of EE, LV, PL"),
        (("--to", "group:none"), "the charter has no group:none"),
        (("--to", " , "), "write nobody"),
        (("--mapping", __file__), "--mapping is for --format csv alone"),
    ],
)
def test_a_load_for_nobody_that_is_known_changes_nothing(
    shell: Shell, world: World, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')

    shell("-n", world["ee"].home.path, "load", file, "--format", "simple", *options, code=2)

    assert words in shell.err
    assert world["ee"].desk.administration.standing().records == 0


def test_an_edition_says_of_which_source_it_is(shell: Shell, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    load = ("-n", home, "load", file, "--format", "simple", "--edition")

    shell(*load)
    assert "source simple, by the format" in shell.err
    shell(*load, "--source", "cases")
    assert shell.err == ""


def test_a_file_of_which_no_row_is_taken_has_failed(
    shell: Shell, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person"}\n{"id": 3}\n')

    (loaded,) = shell.json("-n", home, "load", file, "--format", "simple", code=1)

    assert (loaded["read"], loaded["rejected"]) == (2, 2)
    assert "No row could be loaded" in shell.err
    file.write_text("")
    shell("-n", home, "load", file, "--format", "simple")
