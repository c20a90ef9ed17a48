"""Stories of planned activities that meet: real files, keys and TLS, three members."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from federation.errors import NotFoundError
from federation.meetings import Place
from federation.messages import Identifier, MemberId, Sought
from node import store
from node.audit import Entry
from node.deconfliction.encounters import USUAL, Part
from protos.federation.v1 import federation_pb2
from tests.flows.planned import (
    COORDINATOR,
    HARBOUR,
    LESNIKOV,
    QUAY,
    RIGA,
    answers,
    events,
    meeting,
    meetings,
    plans,
    reasons,
    settled,
    states,
)
from tests.world import World, eventually


def test_two_that_meet_in_their_target_learn_whom_to_call_and_nothing_else(world: World) -> None:
    plans(world["ee"], target=LESNIKOV)
    settled(world)

    plans(world["lv"], target=Sought(name="Виктор Лесников", birth_date="1979"), where=RIGA)

    ours, theirs = meeting(world["ee"]), meeting(world["lv"])
    settled(world)
    assert (ours.member, theirs.member) == ("LV", "EE")
    assert [(met.in_target, met.in_place) for met in (ours, theirs)] == [(True, False)] * 2
    assert reasons(world["ee"]) == [
        "a planned activity meets yours in target",
        "Duty desk LV, +372 5550100, duty@LV.example",
    ]
    assert reasons(world["lv"])[1] == "Duty desk EE, +372 5550100, duty@EE.example"
    assert (ours.shown, theirs.shown) == (None, None)
    assert (world["pl"].alerts, meetings(world["pl"])) == ([], [])


def test_two_that_meet_in_place_and_time_are_told_and_not_those_that_share_one_of_them(
    world: World,
) -> None:
    plans(world["ee"], where=HARBOUR)
    plans(world["pl"], where=QUAY, starts_in_h=72)
    plans(world["pl"], where=RIGA)
    settled(world)

    plans(world["lv"], where=QUAY, starts_in_h=30)

    ours = meeting(world["ee"])
    settled(world)
    assert (ours.member, ours.in_target, ours.in_place) == ("LV", False, True)
    assert reasons(world["lv"])[0] == "a planned activity meets yours in place and time"
    assert world["pl"].alerts == []


def test_an_address_meets_itself_however_it_is_written_and_a_number_in_any_form(
    world: World,
) -> None:
    plans(world["ee"], where=Place("Narva mnt 15, Tallinn"))
    plans(world["pl"], target=Sought(identifiers=(Identifier("plate", "123 ABC"),)))
    settled(world)

    plans(world["lv"], where=Place("Tallinn, Narva maantee 15-3"))
    plans(world["lv"], target=Sought(identifiers=(Identifier("plate", "123abc"),)))

    assert meeting(world["ee"]).in_place
    assert meeting(world["pl"]).in_target
    settled(world)
    assert {met.member for met in meetings(world["lv"])} == {"EE", "PL"}


def test_what_differs_does_not_meet(world: World) -> None:
    plans(world["ee"], target=LESNIKOV, where=HARBOUR)
    plans(world["lv"], target=Sought(name="Viktor Lesnikov", birth_date="1981"), where=RIGA)
    plans(world["pl"], target=Sought(name="Viktor Petrov"), where=HARBOUR, starts_in_h=240)

    settled(world)

    assert [place.alerts for place in world.places.values()] == [[], [], []]
    assert states(world["ee"]) == {"compared"}


def test_two_that_ask_at_the_same_time_meet_once(world: World) -> None:
    plans(world["ee"], target=LESNIKOV)
    plans(world["lv"], target=LESNIKOV)
    plans(world["pl"], target=LESNIKOV)

    eventually(lambda: [len(meetings(p)) for p in world.places.values()] == [2, 2, 2])
    settled(world)

    for place in world.places.values():
        assert len({(met.member, met.mine) for met in meetings(place)}) == 2
        assert [one.alert.times for one in place.alerts] == [1, 1]
        assert len(events(place, "activities meet")) >= 2


def test_more_is_shown_once_both_agree_and_only_what_each_chose(world: World) -> None:
    plans(world["ee"], target=LESNIKOV, where=HARBOUR)
    plans(world["lv"], target=LESNIKOV, where=RIGA)
    meeting(world["lv"])
    answers(world["ee"])
    settled(world)
    assert meeting(world["lv"]).their_word == "agreed"
    assert (meeting(world["ee"]).shown, meeting(world["lv"]).shown) == (None, None)
    assert events(world["ee"], "activity shown") == []

    answers(world["lv"], Part.TARGET)

    eventually(lambda: meeting(world["ee"]).shown and meeting(world["lv"]).shown)
    shown_here = msgspec.json.decode(meeting(world["ee"]).shown or b"")
    shown_there = msgspec.json.decode(meeting(world["lv"]).shown or b"")
    assert (shown_here["target"]["name"], shown_here["place"]) == ("Viktor Lesnikov", None)
    assert (shown_there["kind"], shown_there["target"]) == ("observation", None)
    assert shown_there["place"]["latitude"] == HARBOUR.latitude
    [given] = events(world["ee"], "activity shown")
    assert (given.operation, given.recipients, given.reason) == (
        "disclosure",
        ("LV",),
        "kind place time",
    )
    assert len(events(world["ee"], "activity shown to us")) == 1


def test_nothing_is_shown_when_one_does_not_agree(world: World) -> None:
    plans(world["ee"], target=LESNIKOV)
    plans(world["lv"], target=LESNIKOV)
    meeting(world["ee"])
    meeting(world["lv"])

    answers(world["ee"])
    answers(world["lv"], is_agreed=False)
    settled(world)

    assert meeting(world["ee"]).their_word == "disagreed"
    assert "LV disagreed to show more" in reasons(world["ee"])
    assert (meeting(world["ee"]).shown, meeting(world["lv"]).shown) == (None, None)
    assert events(world["lv"], "activity shown") == []


def test_a_meeting_ends_when_one_is_removed_and_says_so(world: World) -> None:
    id = plans(world["ee"], target=LESNIKOV)
    plans(world["lv"], target=LESNIKOV)
    meeting(world["ee"])
    told = meeting(world["lv"])

    world["ee"].up.post.planning.remove(id, COORDINATOR)

    eventually(lambda: meeting(world["lv"]).ground == "removed")
    [alert] = world["lv"].alerts
    assert (alert.alert.recalled, alert.hit) == ("removed", None)
    with pytest.raises(NotFoundError):
        world["lv"].up.post.planning.answer(told.id, COORDINATOR, is_agreed=True, shows=USUAL)
    with pytest.raises(NotFoundError):
        world["ee"].up.post.planning.remove(id, COORDINATOR)
    [planned] = world["ee"].up.post.planning.every(is_ended=True)
    assert (planned.activity, planned.held.content) == (None, None)


def test_a_changed_activity_is_compared_anew(world: World) -> None:
    id = plans(world["ee"], where=HARBOUR)
    plans(world["lv"], where=QUAY)
    plans(world["pl"], where=RIGA)
    meeting(world["ee"])
    meeting(world["lv"])

    plans(world["ee"], where=RIGA, instead_of=id)

    assert eventually(lambda: meetings(world["pl"]))[0].member == "EE"
    eventually(lambda: meeting(world["lv"]).ground == "changed")
    settled(world)
    assert len(meetings(world["lv"])) == 1


def test_nothing_is_lost_when_a_node_is_started_again_in_between(world: World) -> None:
    world["lv"].stop()
    plans(world["ee"], target=LESNIKOV)
    world["ee"].stop()
    world["ee"].start()
    world["lv"].start()
    plans(world["lv"], target=LESNIKOV)
    world["lv"].stop()
    world["ee"].stop()
    world["lv"].start()
    world["ee"].start()

    assert meeting(world["ee"]).in_target
    assert meeting(world["lv"]).in_target
    settled(world)
    assert [len(meetings(world[name])) for name in ("ee", "lv")] == [1, 1]
    assert [one.alert.times for one in world["lv"].alerts] == [1]


def test_two_services_of_one_member_meet_too(world: World) -> None:
    plans(world["ee"], target=LESNIKOV, to=("ee",))
    plans(world["ee"], target=LESNIKOV, to=("ee",))

    eventually(lambda: len(meetings(world["ee"])) == 2)
    for met in meetings(world["ee"]):
        world["ee"].up.post.planning.answer(met.id, COORDINATOR, is_agreed=True, shows=USUAL)

    settled(world)
    assert all(met.shown for met in meetings(world["ee"]))
    assert len(world["ee"].alerts) == 2
    assert world["lv"].up.post.outbox.dispatch(MemberId("EE")).assigned == 0


def test_only_the_chosen_members_are_compared_with(world: World) -> None:
    plans(world["ee"], target=LESNIKOV, to=("pl",))
    plans(world["lv"], target=LESNIKOV)
    plans(world["pl"], target=LESNIKOV)

    eventually(lambda: len(meetings(world["pl"])) == 2)
    settled(world)

    assert {met.member for met in meetings(world["ee"])} == {"PL"}
    assert {met.member for met in meetings(world["lv"])} == {"PL"}


def test_what_is_over_is_forgotten_and_its_meeting_ends(world: World) -> None:
    plans(world["ee"], target=LESNIKOV, lasts_h=2)
    plans(world["lv"], target=LESNIKOV, lasts_h=96)
    meeting(world["ee"])
    meeting(world["lv"])
    settled(world)

    world.clock.turn(hours=40)
    for name in ("ee", "lv"):
        world[name].up.post.planning.expire()

    eventually(lambda: meeting(world["lv"]).ground == "expired")
    [over] = world["ee"].up.post.planning.every(is_ended=True)
    assert (over.activity, [met.contact for met in over.meetings]) == (None, [None])
    with world["ee"].up.store.view() as view:
        assert {probe.secret for probe in store.probes.of_activity(view, over.held.id)} == {None}
    assert len(world["lv"].up.post.planning.every()) == 1


def test_before_both_agree_neither_bytes_nor_the_other_database_hold_what_is_planned(
    world: World,
) -> None:
    where = Place("Narva mnt 15, Tallinn", 59.4431, 24.7600, 200)
    plans(world["ee"], target=LESNIKOV, where=where)
    plans(world["lv"], target=Sought(name="Anna Nowak"), where=RIGA)
    plans(world["lv"], target=LESNIKOV)
    meeting(world["lv"])
    settled(world)

    begins = int((world.clock() + timedelta(hours=24)).timestamp())
    tell_tale = [b"esnikov", b"Narva", b"59.4431", b"24.76", b"observation", b"1979"]
    tell_tale += [str(begins).encode(), _varint(begins * 1_000_000)]
    theirs = _bytes_of(world["lv"].home.database)
    mail = _mail_of(world["ee"].home.database)
    assert len(mail) > 40_000
    assert [word for word in tell_tale if word in mail] == []
    assert [word for word in (b"Narva", b"59.4431", b"24.76") if word in theirs] == []
    # A check that cannot find anything would prove nothing.
    assert b"Narva" in _bytes_of(world["ee"].home.database)
    assert b"Duty desk EE" in mail

    for name in ("ee", "lv"):
        answers(world[name])
    settled(world)
    assert {b"Narva", b"observation", _varint(begins * 1_000_000)} <= {
        word for word in tell_tale if word in _mail_of(world["ee"].home.database)
    }


def _varint(number: int) -> bytes:
    """A number as it would travel."""
    message = federation_pb2.Showing(begins_at=number).SerializeToString()
    return message[1:]


def _bytes_of(database: Path) -> bytes:
    """All that is on the disk of a database."""
    files = (database, database.with_name(database.name + "-wal"))
    return b"".join(file.read_bytes() for file in files if file.exists())


def _mail_of(database: Path) -> bytes:
    """The bodies and statements of everything that a member sent."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reader:
        rows = reader.execute("SELECT statement, body FROM mail_out").fetchall()
    return b"".join(part for row in rows for part in row)


def test_everything_is_written_down_and_nothing_personal(world: World) -> None:
    plans(world["ee"], target=LESNIKOV)
    plans(world["lv"], target=LESNIKOV)
    meeting(world["ee"])
    meeting(world["lv"])
    settled(world)

    named: Callable[[Entry], bytes] = msgspec.json.encode
    log = b"".join(named(entry) for place in world.places.values() for entry in place.audit)
    assert b"esnikov" not in log
    assert b"Duty desk" not in log
    [planned] = events(world["ee"], "activity planned")
    assert (planned.person, planned.case, planned.purpose) == ("first", "CASE-1", "investigation")
    assert len(planned.question_digest) == 64
    [told] = {entry.recipients for entry in events(world["ee"], "contact point told")}
    assert told == ("LV",)
