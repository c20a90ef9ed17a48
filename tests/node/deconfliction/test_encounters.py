"""Encounters with a member that says more than it may: only what both found and agreed counts."""

import pytest

from federation.errors import InvalidError
from federation.meetings import Consent, ContactPoint, Encounter, Handle, Parting
from federation.messages import MemberId, PersonId, Showing
from node.deconfliction.encounters import USUAL
from node.people import person
from node.store.meetings import Met
from tests.node.deconfliction.test_comparing import (
    LV,
    PL,
    asked_by_a_stranger_to_the_rules,
    plans,
    says,
)
from tests.world import Place, World, eventually

CONTACT = ContactPoint("Duty desk", "+371 5550100")


def meetings(place: Place) -> list[Met]:
    every = place.up.post.planning.every()
    return [met for one in every for met in one.meetings if met.contact]


def met(world: World) -> Met:
    """A meeting of Estonia and Latvia, as Estonia sees it; Latvia is then down."""
    plans(world["ee"])
    plans(world["lv"])
    eventually(lambda: meetings(world["ee"]) and meetings(world["lv"]))
    world["lv"].stop()
    return meetings(world["ee"])[0]


def test_a_meeting_that_we_did_not_find_is_not_believed(world: World) -> None:
    asked_by_a_stranger_to_the_rules(world)

    for block in range(4):
        with pytest.raises(InvalidError):
            says(world["ee"], LV, Encounter(Handle("h-1"), 0, block, Handle("h-1"), CONTACT))
    with pytest.raises(InvalidError):
        says(world["ee"], PL, Encounter(Handle("h-1"), 0, 0, Handle("h-1"), CONTACT))

    assert world["ee"].alerts == []


def test_a_contact_point_is_told_once_and_not_changed_by_saying_it_again(world: World) -> None:
    first = met(world)
    again = Encounter(first.mine, 0, 0, first.theirs, ContactPoint("Another desk", "1"))

    with pytest.raises(InvalidError, match="did not find"):
        says(world["ee"], LV, again)

    assert [one.alert.times for one in world["ee"].alerts] == [1]


def test_a_name_that_looks_like_a_place_in_an_answer_is_refused(world: World) -> None:
    first = met(world)

    with pytest.raises(InvalidError, match="no name"):
        says(world["ee"], LV, Encounter(first.mine, 0, 0, Handle("?0/1"), CONTACT))


def test_nobody_speaks_for_another_member(world: World) -> None:
    first = met(world)

    with pytest.raises(InvalidError, match="no meeting of ours"):
        says(world["ee"], PL, Consent(first.theirs, first.mine, is_agreed=True))
    says(world["ee"], PL, Parting(first.theirs, "removed"))

    assert meetings(world["ee"])[0].their_word == ""
    assert meetings(world["ee"])[0].ended_at is None


def test_what_nobody_agreed_to_see_is_not_taken(world: World) -> None:
    first = met(world)
    said = Showing(first.theirs, first.mine, kind="arrest")

    with pytest.raises(InvalidError, match="agreed to see"):
        says(world["ee"], LV, said)

    assert meetings(world["ee"])[0].shown is None


def test_that_the_other_agrees_shows_nothing_of_ours(world: World) -> None:
    first = met(world)

    says(world["ee"], LV, Consent(first.theirs, first.mine, is_agreed=True))

    assert not meetings(world["ee"])[0].has_shown
    assert "activity shown" not in [entry.event for entry in world["ee"].audit]


def test_what_is_said_of_a_meeting_that_ended_changes_nothing(world: World) -> None:
    first = met(world)
    says(world["ee"], LV, Parting(first.theirs, "expired"))

    says(world["ee"], LV, Consent(first.theirs, first.mine, is_agreed=True))
    says(world["ee"], LV, Showing(first.theirs, first.mine, kind="arrest"))

    assert (meetings(world["ee"])[0].ground, meetings(world["ee"])[0].their_word) == ("expired", "")
    assert [one.alert.recalled for one in world["ee"].alerts] == ["expired"]


def test_our_activity_is_shown_once_however_often_both_agree(world: World) -> None:
    first = met(world)
    analyst = person(PersonId("first"), ["analyst"])
    says(world["ee"], LV, Consent(first.theirs, first.mine, is_agreed=True))

    for _ in range(2):
        world["ee"].up.post.planning.answer(first.id, analyst, is_agreed=True, shows=USUAL)
        says(world["ee"], LV, Consent(first.theirs, first.mine, is_agreed=True))

    shown = [entry for entry in world["ee"].audit if entry.event == "activity shown"]
    assert [entry.recipients for entry in shown] == [(MemberId("LV"),)]
