"""`amber activity`: planned, met, agreed and removed, as people see it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.shell import Shell
from tests.world import World, eventually

WHY = ("--case", "C-1", "--purpose", "investigation")
DESK = ("--contact", "Duty desk", "--phone", "+372 5550100")


def home(world: World, member: str) -> Path:
    return world[member].home.path


def plan(world: World) -> tuple[str, ...]:
    """A time that lies ahead."""
    begins = world.clock() + timedelta(days=1)
    ends = begins + timedelta(hours=4)
    times = ("--from", f"{begins:%Y-%m-%dT%H:%M}", "--until", f"{ends:%Y-%m-%dT%H:%M}")
    return ("--kind", "observation", *times, *DESK, *WHY)


def met(shell: Shell, world: World, member: str) -> dict[str, Any]:
    """What the one activity of a member meets, once it is known whom to call."""

    def told() -> dict[str, Any] | None:
        [one] = shell.json("-n", home(world, member), "activity", "list")
        return next((each for each in one["meetings"] if each["contact"]), None)

    return eventually(told) or {}


def test_two_that_meet_are_seen_agreed_on_and_removed(shell: Shell, world: World) -> None:
    what = ("--target", "Anna Nowak", "--birth-date", "1980", "--at", "59.44,24.76")
    ee, lv = home(world, "ee"), home(world, "lv")
    [made] = shell.json("-n", ee, "activity", "add", *what, *plan(world))
    shell("-n", lv, "activity", "add", *what, "--to", "ee", *plan(world))

    ours, theirs = (met(shell, world, member) for member in ("ee", "lv"))
    assert (ours["in_target"], ours["in_place"], ours["shown"]) == (True, True, None)
    assert ours["contact"]["phone"] == "+372 5550100"
    assert "meets LV in target and place" in shell("-n", ee, "activity", "show", ours["meeting"])
    assert "Duty desk" in shell("-n", ee, "alerts")

    shell("-n", ee, "activity", "agree", ours["meeting"], "--show", "kind,target")
    shell("-n", lv, "activity", "agree", theirs["meeting"])
    shown = eventually(lambda: met(shell, world, "lv")["shown"])
    assert (shown["target"]["name"], shown["place"]) == ("Anna Nowak", None)
    assert "Anna Nowak 1980" in shell("-n", lv, "activity", "show", theirs["meeting"])

    shell("-n", ee, "activity", "remove", made["activity"])
    eventually(lambda: met(shell, world, "lv")["ground"] == "removed")
    assert shell("-n", ee, "activity", "list") == ""
    assert "forgotten  removed" in shell("-n", ee, "activity", "list", "--all")


def test_one_that_does_not_agree_is_heard(shell: Shell, world: World) -> None:
    what = ("--identifier", "plate:123 ABC")
    for member in ("ee", "lv"):
        shell("-n", home(world, member), "activity", "add", *what, *plan(world))
    meeting = met(shell, world, "ee")["meeting"]

    shell("-n", home(world, "ee"), "activity", "disagree", meeting)

    eventually(lambda: met(shell, world, "lv")["their_word"] == "disagreed")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--at", "here"), "59.437,24.754"),
        (("--at", "59,east"), "59.437,24.754"),
        (("--identifier", "plate"), "TYPE:VALUE"),
        ((), "a place"),
    ],
)
def test_what_cannot_be_planned_is_said(
    shell: Shell, world: World, options: tuple[str, ...], says: str
) -> None:
    shell("-n", home(world, "ee"), "activity", "add", *options, *plan(world), code=2)

    assert says in shell.err


def test_what_is_not_known_is_said(shell: Shell, world: World) -> None:
    ee = home(world, "ee")

    shell("-n", ee, "activity", "remove", "nothing", code=1)
    shell("-n", ee, "activity", "agree", "nothing", code=1)
    shell("-n", ee, "activity", "show", "nothing", code=1)

    assert "no activity nothing" in shell.err


def test_a_contact_that_cannot_be_reached_is_said_at_once(shell: Shell, tmp_path: Path) -> None:
    times = ("--from", "2030-01-01", "--until", "2030-01-02")
    add = ("activity", "add", "--kind", "observation", *times, "--contact", "Duty desk", *WHY)

    shell("-n", tmp_path, *add, code=2)

    assert "--phone, --mail, or both" in shell.err
