"""`amber charter`: proposed, shown in plain words, signed, withdrawn; the past is marked."""

from dataclasses import replace
from pathlib import Path

import pytest

from federation import charter
from federation.charter import Kind
from federation.messages import MemberId
from tests.shell import Shell
from tests.world import World, eventually

PL = MemberId("PL")


def at(world: World, member: str) -> tuple[str, Path]:
    return "-n", world[member].home.path


def proposed(world: World, shell: Shell, *options: object) -> str:
    """What EE proposes, once LV has heard of it."""
    (made,) = shell.json(*at(world, "ee"), "charter", "propose", *options)
    id: str = made["id"]
    eventually(lambda: id in shell(*at(world, "lv"), "charter", "proposals"))
    return id


def in_force(world: World, version: int) -> None:
    """Wait until a charter is, with everybody; the file follows what a node holds."""
    eventually(
        lambda: {place.home.charter().version for place in world.places.values()} == {version}
    )


def test_a_suspension_is_proposed_read_and_signed_and_marks_what_came_before(
    world: World, shell: Shell
) -> None:
    world["pl"].holds("Viktor Lesnikov", birthDate="1979-02-01")
    watch = world["ee"].watches("Viktor Lesnikov")
    eventually(lambda: len(world["ee"].alerts) == 1)
    ee, lv = at(world, "ee"), at(world, "lv")
    id = proposed(world, shell, "--suspend", "pl", "--reason", "an inquiry")

    words = shell(*lv, "charter", "proposals")
    assert "PL: active -> suspended" in words
    assert "proposed by EE" in words
    assert "an inquiry" in words
    assert "signed: EE; not signed: LV, PL" in words
    assert "1 proposals are open" in shell(*lv, "status")
    shell(*lv, "charter", "sign", id[:5])
    eventually(lambda: world["ee"].up.in_force().version == 3)

    (state,) = {one["state"] for one in shell.json(*ee, "charter", "proposals", "--all")}
    assert state == "adopted"
    rows = {one["member"]: one for one in shell.json(*ee, "charter", "show")}
    assert (rows["PL"]["standing"], rows["PL"]["vote"], rows["EE"]["threshold"]) == (
        "suspended",
        False,
        2,
    )
    assert "SUSPENDED" in shell(*ee, "charter", "show")
    (alert,) = shell.json(*ee, "alerts")
    assert (alert["member"], alert["member_standing"]) == ("PL", "suspended")
    assert "PL (suspended)" in shell(*ee, "alerts")
    assert "PL (suspended)" in shell(*ee, "watch", "list")
    assert "mail PL (suspended): " in shell(*ee, "status")
    (listed,) = shell.json(*ee, "watch", "list")
    assert listed["watch"] == watch
    standings = {one["member"]: one["member_standing"] for one in listed["members"]}
    assert standings == {"EE": "active", "LV": "active", "PL": "suspended"}
    status = shell.json(*ee, "status")[0]
    lanes = {one["member"]: one["member_standing"] for one in status["lanes"]}
    assert lanes == {"LV": "active", "PL": "suspended"}
    assert status["charter"]["way"] in {"told", "gathered"}
    shell(
        *ee, "show", "PL", alert["reference"], "--case", "C", "--purpose", "investigation", code=2
    )
    assert "PL (suspended)" in shell.err


def test_a_proposal_is_withdrawn_only_by_its_proposer(world: World, shell: Shell) -> None:
    id = proposed(world, shell, "--threshold", 3)

    shell(*at(world, "lv"), "charter", "withdraw", id, code=2)
    assert "a proposal of EE" in shell.err
    shell(*at(world, "ee"), "charter", "withdraw", id)

    assert shell(*at(world, "ee"), "charter", "proposals") == ""
    eventually(lambda: id not in shell(*at(world, "lv"), "charter", "proposals"))


