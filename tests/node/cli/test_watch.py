"""`amber watch` and `amber alerts`: made, listed, renewed, removed; found, marked, followed."""

from pathlib import Path

import pytest

from federation.messages import PersonId, WatchId
from node.people import Role
from tests.shell import Shell
from tests.world import World, eventually

WHY = ("--case", "CASE-1", "--purpose", "investigation")


def home(world: World) -> tuple[str, Path]:
    return "-n", world["ee"].home.path


def test_a_watch_is_made_listed_renewed_and_removed(world: World, shell: Shell) -> None:
    ee = home(world)
    (made,) = shell.json(*ee, "watch", "add", "Viktor Lesnikov", "--birth-date", 1979, *WHY)
    eventually(lambda: set(world["ee"].watch_states(made["watch"]).values()) == {"registered"})

    (listed,) = shell.json(*ee, "watch", "list")
    words = shell(*ee, "watch", "list")
    until = f"{world.clock().year + 1}-01-15"
    shell(*ee, "watch", "renew", made["watch"], "--until", until)
    (renewed,) = shell.json(*ee, "watch", "list")
    shell(*ee, "watch", "remove", made["watch"])

    assert (listed["name"], listed["case_reference"]) == ("Viktor Lesnikov", "CASE-1")
    assert [one["member"] for one in listed["members"]] == ["EE", "LV", "PL"]
    (delivery,) = listed["members"][1]["deliveries"]
    assert (delivery["kind"], delivery["state"], delivery["sequence"]) == ("watch", "delivered", 1)
    assert "LV  registered" in words
    assert renewed["expires_at"] != listed["expires_at"]
    assert shell.json(*ee, "watch", "list") == []
    (over,) = shell.json(*ee, "watch", "list", "--all")
    assert over["ended_at"] > 0


def test_a_search_may_be_left_standing(world: World, shell: Shell) -> None:
    shell(*home(world), "search", "Viktor Lesnikov", "--to", "lv", "--watch", *WHY)

    (listed,) = shell.json(*home(world), "watch", "list")
    assert listed["name"] == "Viktor Lesnikov"
    assert [one["member"] for one in listed["members"]] == ["LV"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("Viktor",), "birth date"),
        (("Viktor Lesnikov", "--until", "2020-01-01"), "from now"),
        (("Viktor Lesnikov", "--to", "XX"), "XX"),
        (("Viktor Lesnikov", "--until", "2020-01-02", "--case-until", "2020-01-01"), "case"),
        (("Viktor Lesnikov", "--case-until", "2020-01-01"), "the case is over (--case-until)"),
    ],
)
def test_a_watch_that_cannot_stand_says_why_and_what_to_do(
    world: World, shell: Shell, options: tuple[str, ...], said: str
) -> None:
    shell(*home(world), "watch", "add", *options, *WHY, code=2)

    assert said in shell.err
    assert world["ee"].up.post.watching.every(is_ended=True) == []


def test_a_watch_ends_with_its_case(world: World, shell: Shell) -> None:
    day = f"{world.clock().year + 1}-01-15"

    shell(*home(world), "watch", "add", "Viktor Lesnikov", "--case-until", day, *WHY)

    assert f"until {day}" in shell(*home(world), "watch", "list")


def test_alerts_are_shown_marked_and_shown_again_from_where_one_was(
    world: World, shell: Shell
) -> None:
    world["lv"].holds("Viktor Lesnikov", birthDate="1979")
    shell(*home(world), "watch", "add", "Viktor Lesnikov", *WHY)
    eventually(lambda: world["ee"].alerts)

    (alert,) = shell.json(*home(world), "alerts")
    words = shell(*home(world), "alerts")
    shell(*home(world), "alerts", "mark", alert["alert"], "assigned", "--to", "ghost", code=2)
    assert "nobody of this name has a certificate here" in shell.err
    world["ee"].home.issue(PersonId("b.saar"), [Role.ANALYST])
    (world["ee"].home.path / "keys" / "people" / "b.saar.key").unlink()
    shell(*home(world), "alerts", "mark", alert["alert"], "assigned", "--to", "b.saar")
    (marked,) = shell.json(*home(world), "alerts", "--after", alert["change"])

    assert (alert["state"], alert["member"], alert["times"]) == ("new", "LV", 1)
    assert alert["hit"]["caption"] == "Viktor Lesnikov"
    assert alert["hit"]["reasons"]
    assert "strong  LV  Viktor Lesnikov" in words
    assert f"      watch {alert['watch']}  seeks Viktor Lesnikov\n" in words
    assert "born 1979" in words
    assert alert["seeks"] == {
        "name": "Viktor Lesnikov",
        "birth_date": "",
        "nationality": "",
        "identifiers": [],
        "kind": "",
    }
    assert (marked["state"], marked["assignee"]) == ("assigned", "b.saar")
    shell(*home(world), "alerts", "mark", "nothing", "seen", code=1)
    shell(*home(world), "alerts", "mark", alert["alert"], "new", code=2)


