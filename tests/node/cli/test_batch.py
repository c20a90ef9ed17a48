"""`search --batch`: every line answered, whoever was silent counted, and nothing passed over."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from federation.errors import InvalidError, QuotaError, UntrustedError
from node.cli.tally import Tally
from tests.shell import Shell
from tests.world import World

WHY = ("--case", "C-1", "--purpose", "investigation")
GOOD = '{"qid": "1", "name": "Anna Nowak"}\n'

Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def run(shell: Shell, world: World, tmp_path: Path) -> Run:
    """Asks these lines in Estonia, and returns the answers."""

    def ran(lines: str | bytes, *options: object, code: int = 0) -> list[dict[str, Any]]:
        batch, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
        batch.write_bytes(lines.encode() if isinstance(lines, str) else lines)
        search = ("-n", world["ee"].home.path, "search", "--batch", batch, "--out", out, *WHY)
        shell(*search, *options, code=code)
        return [json.loads(line) for line in out.read_text().splitlines()]

    return ran


def test_each_hit_can_be_shown(run: Run, shell: Shell, world: World) -> None:
    world["pl"].holds("Anna Nowak", id="P-1")

    [answer] = run(GOOD)

    [hit] = answer["hits"]
    assert (hit["node"], hit["id"]) == ("PL", "P-1")
    shown = shell("-n", world["ee"].home.path, "show", "PL", hit["ref"], *WHY)
    assert "name: Anna Nowak" in shown


def test_a_line_that_is_no_question_is_answered_by_its_error_and_stops_nothing(
    run: Run, shell: Shell, world: World
) -> None:
    world["pl"].holds("Anna Nowak")
    lines = [
        b'{"name": "Anna Nowak"}',
        b'{"qid": 7, "name": "Anna Nowak"}',
        b'{"qid": "3", "name": ["Anna Nowak"]}',
        b"not json",
        b"\xff\xfe",
        b"[1]",
        b'{"qid": "6", "name": "Anna"}',
        GOOD.encode(),
    ]

    answers = run(b"\xef\xbb\xbf" + GOOD.encode() + b"\n".join(lines), code=4)

    assert [answer["qid"] for answer in answers] == ["1", None, 7, "3", None, None, None, "6", "1"]
    assert [len(answers[place]["hits"]) for place in (0, -1)] == [1, 1]
    assert all(
        f"line {place + 1} " in answers[place]["error"] for place in range(1, len(lines) - 1)
    )
    assert "birth date" in answers[7]["error"]
    assert shell.err.splitlines() == [
        "2 of 9 questions were answered.",
        "7 were not: `error` in the answers says why.",
    ]


def test_a_file_without_questions_is_said_to_have_none(run: Run, shell: Shell) -> None:
    assert run("\n\n") == []

    assert shell.err == "0 of 0 questions were answered.\n"


def test_who_does_not_answer_is_named_once_with_how_often(
    run: Run, shell: Shell, world: World
) -> None:
    world["lv"].stop()

    answers = run(GOOD * 3, code=4)

    assert len(answers) == 3
    assert shell.err.count("LV: ") == 1
    assert "LV: unreachable 3 of 3 times. The member could not be reached." in shell.err


def test_hits_that_are_not_shown_are_counted(run: Run, shell: Shell, world: World) -> None:
    for number in range(3):
        world["pl"].holds("Anna Nowak", id=f"P-{number}")

    [answer] = run(GOOD, "--limit", 2)

    said = {one["member"]: (one["hits"], one["shown"], one["more"]) for one in answer["members"]}
    assert said == {"EE": (0, 0, False), "LV": (0, 0, False), "PL": (2, 2, True)}
    assert "1 of 1 have, or may have, more hits than are shown: --limit" in shell.err


@pytest.mark.parametrize("how", ["itself", "link", "symlink"])
def test_answers_never_overwrite_the_questions(
    shell: Shell, world: World, tmp_path: Path, how: str
) -> None:
    batch, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    batch.write_text(GOOD)
    match how:
        case "link":
            out.hardlink_to(batch)
        case "symlink":
            out.symlink_to(batch)
        case _:
            out = tmp_path / "." / "q.jsonl"

    shell(
        *("-n", world["ee"].home.path, "search", "--batch", batch, "--out", out, *WHY),
        code=2,
    )

    assert "another file" in shell.err
    assert batch.read_text() == GOOD


@pytest.mark.parametrize(
    ("option", "named"),
    [
        (("Jan Nowak",), "NAME"),
        (("--birth-date", "1980"), "--birth-date"),
        (("--nationality", "ee"), "--nationality"),
        (("--identifier", "imo:9074729"), "--identifier"),
        (("--kind", "person"), "--kind"),
        (("--watch",), "--watch"),
    ],
)
def test_what_is_said_of_one_question_has_no_place_beside_a_batch(
    run: Run, shell: Shell, tmp_path: Path, option: tuple[str, ...], named: str
) -> None:
    (tmp_path / "a.jsonl").write_text('{"answers": "of yesterday"}\n')

    answers = run(GOOD, *option, code=2)

    assert f"leave out {named}." in shell.err
    assert answers == [{"answers": "of yesterday"}]


def test_a_place_for_answers_needs_a_batch(shell: Shell, world: World, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"

    shell("-n", world["ee"].home.path, "search", "Anna Nowak", "--out", out, *WHY, code=2)

    assert "--batch" in shell.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ([], 0),
        ([InvalidError("no name")], 4),
        ([InvalidError("no name"), QuotaError()], 3),
        ([QuotaError(), UntrustedError(), InvalidError("no name")], 5),
    ],
)
def test_a_batch_ends_by_the_worst_of_its_lines(faults: list[Any], code: int) -> None:
    tally = Tally()
    for fault in faults:
        tally.count({}, fault)

    assert tally.code == code


def test_a_line_that_was_not_asked_hides_no_member_that_was_silent() -> None:
    late = {"member": "FI", "outcome": "late", "reason": "", "hits": 0, "shown": 0, "more": False}
    tally = Tally()

    tally.count({"members": [late]}, None)
    assert tally.code == 4
    tally.count({}, InvalidError("no name"))
    assert tally.code == 4
    assert "FI: late 1 of 1 times." in list(tally.words())