def test_groups_observers_and_rules_are_proposed_together(
    world: World, shell: Shell, tmp_path: Path
) -> None:
    other = tmp_path / "UN"
    address = ("--address", "127.0.0.1:9400")
    shell("init", other, "--member", "UN", "--name", "U", *address, "--kind", "observer")
    card = tmp_path / "un.json"
    card.write_text(shell("-n", other, "charter", "card"))
    heard = shell("-n", other, "charter", "card", "--fingerprint").strip()
    ee = at(world, "ee")
    shell(*ee, "charter", "propose", "--add", card, code=2)
    shell(*ee, "charter", "propose", "--add", card, "--fingerprint", heard[:-1], code=2)
    assert "not that of this card" in shell.err

    said = ("--observer", "UN=drugs,firearms", "--group", "baltic=EE,LV", "--lead", "LV")
    rules = ("--life-days", 20, "--add", card, "--fingerprint", heard.lower())
    id = proposed(world, shell, *said, *rules)
    shell(*at(world, "lv"), "charter", "sign", id)
    in_force(world, 3)

    rows = {one["member"]: one for one in shell.json(*ee, "charter", "show")}
    assert rows["UN"]["topics"] == ["drugs", "firearms"]
    assert (rows["UN"]["vote"], rows["UN"]["life_days"]) == (False, 20)
    assert (rows["LV"]["groups"], rows["LV"]["leads"]) == (["baltic"], ["baltic"])
    words = shell(*ee, "charter", "show")
    assert "group baltic: EE, LV, led by LV" in words
    assert "2 of 3 sign" in words

    document = tmp_path / "charter.json"
    document.write_bytes(world["lv"].home.document())
    shell("-n", other, "charter", "adopt", document, code=2)
    assert "--fingerprint" in shell.err
    read = rows["UN"]["charter_fingerprint"]
    shell("-n", other, "charter", "adopt", document, "--fingerprint", read)
    assert shell.json("-n", other, "charter", "show")[0]["version"] == 3


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--reason", "none"),
        ("--lead", "LV"),
        ("--group", "baltic"),
        ("--suspend", "XX"),
        ("--life-days", 0),
        ("--out", "draft.json"),
        ("--observer", "LV=drugs"),
    ],
)
def test_a_proposal_that_says_nothing_or_nonsense_is_told_so(
    world: World, shell: Shell, options: tuple[object, ...]
) -> None:
    shell(*at(world, "ee"), "charter", "propose", *options, code=2)

    assert shell(*at(world, "ee"), "charter", "proposals", "--all") == ""


@pytest.mark.parametrize(
    "options",
    [
        ("--threshold", 0),
        ("--life-days", 20),
        ("--group", "baltic=EE"),
        ("--withdraw-member", "PL"),
        ("--own",),
        ("--reason", "the beginning"),
    ],
)
def test_founding_leaves_out_nothing_that_was_asked_for(
    world: World, shell: Shell, tmp_path: Path, options: tuple[object, ...]
) -> None:
    card, out = tmp_path / "lv.json", tmp_path / "draft.json"
    card.write_text(world["lv"].home.card())

    shell(*at(world, "ee"), "charter", "propose", card, "--out", out, *options, code=2)

    assert str(options[0]) in shell.err
    assert not out.exists()


@pytest.mark.parametrize("is_running", [True, False])
def test_our_own_address_is_taken_from_the_settings_as_they_are_now(
    world: World, shell: Shell, is_running: bool
) -> None:
    place = world["ee"]
    file = place.home.path / "amber.toml"
    file.write_text(file.read_text().replace('name = "EE"', 'name = "Police of Estonia"'))
    if not is_running:
        place.stop()

    said = shell(*at(world, "ee"), "charter", "propose", "--own", "--reason", "our name")

    assert "EE: name: EE -> Police of Estonia" in said


def test_a_draft_of_somebody_else_does_not_act_on_the_terminal_that_shows_it(
    world: World, shell: Shell, tmp_path: Path
) -> None:
    held, draft = world["ee"].home.charter(), tmp_path / "draft.json"
    seen = replace(held.member(PL), kind=Kind.OBSERVER, topics=frozenset({"drugs"}))
    members = {**held.members, PL: seen}
    document = charter.written(replace(held, members=members, threshold=2))
    draft.write_bytes(document.replace(b'"drugs"', b'"drugs\\u001b[2J"'))

    said = shell("charter", "read", draft, code=5)

    assert "topics of PL holds characters" in shell.err
    assert "\x1b" not in said + shell.err


def test_our_own_line_stays_that_of_this_member(world: World, shell: Shell) -> None:
    file = world["ee"].home.path / "amber.toml"
    before = file.read_text()
    file.write_text(before.replace('id = "EE"', 'id = "FI"'))

    shell(*at(world, "ee"), "charter", "propose", "--own", code=2)

    file.write_text(before)
    assert shell(*at(world, "ee"), "charter", "proposals", "--all") == ""


def test_a_charter_is_written_out_whole(world: World, shell: Shell) -> None:
    said = shell(*at(world, "ee"), "charter", "show", "--document")

    assert said.encode() == world["ee"].home.document()
