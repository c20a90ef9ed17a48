"""`amber audit report` and `accept`: what Art. 25 asks for, as words, JSON and a table."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import PersonId
from node.cli.audit import safe
from node.people import Role
from tests.node.cli.test_verbs import Shell
from tests.world import World


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


@pytest.fixture
def log(world: World) -> tuple[str, Path]:
    """Poland's home, with an auditor, after two members asked for one record."""
    world["pl"].home.issue(PersonId("auditor"), [Role.AUDITOR])
    world["pl"].holds("Anna Nowak", id="P-1")
    world["ee"].search("Anna Nowak", case="EE-7")
    world["lv"].search("Anna Nowak", case="=1+1")
    return "-n", world["pl"].home.path


def test_a_report_says_what_was_done_when_by_whom_why_and_for_whom(
    log: tuple[str, Path], world: World, shell: Shell
) -> None:
    every = shell.json(*log, "audit", "report")
    (mine,) = shell.json(*log, "audit", "report", "--member", "ee", "--operation", "disclosure")

    assert [one["seq"] for one in every] == list(range(1, len(every) + 1))
    assert (mine["person"], mine["role"], mine["peer"]) == ("first", "analyst", "EE")
    assert (mine["case_reference"], mine["purpose"]) == ("EE-7", "investigation")
    assert (mine["recipients"], mine["counts"]) == (["EE"], {"hits": 1})
    assert len(mine["records"]) == 1
    assert world["pl"].last_audit.event == "audit reported"
    assert "disclosure: answered" in shell(*log, "audit", "report", "--member", "ee")


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--case", "EE-7"), 1),
        (("--member", "lv"), 1),
        (("--person", "nobody"), 0),
        (("--since", "2099-01-01"), 0),
        (("--until", "2020-01-01"), 0),
        (("--operation", "collection"), 1),
    ],
)
def test_a_report_is_about_what_was_asked_for(
    log: tuple[str, Path], shell: Shell, options: tuple[str, ...], count: int
) -> None:
    assert len(shell.json(*log, "audit", "report", *options)) == count


def test_a_report_goes_from_the_first_moment_of_a_day_to_its_last(
    log: tuple[str, Path], world: World, shell: Shell
) -> None:
    today = f"{world.clock():%Y-%m-%d}"

    found = shell.json(*log, "audit", "report", "--since", today, "--until", today)

    assert "disclosure" in {one["operation"] for one in found}


def test_a_report_of_one_record_names_everybody_who_saw_it(
    log: tuple[str, Path], shell: Shell
) -> None:
    (kept,) = shell.json(*log, "audit", "report", "--operation", "collection")

    found = shell.json(*log, "audit", "report", "--record", kept["records"][0])

    assert [one["peer"] for one in found if one["operation"] == "disclosure"] == ["EE", "LV"]


def test_a_table_is_safe_for_spreadsheets(
    log: tuple[str, Path], shell: Shell, tmp_path: Path
) -> None:
    out = tmp_path / "report.csv"

    shell(*log, "audit", "report", "--operation", "disclosure", "--csv", out)

    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [row["case_reference"] for row in rows] == ["EE-7", "'=1+1"]
    assert rows[0]["counts"] == "hits: 1"
    assert list(tmp_path.iterdir()) == [out]


@given(st.text(st.sampled_from("=+-@＝＋－＠;,| \t\r\na1'\"")) | st.text())
def test_no_part_of_a_text_becomes_a_formula_whatever_separates_cells(text: str) -> None:
    for separator in (";", ",", "|", "\t", "\n", "\r"):
        for cell in safe(text).split(separator):
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_a_text_without_a_formula_stays_as_it_is() -> None:
    assert safe("EE-2026/17 a+b, c") == "EE-2026/17 a+b, c"
    assert safe(["LV", "=1+1"]) == "LV; '=1+1"
    assert safe({"a": -1}) == "a: -1"


def test_only_an_auditor_reads_the_log_and_accepts_one(world: World, shell: Shell) -> None:
    home = "-n", world["ee"].home.path

    shell(*home, "audit", "report", code=2)
    assert "auditor" in shell.err


def test_a_log_is_accepted_with_a_reason(log: tuple[str, Path], world: World, shell: Shell) -> None:
    shell(*log, "audit", "accept", "ee", "--reason", "restored after a fire")

    assert (world["pl"].last_audit.event, world["pl"].last_audit.peer) == ("log accepted", "EE")
    assert world["pl"].last_audit.reason == "restored after a fire"


def test_a_log_of_nobody_is_a_slip_of_whoever_typed_it(
    log: tuple[str, Path], world: World, shell: Shell
) -> None:
    shell(*log, "audit", "accept", "XX", "--reason", "restored after a fire", code=2)

    assert "no member XX; members are EE, LV, PL" in shell.err
    assert world["pl"].last_audit.event != "log accepted"
