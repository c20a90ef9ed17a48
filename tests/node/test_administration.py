"""What is done to the house is written down, and its log can be proven."""

import sqlite3
from datetime import timedelta

import pytest

from federation.alarms import Alarm, AlarmKind
from federation.messages import MemberId, PersonId
from federation.seal import Sealed
from node import administration, store
from node.audit import About
from node.people import Role, person
from tests.world import World, signed

EE, LV = MemberId("EE"), MemberId("LV")
ADMINISTRATOR = person(PersonId("first"), ["administrator"])
AUDITOR = person(PersonId("ada"), ["auditor"])


def test_the_log_is_proven_and_that_is_written_down(world: World) -> None:
    entries, broken = world["ee"].desk.administration.verify(by=ADMINISTRATOR)

    assert broken is None
    assert entries > 0
    assert world["ee"].last_audit.event == "audit verified"


def test_an_edit_behind_our_back_is_named(world: World) -> None:
    world["ee"].search("Anna Nowak")
    place = world["ee"]
    place.stop()
    with sqlite3.connect(place.home.path / "amber.db") as connection:
        edit = "CAST(replace(data, 'CASE-1', 'CASE-2') AS BLOB)"
        connection.execute(f"UPDATE audit SET data = {edit} WHERE seq = 3")  # noqa: S608
    connection.close()
    place.start()

    _, broken = place.desk.administration.verify(by=ADMINISTRATOR)

    assert broken is not None
    assert broken.seq == 3


def test_a_report_that_is_read_in_part_is_written_down_and_holds_nothing_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "PAGE", 2)
    place = world["ee"]
    place.search("Anna Nowak")
    since = world.clock() - timedelta(days=1)

    reading = place.desk.administration.report(About(since=since, case="CASE-1"), by=AUDITOR)
    shown = next(reading)

    assert shown.entry.event == "asked"
    assert place.last_audit.event == "audit reported"
    assert place.last_audit.reason == f"from {since:%Y-%m-%d}, case CASE-1"
    assert place.last_audit.person == "ada"
    with sqlite3.connect(place.home.database) as database:
        busy, pages, moved = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    database.close()
    assert (busy, pages, moved) == (0, 0, 0)
    reading.close()


def test_a_report_shows_what_was_there_before_it_in_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "PAGE", 2)
    place = world["ee"]
    place.search("Anna Nowak")
    before = [one.event for one in place.audit]

    shown = list(place.desk.administration.report(About(), by=AUDITOR))

    assert [one.entry.event for one in shown] == before
    assert [one.seq for one in shown] == list(range(1, len(before) + 1))
    assert (place.last_audit.event, place.last_audit.reason) == ("audit reported", "")


def test_a_standing_counts_what_is_held(world: World) -> None:
    world["ee"].holds("Anna Nowak")

    standing = world["ee"].desk.administration.standing()

    assert standing.records == 1
    assert list(standing.charter.members) == ["EE", "LV", "PL"]
    assert standing.audit_entries == len(world["ee"].audit)


def test_an_adopted_charter_and_a_new_person_are_written_down(world: World) -> None:
    place = world["ee"]
    ee, lv, pl = (world[name].home for name in ("ee", "lv", "pl"))
    document = signed(ee.draft([lv.card(), pl.card()]), ee, lv, pl)

    proposing = place.desk.post.renewing.proposing
    adopted = proposing.adopt_file(document, fingerprint="", by=ADMINISTRATOR)
    place.desk.administration.person_added((Role.AUDITOR,), by=ADMINISTRATOR)

    assert place.up.in_force().version == adopted.version
    assert [entry.event for entry in place.audit[-2:]] == ["charter adopted", "person added"]
    assert place.last_audit.person == "first"


def test_an_alarm_is_erased_when_its_retention_ends(world: World) -> None:
    place, now = world["ee"], world.clock()
    alarm = Alarm("a", AlarmKind.WALK, "ilze", "CASE-1", 30, 29, now, now)
    with place.up.store.write() as tx:
        store.alarms.raise_(tx, "a", (EE, LV), alarm, quiet=timedelta(hours=1))

    place.desk.administration.erase_overdue()
    assert len(place.up.post.guarding.behind(0)) == 1
    world.clock.turn(days=366)
    place.desk.administration.erase_overdue()

    assert place.up.post.guarding.behind(0) == []
    assert place.last_audit.event == "alarms erased"


def test_the_text_of_a_question_is_erased_when_its_retention_ends(world: World) -> None:
    place, found = world["pl"], world["ee"].search("Anna Nowak", to=["pl"])

    def kept() -> Sealed:
        with place.up.store.view() as view:
            sealed = store.questions.get(view, MemberId("EE"), found.gathered.question)
        assert sealed is not None
        return sealed

    place.desk.administration.erase_overdue()
    assert kept().body
    world.clock.turn(days=366)
    place.desk.administration.erase_overdue()

    assert (kept().body, bool(kept().signature)) == (b"", True)
    # Once, whoever did it: the node erases by itself, too.
    assert [one.event for one in place.audit].count("questions erased") == 1
