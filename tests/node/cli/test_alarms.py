"""`alerts --alarms` and quotas at a shell: coordinators see who fished; a quota is an exit code."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from federation.charter import Standing
from federation.messages import MemberId
from node import config
from node.people import Role
from tests.flows.fisher import fish, in_order, kinds, names, walk
from tests.flows.test_charter import decided
from tests.shell import Shell
from tests.world import World, eventually, federation

EE = MemberId("EE")
WHY = ("--case", "CASE-1", "--purpose", "investigation")


def _strict(settings: config.Config) -> config.Config:
    quota = msgspec.structs.replace(settings.quota, case_per_hour=31)
    return msgspec.structs.replace(settings, quota=quota, guard=config.Guard(look_s=0.1))


@pytest.fixture
def world() -> Iterator[World]:
    """Two members, each with a coordinator and an analyst beside its first person."""
    with federation("EE", "PL", settings=_strict) as running:
        for place in running.places.values():
            place.home.issue("olga", (Role.COORDINATOR,))  # type: ignore[arg-type]
            place.home.issue("ilze", (Role.ANALYST,))  # type: ignore[arg-type]
        yield running


def test_coordinators_of_both_sides_see_who_fished_and_analysts_do_not(
    world: World, shell: Shell
) -> None:
    ee, pl = (("-n", world[name].home.path) for name in ("ee", "pl"))
    walk(world["ee"], in_order(30), to="PL")
    eventually(lambda: kinds(world["ee"]))

    [here] = shell.json(*pl, "--as", "olga", "alerts", "--alarms")
    [there] = shell.json(*ee, "--as", "olga", "alerts", "--alarms")

    said: dict[str, Any] = {"member": "EE", "person": "ilze", "told_by": "PL", "kind": "walk"}
    assert here | said == here
    looked = world["pl"].last_audit
    assert (looked.operation, looked.event) == ("consultation", "alarms shown")
    assert (looked.person, looked.role, looked.records) == ("olga", "coordinator", (here["alarm"],))
    assert there | said == there
    assert here["alarm"] == there["reference"]
    assert here["misses"] == here["questions"] >= 25
    words = shell(*ee, "--as", "olga", "alerts", "--alarms", "--open")
    assert "names in the order of the alphabet" in words
    assert "Anna" not in words
    assert "1 alarm nobody has looked at" in shell(*pl, "--as", "olga", "status")
    assert shell(*pl, "--as", "olga", "alerts") == ""
    assert "1 alarms nobody has looked at" in shell.err

    shell(*ee, "--as", "ilze", "alerts", "--alarms", code=3)
    assert "nobody has looked at" not in shell(*pl, "--as", "ilze", "status")
    shell(*pl, "--as", "ilze", "alerts", "mark", here["alarm"], "false", code=1)
    shell(*pl, "--as", "olga", "alerts", "mark", here["alarm"], "useful")
    assert shell(*pl, "--as", "olga", "alerts", "--alarms", "--open") == ""
    shell(*pl, "alerts", "--alarms", "--touched", code=2)


def test_who_asks_too_often_is_refused_by_our_own_node(world: World, shell: Shell) -> None:
    ee = ("-n", world["ee"].home.path)
    for one in names(31):
        assert world["ee"].search(one, to=["pl"]).is_complete

    shell(*ee, "search", "Anna Nowak", *WHY, code=3)

    assert "quota" in shell.err
    shell(*ee, "search", "Anna Nowak", "--case", "CASE-2", "--purpose", "investigation")


def test_a_member_that_is_over_our_quota_is_named_as_refused(world: World, shell: Shell) -> None:
    fish(world["ee"], names(31), to="PL", person="first")

    found = shell.json("-n", world["ee"].home.path, "search", "Anna Nowak", *WHY, code=4)

    [poland] = [one for one in found[0]["members"] if one["member"] == "PL"]
    assert (poland["outcome"], "quota" in poland["reason"]) == ("refused", True)


def test_an_alarm_says_how_both_members_stand(shell: Shell) -> None:
    with federation("EE", "LV", "PL", settings=_strict) as world:
        pl = ("-n", world["pl"].home.path)
        for place in world.places.values():
            place.home.issue("olga", (Role.COORDINATOR,))  # type: ignore[arg-type]
        walk(world["ee"], in_order(30), to="PL")
        eventually(lambda: kinds(world["pl"]))
        decided(world, "lv", "pl", version=3, standings={EE: Standing.SUSPENDED})

        [alarm] = shell.json(*pl, "--as", "olga", "alerts", "--alarms")
        words = shell(*pl, "--as", "olga", "alerts", "--alarms")

    assert (alarm["member_standing"], alarm["told_by_standing"]) == ("suspended", "active")
    assert "EE (suspended)  ilze" in words
    assert "at PL: " in words
