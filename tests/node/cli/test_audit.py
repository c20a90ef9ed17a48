"""`amber audit report` and `accept`: what Art. 25 asks for, as words, JSON and a table."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Entity, Marking, PersonId
from node import store
from node.audit import Entry, Operation
from node.cli.audit import safe
from node.people import Role
from node.records import Draft
from tests.shell import Shell
from tests.world import World


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
        (("--member", "ee", "--case", "CASE-1"), 0),
        (("--since", "2099-01-01"), 0),
        (("--until", "2020-01-01"), 0),
        (("--operation", "collection"), 1),
    ],
)
def test_a_report_is_about_what_was_asked_for(
    log: tuple[str, Path], shell: Shell, options: tuple[str, ...], count: int
) -> None:
    assert len(shell.json(*log, "audit", "report", *options)) == count


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--person", "nobody"), "this person (--person): no entry is of anybody"),
        (("--member", "FR"), "this member (--member): members are EE, LV, PL"),
        (("--record", "P-9"), "this record (--record): name it by its id at its source"),
        (("--since", "2026-02-01", "--until", "2026-01-31"), "--since is a later day"),
    ],
)
def test_what_a_report_cannot_be_about_is_an_error_that_says_so(
    log: tuple[str, Path], shell: Shell, options: tuple[str, ...], words: str
) -> None:
    shell(*log, "audit", "report", *options, code=2)

    assert words in shell.err


def test_books_are_compared_forward_in_time_alone(log: tuple[str, Path], shell: Shell) -> None:
    days = ("--since", "2026-02-01", "--until", "2026-01-31")

    shell(*log, "audit", "reconcile", "--with", "EE", *days, code=2)

    assert "--since is a later day" in shell.err


def test_who_did_something_reads_as_that_and_not_as_whom_it_was_about(
    log: tuple[str, Path], shell: Shell
) -> None:
    shell(*log, "people", "add", "jan", "--role", "analyst")
    words = shell(*log, "audit", "report", "--operation", "administration")

    assert "person added  by first (administrator, analyst)  a certificate as analyst" in words


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

    for name in (kept["records"][0], "P-1", "tests/P-1"):
        found = shell.json(*log, "audit", "report", "--record", name)

        assert [one["peer"] for one in found if one["operation"] == "disclosure"] == ["EE", "LV"]


def test_of_records_of_several_sources_with_one_id_one_is_to_be_named(
    log: tuple[str, Path], world: World, shell: Shell
) -> None:
    other = Draft(Entity("P-1", "Person", {"name": ("Jan Zielony",)}), Marking(), "lists/eu")
    world["pl"].keeps(other)

    shell(*log, "audit", "report", "--record", "P-1", code=2)
    assert "SOURCE/ID, of lists/eu, tests" in shell.err
    found = shell.json(*log, "audit", "report", "--record", "lists/eu/P-1")

    assert [one["event"] for one in found] == ["stored"]


def test_what_only_the_log_knows_is_reported_too(
    log: tuple[str, Path], world: World, shell: Shell
) -> None:
    shown = Entry(
        operation=Operation.CONSULTATION, event="alerts shown", peer="FR", records=("A-1",)
    )
    with world["pl"].up.store.write() as tx:
        store.audit.append(tx, shown)

    for options in (("--record", "A-1"), ("--member", "FR")):
        assert len(shell.json(*log, "audit", "report", *options)) == 1


def test_a_report_has_one_form(log: tuple[str, Path], shell: Shell, tmp_path: Path) -> None:
    shell(*log, "audit", "report", "--csv", tmp_path / "report.csv", "--json", code=2)

    assert "ask for one" in shell.err


def test_a_table_is_safe_for_spreadsheets(
    log: tuple[str, Path], shell: Shell, tmp_path: Path
) -> None:
    out = tmp_path / "report.csv"

    shell(*log, "audit", "report", "--operation", "disclosure", "--csv", out)

    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [row["case_reference"] for row in rows] == ["EE-7", "'=1+1"]
    assert rows[0]["counts"] == "hits: 1"
    assert list(tmp_path.iterdir()) == [out]


@pytest.fixture
def _ordinary_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_ordinary_umask")
def test_a_table_is_its_owners_alone_from_its_first_byte_and_gone_after_a_fault(
    log: tuple[str, Path], shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, modes = tmp_path / "report.csv", list[int]()

    def broken(_: object) -> str:
        modes.extend(path.stat().st_mode & 0o777 for path in tmp_path.iterdir())
        raise OSError(28, "No space left on device", str(out))

    with monkeypatch.context() as full:
        full.setattr("node.cli.audit.safe", broken)
        shell(*log, "audit", "report", "--csv", out, code=1)
    assert (modes, list(tmp_path.iterdir())) == ([0o600], [])

    shell(*log, "audit", "report", "--csv", out)

    assert out.stat().st_mode & 0o777 == 0o600


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
