"""Directive (EU) 2016/680 Art. 25: each operation, done by the product, and its reported row."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from federation.messages import PersonId
from node import config, store
from node.audit import Operation
from node.people import MAY, Role
from tests.node.cli.test_activity import plan
from tests.shell import Shell
from tests.world import World, eventually, federation

WHY = ("--case", "EE-7", "--purpose", "investigation")
ANNA = {"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}
OTHER = {"id": "P-2", "kind": "person", "names": ["Viktor Lesnikov"]}
#: The six operations that the article names.
SIX = tuple(Operation)[:6]
PEOPLE = {"ee": "ann", "lv": "liv"}


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia and Latvia, who forget questions and mail after a day."""
    short = config.Retention(question_days=1, mail_days=1)
    with federation(
        "EE", "LV", settings=lambda one: msgspec.structs.replace(one, retention=short)
    ) as running:
        for member, analyst in PEOPLE.items():
            running[member].home.issue(PersonId(analyst), [Role.ANALYST])
            running[member].home.issue(PersonId("ada"), [Role.AUDITOR])
        yield running


def _as(world: World, member: str, person: str = "") -> tuple[object, ...]:
    return "-n", world[member].home.path, "--as", person or PEOPLE[member]


def _loads(world: World, shell: Shell, file: Path, *rows: dict[str, Any], share: str) -> None:
    """Latvia loads the whole of its list."""
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    options = ("--format", "simple", "--source", "cases", "--edition", "--handling", "H1")
    shell(*_as(world, "lv"), "load", file, *options, "--share", share, "--to", "ALL")


def _everything(world: World, shell: Shell, folder: Path) -> None:
    """Each operation once, by the verbs of an analyst, and what the nodes do by themselves."""
    ee, lv, file = _as(world, "ee"), _as(world, "lv"), folder / "cases.jsonl"
    _loads(world, shell, file, ANNA, OTHER, share="full")
    _loads(world, shell, file, ANNA | {"dob": "1980-01-02"}, share="full")
    (anna,) = shell.json(*lv, "search", "Anna Nowak", "--to", "lv", *WHY)[0]["hits"]
    with world["lv"].up.store.view() as view:
        record = store.records.by_source(view, "cases", ["P-1"])["P-1"].record.id
    shell(*lv, "remark", record, "--tell", "openly")
    assert anna["record"] == "P-1"

    (found,) = shell.json(*ee, "search", "Anna Nowak", "--to", "lv", *WHY)
    shell(*ee, "show", "LV", found["hits"][0]["ref"], *WHY)
    shell(*ee, "watch", "add", "Anna Nowak", *WHY)
    eventually(lambda: shell.json(*ee, "alerts"))
    shell(*lv, "alerts", "--touched")
    what = ("--target", "Anna Nowak", "--at", "59.44,24.76")
    (activity,) = shell.json(*ee, "activity", "add", *what, *plan(world))
    shell(*lv, "activity", "add", *what, "--to", "ee", *plan(world))
    eventually(lambda: any(one["meetings"] for one in shell.json(*ee, "activity", "list")))
    shell(*ee, "activity", "remove", activity["activity"])

    _loads(world, shell, file, ANNA, share="hidden")
    eventually(lambda: shell.json(*ee, "alerts")[0]["recalled"])
    world.clock.turn(days=3)
    for member in PEOPLE:
        world[member].desk.administration.erase_overdue()


