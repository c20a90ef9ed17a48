"""The verbs in one process, on homes that rest and a world that runs."""

import json
import sqlite3
from pathlib import Path

import pytest

from federation.messages import Marking
from tests.shell import Shell
from tests.world import World


def test_a_home_is_made_with_every_setting(home: Path) -> None:
    assert 'id = "EE"' in (home / "amber.toml").read_text()


@pytest.mark.parametrize("address", ["here", "here:", ":7400", "here:port"])
def test_an_address_has_a_host_and_a_port(shell: Shell, tmp_path: Path, address: str) -> None:
    options = ("--member", "EE", "--name", "E", "--address", address)

    shell("init", tmp_path / "EE", *options, code=2)

    assert "HOST:PORT" in shell.err
    assert not (tmp_path / "EE").exists()


@pytest.mark.parametrize(
    ("member", "port", "words"),
    [("F", "7400", "2 to 16 letters and digits"), ("FI", "99999", "the port is 1 to 65472")],
)
def test_a_home_that_cannot_be_says_what_to_change(
    shell: Shell, tmp_path: Path, member: str, port: str, words: str
) -> None:
    options = ("--member", member, "--name", "F", "--address", f"127.0.0.1:{port}")

    shell("init", tmp_path / "FI", *options, code=2)

    assert words in shell.err
    assert not (tmp_path / "FI").exists()


def test_a_member_is_typed_in_any_case(shell: Shell, tmp_path: Path) -> None:
    options = ("--member", "fi", "--name", "F", "--address", "127.0.0.1:7400")

    shell("init", tmp_path / "FI", *options)

    assert 'id = "FI"' in (tmp_path / "FI" / "amber.toml").read_text()


