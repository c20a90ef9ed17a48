"""Watches of a suspended member stand, are told nothing, and miss nothing when it is back."""

from typing import Any

from federation.charter import Standing
from federation.messages import MemberId, Share
from tests.flows.test_charter import decided, in_force
from tests.world import Place, World, eventually

PL = MemberId("PL")
NAME, BORN = "Viktor Lesnikov", "1979-02-01"


def holds(place: Place, id: str, **other: Any) -> None:
    place.holds(NAME, id=id, birthDate=BORN, **other)


def told(place: Place) -> dict[str, tuple[str, int]]:
    """What each alert of a place is about, why it was taken back, and how often it came."""
    return {
        one.hit.entity.id if one.hit and one.hit.entity else one.alert.reference: (
            one.alert.recalled,
            one.alert.times,
        )
        for one in place.alerts
    }


def alerted(place: Place) -> int:
    return sum(one.event == "alerted" for one in place.audit)


def recalls(place: Place) -> list[str]:
    return [one.ground for one in place.audit if one.event == "alert recalled"]


def test_what_happens_while_a_member_is_suspended_is_told_when_it_is_back(world: World) -> None:
    estonia, poland = world["ee"], world["pl"]
    for id in ("same", "more", "other", "gone", "hidden"):
        holds(estonia, id)
    watch = poland.watches(NAME, birth_date=BORN)
    eventually(lambda: len(told(poland)) == 5)
    before = told(poland)

    decided(world, "ee", "lv", version=3, standings={PL: Standing.SUSPENDED})
    holds(estonia, "more", nationality="lv")
    estonia.holds("Somebody Else", id="other", birthDate="1950-01-01")
    estonia.withdraws("gone")
    estonia.changes("hidden", share=Share.HIDDEN)
    holds(estonia, "new")
    holds(estonia, "secret", share="hidden")
    assert alerted(estonia) == 5
    assert estonia.up.post.matching.run_next() is False
    assert estonia.up.post.matching.tell_owed() is False
    assert told(poland) == before
    # What may no longer be known is taken back for what it is, and waits; the rest is not.
    assert sorted(recalls(estonia)) == ["changed", "marking", "withdrawn"]

    decided(world, "ee", "lv", version=4, standings={PL: Standing.ACTIVE})
    in_force(world, "pl", version=4)

    eventually(lambda: "new" in told(poland) and told(poland)["more"] == ("", 2))
    eventually(lambda: len([why for why, _ in told(poland).values() if why]) == 3)
    after = told(poland)
    assert after["same"] == ("", 1)
    assert sorted(why for why, _ in after.values() if why) == ["changed", "marking", "withdrawn"]
    assert len(after) == 6
    assert poland.watch_states(watch)["EE"] == "registered"
    assert sorted(recalls(estonia)) == ["changed", "marking", "withdrawn"]


def test_a_watch_that_was_to_run_waits_for_its_member(world: World) -> None:
    estonia, poland = world["ee"], world["pl"]
    holds(estonia, "one")
    decided(world, "ee", "lv", version=3, standings={PL: Standing.SUSPENDED})
    watch = poland.watches(NAME, birth_date=BORN, to=["ee"])
    eventually(lambda: poland.watch_states(watch) == {"EE": "waiting"})

    decided(world, "ee", "lv", version=4, standings={PL: Standing.ACTIVE})

    eventually(lambda: list(told(poland)) == ["one"])
    assert poland.watch_states(watch) == {"EE": "registered"}
