"""Alarms: one for each person and kind, told once in a while, with a life of their own."""

from dataclasses import replace
from datetime import timedelta

from federation.alarms import Alarm, AlarmKind
from federation.messages import MemberId, PersonId
from node import store
from node.store.alarms import HeldAlarm
from node.store.alerts import AlertState
from tests.node.store.shelf import DONE, NOW, Shelf

EE, LV, LT = MemberId("EE"), MemberId("LV"), MemberId("LT")
QUIET = timedelta(hours=1)
WALK = Alarm("a-1", AlarmKind.WALK, "ilze", "CASE-1", 30, 29, NOW, NOW)


def raised(
    shelf: Shelf, alarm: Alarm = WALK, *, whose: tuple[MemberId, MemberId] = (EE, LV), id: str = "1"
) -> HeldAlarm | None:
    with shelf.store.write() as tx:
        return store.alarms.raise_(tx, id, whose, alarm, quiet=QUIET)


def every(shelf: Shelf) -> list[HeldAlarm]:
    with shelf.store.view() as view:
        return store.alarms.behind(view, 0, most=99)


def test_an_alarm_is_kept_as_it_was_told(shelf: Shelf) -> None:
    alarm = raised(shelf)

    assert alarm == HeldAlarm("1", EE, LV, WALK, AlertState.NEW, "", 1, 1)
    assert every(shelf) == [alarm]
    with shelf.store.view() as view:
        assert store.alarms.find(view, "1") == alarm
        assert store.alarms.find(view, "2") is None


def test_the_same_one_is_not_told_again_for_a_while_but_counted(shelf: Shelf) -> None:
    raised(shelf)
    shelf.now += QUIET / 2
    more = replace(WALK, id="a-2", questions=60, misses=55, until=NOW + QUIET / 2)

    again = raised(shelf, more, id="2")

    [held] = every(shelf)
    assert again is None
    assert (held.id, held.about, held.times) == ("1", replace(more, id="a-1"), 1)


def test_what_is_erased_is_gone_and_who_goes_on_behind_it_misses_nothing(shelf: Shelf) -> None:
    old = raised(shelf)
    with shelf.store.write() as tx:
        store.audit.append(tx, DONE)
        store.alarms.change(tx, "1", AlertState.SEEN)
        store.audit.append(tx, DONE)
    shelf.now += timedelta(days=9)
    [seen] = every(shelf)

    with shelf.store.write() as tx:
        erased = store.alarms.erase(tx, NOW), store.alarms.erase(tx, NOW + QUIET)
        store.audit.append(tx, DONE)
    new = raised(shelf, id="2")

    assert old is not None
    assert new is not None
    assert erased == (0, 1)
    assert every(shelf) == [new]
    assert old.change < seen.change < new.change


def test_after_a_while_it_is_told_again_under_its_id_and_is_new_again(shelf: Shelf) -> None:
    raised(shelf)
    with shelf.store.write() as tx:
        store.alarms.change(tx, "1", AlertState.FALSE)
    shelf.now += QUIET

    again = raised(shelf, id="2")

    assert again is not None
    assert (again.id, again.times, again.state, again.change) == ("1", 2, AlertState.NEW, 3)


def test_one_that_somebody_sees_to_stays_with_them(shelf: Shelf) -> None:
    raised(shelf)
    with shelf.store.write() as tx:
        store.alarms.change(tx, "1", AlertState.ASSIGNED, assignee=PersonId("jan"))
    shelf.now += QUIET

    again = raised(shelf)

    assert again is not None
    assert (again.state, again.assignee) == (AlertState.ASSIGNED, "jan")


def test_another_person_kind_or_member_is_another_alarm(shelf: Shelf) -> None:
    raised(shelf)
    raised(shelf, replace(WALK, person="juris"), id="2")
    raised(shelf, replace(WALK, kind=AlarmKind.MISSES), id="3")
    raised(shelf, whose=(EE, LT), id="4")
    raised(shelf, whose=(LT, EE), id="5")

    assert [one.id for one in every(shelf)] == ["1", "2", "3", "4", "5"]
    with shelf.store.view() as view:
        assert store.alarms.active(view, (EE, LV), NOW - QUIET) == {
            ("ilze", "walk"),
            ("juris", "walk"),
            ("ilze", "misses"),
        }
        assert store.alarms.active(view, (EE, LV), NOW) == set()
        assert store.alarms.unseen(view) == 5