def test_an_alert_that_was_taken_back_shows_what_was_sought_and_nothing_that_was_found(
    world: World, shell: Shell
) -> None:
    id = world["lv"].holds("Viktor Lesnikovs", passportNumber="AB123456")
    number = ("--identifier", "passport:AB123456")
    shell(*home(world), "watch", "add", "Viktor Lesnikov", *number, *WHY)
    eventually(lambda: world["ee"].alerts)

    world["lv"].withdraws(id)
    eventually(lambda: world["ee"].alerts[0].alert.recalled)

    (alert,) = shell.json(*home(world), "alerts")
    assert (alert["hit"], alert["recalled"]) == (None, "withdrawn")
    words = shell(*home(world), "alerts")
    assert "LV took it back: withdrawn" in words
    assert f"watch {alert['watch']}  seeks Viktor Lesnikov passport:AB123456\n" in words
    assert "Lesnikovs" not in words


def test_status_shows_how_the_mail_of_each_member_stands(world: World, shell: Shell) -> None:
    world["lv"].stop()
    shell(*home(world), "watch", "add", "Viktor Lesnikov", *WHY)
    eventually(lambda: set(world["ee"].watch_states(_watch(world)).values()) >= {"waiting"})

    (status,) = shell.json(*home(world), "status")

    lanes = {lane["member"]: lane for lane in status["lanes"]}
    assert lanes["LV"]["waiting"] == 1
    assert lanes["PL"]["received"] >= 0
    world["lv"].start()
    eventually(lambda: set(world["ee"].watch_states(_watch(world)).values()) == {"registered"})
    (status,) = shell.json(*home(world), "status")
    assert {lane["waiting"] for lane in status["lanes"]} == {0}


def _watch(world: World) -> WatchId:
    return world["ee"].up.post.watching.every()[0].watch.id


def test_every_notice_is_shown_with_how_its_delivery_stands(world: World, shell: Shell) -> None:
    shell(*home(world), "watch", "add", "Viktor Lesnikov", "--to", "lv,pl", *WHY)
    eventually(lambda: set(world["ee"].watch_states(_watch(world)).values()) == {"registered"})
    world["pl"].stop()
    shell(*home(world), "watch", "remove", _watch(world))
    eventually(lambda: shell.json(*home(world), "mail", "--to", "lv")[-1]["state"] == "delivered")

    every = [(one["member"], one["kind"]) for one in shell.json(*home(world), "mail")]
    waiting = shell.json(*home(world), "mail", "--state", "waiting")

    assert every == [(to, kind) for to in ("LV", "PL") for kind in ("watch", "watchend")]
    assert [(one["member"], one["kind"], one["sequence"]) for one in waiting] == [
        ("PL", "watchend", 2)
    ]
    assert "PL  2  watchend  waiting" in shell(*home(world), "mail")


def test_an_alert_of_an_urgent_watch_comes_first_in_rank(world: World, shell: Shell) -> None:
    world["lv"].holds("Viktor Lesnikov")
    world["lv"].holds("Anna Nowak")
    shell(*home(world), "watch", "add", "Anna Nowak", *WHY)
    shell(*home(world), "watch", "add", "Viktor Lesnikov", "--urgent", *WHY)
    eventually(lambda: len(world["ee"].alerts) == 2)

    ranks = {one["hit"]["caption"]: one["priority"] for one in shell.json(*home(world), "alerts")}
    shell(*home(world), "alerts", "mark", world["ee"].alerts[0].alert.id, "false")

    assert ranks == {"Anna Nowak": "high", "Viktor Lesnikov": "urgent"}
    assert len(shell.json(*home(world), "alerts", "--open")) == 1


def test_mail_to_nobody_is_said_to_be_that(world: World, shell: Shell) -> None:
    shell(*home(world), "mail", "--to", "XX", code=2)
    assert "no mail to XX: members are EE, LV, PL" in shell.err

    shell(*home(world), "mail", "--to", "lv")