#: Member, operation, event; who did it, for whom, and whether case and purpose are known.
EXPECTED = [
    ("lv", "collection", "stored", "liv", (), False),
    ("lv", "collection", "loaded", "liv", (), False),
    ("lv", "alteration", "updated", "liv", (), False),
    ("lv", "alteration", "remarked", "liv", (), False),
    ("lv", "erasure", "withdrawn", "liv", (), False),
    ("lv", "consultation", "answered", "liv", ("LV",), True),
    ("ee", "consultation", "asked", "ann", ("LV",), True),
    ("ee", "combination", "gathered", "ann", ("LV",), True),
    ("lv", "disclosure", "answered", "ann", ("EE",), True),
    ("lv", "disclosure", "alerted", "ann", ("EE",), True),
    ("lv", "disclosure", "alert recalled", "ann", ("EE",), True),
    ("ee", "collection", "alert received", "ann", (), True),
    ("ee", "consultation", "alerts shown", "ann", (), True),
    ("ee", "erasure", "alert taken back", "ann", (), True),
    ("ee", "consultation", "watch made", "ann", ("EE", "LV"), True),
    ("lv", "consultation", "touches shown", "liv", (), False),
    ("ee", "collection", "activity planned", "ann", ("EE", "LV"), True),
    ("ee", "combination", "activity probed", "ann", (), True),
    ("ee", "combination", "activities meet", "ann", (), True),
    ("ee", "disclosure", "contact point told", "ann", ("LV",), True),
    ("ee", "consultation", "activities shown", "ann", (), False),
    ("ee", "erasure", "activity removed", "ann", (), True),
    ("lv", "erasure", "questions erased", "", (), False),
    ("lv", "erasure", "notices erased", "", (), False),
]


def test_each_operation_leaves_a_row_with_reason_time_person_and_recipient(
    world: World, shell: Shell, tmp_path: Path
) -> None:
    _everything(world, shell, tmp_path)

    report = {one: shell.json(*_as(world, one, "ada"), "audit", "report") for one in PEOPLE}

    for member, operation, event, person, recipients, has_case in EXPECTED:
        rows = [
            row
            for row in report[member]
            if (row["operation"], row["event"], row["person"]) == (operation, event, person)
        ]
        assert rows, (member, operation, event, person)
        assert all(tuple(row["recipients"]) == recipients for row in rows), rows
        why = ("EE-7", "investigation") if has_case else None
        known = [(row["case_reference"], row["purpose"]) for row in rows]
        assert why is None or set(known) <= {why, ("C-1", "investigation")}, rows
    for row in (row for rows in report.values() for row in rows if row["operation"] in SIX):
        assert row["at"], row
        assert row["reason"] or (row["case_reference"] and row["purpose"]), row
        assert row["person"] or row["operation"] not in ("consultation", "disclosure"), row
        assert row["recipients"] or row["operation"] != "disclosure", row
    _check_reports_about(world, shell, report["lv"], tmp_path)


def _check_reports_about(
    world: World, shell: Shell, every: list[dict[str, Any]], folder: Path
) -> None:
    """The same rows for a person, a record, a member and a time, and as a table."""
    auditor, out = (*_as(world, "lv", "ada"), "audit", "report"), folder / "report.csv"
    (record,) = next(row["records"] for row in every if row["event"] == "remarked")
    last = f"{world.clock() - timedelta(days=2):%Y-%m-%d}"
    about = {
        ("--person", "ann"): [row for row in every if row["person"] == "ann"],
        ("--member", "EE"): [row for row in every if "EE" in (row["peer"], *row["recipients"])],
        ("--record", record): [row for row in every if record in row["records"]],
        ("--until", last): [row for row in every if row["at"][:10] <= last],
    }
    for options, rows in about.items():
        found = shell.json(*auditor, *options)
        reported = [row for row in found if row["seq"] <= every[-1]["seq"]]
        assert [row["seq"] for row in reported] == [row["seq"] for row in rows], options
    of_record = {row["operation"] for row in about["--record", record]}
    assert {"collection", "alteration", "consultation", "disclosure"} <= of_record

    shell(*auditor, "--csv", out)
    table = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [row["event"] for row in table][: len(every)] == [row["event"] for row in every]


#: Everything that an auditor may do; nothing of it shows or changes a record.
AUDITORS = {
    "GetStatus",
    "VerifyAudit",
    "ReportAudit",
    "ReconcileAudit",
    "ListMail",
    "FollowAlarms",
    "GetMetrics",
    "ListProposals",
    "ShowKeys",
}


def test_an_auditor_can_do_nothing_else() -> None:
    assert {call for call, roles in MAY.items() if Role.AUDITOR in roles} == AUDITORS