def test_a_charter_goes_from_card_to_force(shell: Shell, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "LV"
    shell("init", other, "--member", "LV", "--name", "Latvia", "--address", "127.0.0.1:7500")
    card, draft = tmp_path / "lv.json", tmp_path / "charter.json"
    card.write_text(shell("-n", other, "charter", "card"))

    shell("-n", home, "charter", "propose", card, "--out", draft)
    assert "LV" in (unsigned := shell("-n", home, "charter", "read", draft))
    assert "not signed" in unsigned
    shell("-n", home, "charter", "adopt", draft, code=5)
    shell("-n", other, "charter", "sign", draft)
    for one in (home, other):
        shell("-n", one, "charter", "adopt", draft)

    rows = shell.json("-n", home, "charter", "show")
    assert [(row["member"], row["number"], row["version"]) for row in rows] == [
        ("EE", 1, 2),
        ("LV", 2, 2),
    ]
    assert "127.0.0.1:7500" in shell("-n", other, "charter", "show")


def test_a_person_is_added_by_an_administrator_alone(shell: Shell, home: Path) -> None:
    (issued,) = shell.json("-n", home, "people", "add", "a.tamm", "--role", "auditor")

    assert Path(issued["certificate"]).exists()
    assert Path(issued["key"]).stat().st_mode & 0o77 == 0
    shell("-n", home, "--as", "a.tamm", "people", "add", "b", "--role", "analyst", code=3)
    assert shell.err == (
        "amber: This request was refused. It needs the role administrator; a.tamm has auditor.\n"
    )
    shell("-n", home, "--as", "nobody", "people", "add", "b", "--role", "analyst", code=2)


def test_the_log_is_proven_in_words_and_in_json(shell: Shell, home: Path) -> None:
    assert "whole" in shell("-n", home, "audit", "verify")
    assert shell.json("-n", home, "audit", "verify")[0]["whole"]


def test_a_broken_log_ends_with_a_trust_failure(shell: Shell, home: Path) -> None:
    with sqlite3.connect(home / "amber.db") as connection:
        connection.execute("DELETE FROM audit WHERE seq = 1")
    connection.close()

    assert "Broken at entry 1" in shell("-n", home, "audit", "verify", code=5)


def test_records_are_reindexed_without_a_running_node(
    shell: Shell, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    shell("-n", home, "load", file, "--format", "simple")

    assert shell("-n", home, "reindex") == "reindexed 0\n"
    assert shell.json("-n", home, "reindex", "--all") == [{"reindexed": 1}]


def test_a_grade_or_member_that_is_none_is_refused(
    shell: Shell, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    load = ("-n", home, "load", file, "--format", "simple")

    shell(*load, "--grade", "europol-4x4:Z9", code=2)
    assert "europol-4x4:[ABCX][1234]" in shell.err
    shell(*load, "--to", "everybody!", code=2)
    shell(*load, "--handling", "H3", code=2)


def test_a_search_needs_a_running_node(shell: Shell, home: Path) -> None:
    why = ("--case", "C-1", "--purpose", "investigation")

    shell("-n", home, "search", "Anna Nowak", *why, code=1)

    assert "amber serve" in shell.err


def test_a_search_is_shown_in_words_with_its_reasons(shell: Shell, world: World) -> None:
    world["pl"].holds("Anna Nowak", birthDate="1980")
    world["lv"].stop()
    why = ("--case", "C-1", "--purpose", "investigation", "--birth-date", "1980")

    said = shell("-n", world["ee"].home.path, "search", "Anna Nowak", *why, code=4)

    assert "Anna Nowak" in said
    assert "birth" in said
    assert "LV: unreachable" in shell.err


def test_no_hit_and_no_answer_do_not_look_alike(shell: Shell, world: World) -> None:
    search = ("-n", world["ee"].home.path, "search", "Anna Nowak", "--case", "C-1")
    why = ("--purpose", "investigation")

    everybody = shell(*search, *why)
    world["lv"].stop()
    some = shell(*search, *why, code=4)

    assert everybody == "No hit.\n"
    assert some == "No hit from those who answered.\n"


def test_a_hit_is_shown_again(shell: Shell, world: World) -> None:
    world["pl"].holds("Anna Nowak", share="core")
    why = ("--case", "C-1", "--purpose", "investigation")
    home = world["ee"].home.path
    (found,) = shell.json("-n", home, "search", "Anna Nowak", *why)

    show = ("-n", home, "show", "PL")
    said = shell(*show, found["hits"][0]["ref"], *why)
    (shown,) = shell.json(*show, found["hits"][0]["ref"], *why)

    assert "Anna Nowak" in said
    assert "name: Anna Nowak" in said
    assert "HANDLING H0" in said
    assert (shown["score"], shown["strong"]) == (None, None)
    assert shown["marking"]["handling"] == ["H0"]


def test_a_hit_that_is_not_there_any_more_is_nothing_known(shell: Shell, world: World) -> None:
    id = world["pl"].holds("Anna Nowak")
    why = ("--case", "C-1", "--purpose", "investigation")
    home = world["ee"].home.path
    (found,) = shell.json("-n", home, "search", "Anna Nowak", *why)
    world["pl"].withdraws(id)

    for reference in (found["hits"][0]["ref"], "no-such-reference"):
        assert shell("-n", home, "show", "pl", reference, *why, code=1) == ""
        assert shell.err.startswith("amber: Nothing is known under this reference. PL ")
        assert shell.err.count("known") == 1
    world["pl"].stop()
    shell("-n", home, "show", "pl", found["hits"][0]["ref"], *why, code=4)
    assert "PL: unreachable" in shell.err


def test_hits_that_are_not_shown_are_said_of_each_member(shell: Shell, world: World) -> None:
    for number in range(7):
        world["ee"].holds("Anna Nowak", id=f"E{number}")
        world["pl"].holds("Anna Nowak", id=f"P{number}")
    world["lv"].holds("Anna Nowaka")
    why = ("--case", "C-1", "--purpose", "investigation")
    search = ("-n", world["ee"].home.path, "search", "Anna Nowak", *why)

    (found,) = shell.json(*search, "--limit", 5)

    assert "EE: 5 of 5 or more; LV: 0 of 1; PL: 0 of 5 or more shown." in shell.err
    assert "--limit" in shell.err
    said = {one["member"]: (one["hits"], one["shown"], one["more"]) for one in found["members"]}
    assert said == {"EE": (5, 5, True), "LV": (1, 0, False), "PL": (5, 0, True)}
    shell(*search, "--limit", 50)
    assert shell.err == ""


@pytest.mark.parametrize("to", ["", ",", " , "])
def test_members_that_are_none_are_not_everybody(shell: Shell, world: World, to: str) -> None:
    why = ("--case", "C-1", "--purpose", "investigation")

    shell("-n", world["ee"].home.path, "search", "Anna Nowak", "--to", to, *why, code=2)

    assert "leave it out for all" in shell.err
    assert "asked" not in [entry.event for entry in world["ee"].audit]


def test_handling_is_said_in_words(shell: Shell, world: World) -> None:
    marking = Marking(handling=frozenset({"H1", "H3"}), handling_text="ask first")
    world["pl"].holds("Anna Nowak", marking=marking, birthDate="1980")
    why = ("--case", "C-1", "--purpose", "investigation")

    said = shell("-n", world["ee"].home.path, "search", "Anna Nowak", *why)

    assert "\n  !!  HANDLING H1, H3: ask first\n      born 1980\n" in said


def test_a_nationality_is_asked_for_as_it_is_loaded(shell: Shell, world: World) -> None:
    world["pl"].holds("Anna Nowak", nationality="pl")
    search = ("-n", world["ee"].home.path, "search", "--case", "C-1", "--purpose", "investigation")

    (found,) = shell.json(*search, "Anna Nowak", "--nationality", "POL")
    shell(*search, "Anna Nowak", "--nationality", "QQQ", code=2)

    reasons = {reason["feature"] for hit in found["hits"] for reason in hit["reasons"]}
    assert "nationality" in reasons


def test_an_identifier_is_written_with_its_type(shell: Shell, world: World) -> None:
    world["pl"].holds("Zelta", kind="vessel", identifiers=[("imo", "9074729")])
    search = ("-n", world["ee"].home.path, "search", "--case", "C-1", "--purpose", "investigation")

    (found,) = shell.json(*search, "--identifier", "imo:9074729")
    shell(*search, "--identifier", "9074729", code=2)

    assert len(found["hits"]) == 1


def test_a_number_is_found_by_the_type_that_it_has_however_that_is_written(
    shell: Shell, world: World
) -> None:
    numbers = [("Passport", "QQ112233"), ("eori", "PL778899001")]
    world["pl"].holds("Anna Nowak", identifiers=numbers)
    search = ("-n", world["ee"].home.path, "search", "--case", "C-1", "--purpose", "investigation")

    for text in ("PASSPORT:QQ112233", "other:PL778899001", "EORI:PL778899001"):
        [found] = shell.json(*search, "--identifier", text)
        assert [hit["strong"] for hit in found["hits"]] == [True], text
        assert ("is no type of" in shell.err) == text.startswith("EORI")

    before = len(world["ee"].audit)
    shell(*search, "--identifier", "pasport:QQ112233", code=2)
    assert "passport, national_id" in shell.err
    assert len(world["ee"].audit) == before


def test_a_batch_needs_a_place_for_its_answers(shell: Shell, world: World, tmp_path: Path) -> None:
    batch, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    batch.write_text('{"qid": "1", "name": "Anna Nowak"}\n\n{"qid": "2", "name": "Jan Nowak"}\n')
    search = ("-n", world["ee"].home.path, "search", "--case", "C", "--purpose", "investigation")

    shell(*search, "--batch", batch, code=2)
    shell(*search, "--batch", batch, "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600

    assert [json.loads(line)["qid"] for line in out.read_text().splitlines()] == ["1", "2"]


def test_every_code_list_is_shown(shell: Shell) -> None:
    lists = {row["list"]: row["codes"] for row in shell.json("codes")}

    assert "threat-to-life" in lists["purpose"]
    assert "imo_company" in lists["identifier"]
    assert "purpose: " in shell("codes")


def test_a_status_needs_a_running_node_and_names_its_doors(shell: Shell, world: World) -> None:
    said = shell("-n", world["ee"].home.path, "status")

    assert "doors: LV" in said


def test_a_lab_names_each_member_once(shell: Shell, tmp_path: Path) -> None:
    shell("lab", "create", tmp_path / "lab", "--members", "EE,ee", code=2)
    shell("lab", "start", tmp_path / "lab", code=2)

    assert "holds no homes" in shell.err


def test_a_lab_is_made_whole_and_rests_until_it_is_started(shell: Shell, tmp_path: Path) -> None:
    lab = tmp_path / "lab"

    shell("lab", "create", lab, "--members", "EE,lv", "--port", 7400)

    rows = shell.json("lab", "status", lab)
    assert [(row["member"], row["pid"], row["page"]) for row in rows] == [
        ("EE", None, None),
        ("LV", None, None),
    ]
    assert "EE: not running" in shell("lab", "status", lab)
    shell("lab", "stop", lab)
    rows = shell.json("-n", lab / "LV", "charter", "show")
    assert [(row["member"], row["port"]) for row in rows] == [("EE", 7400), ("LV", 7464)]


def test_a_lab_keeps_quotas_when_asked_to(shell: Shell, tmp_path: Path) -> None:
    for name, options, quota in (("a", (), "= 0 "), ("b", ("--quotas",), "= 3600 ")):
        shell("lab", "create", tmp_path / name, "--members", "EE", *options)

        assert f"quota_per_hour {quota}" in (tmp_path / name / "EE" / "amber.toml").read_text()


def test_the_status_of_a_lab_names_desk_and_doors(shell: Shell, world: World) -> None:
    rows = {row["member"]: row for row in shell.json("lab", "status", world.folder)}

    assert rows["EE"]["desk"] == world["ee"].up.home.running().desk  # type: ignore[union-attr]
    assert [door["member"] for door in rows["EE"]["doors"]] == ["LV", "PL"]


def test_a_verb_says_which_node_it_needs(shell: Shell) -> None:
    shell("audit", "verify", code=2)

    assert "amber -n HOME" in shell.err
