"""Mail in a world that is not well: what fails, comes twice or is only half there."""

from dataclasses import replace
from pathlib import Path

import pytest

from federation.errors import BusyError
from federation.limits import NOTICES
from federation.messages import Receipt, Refusal
from node import store
from node.mail.effects import CONFLICT, EXPIRED, FAULT, TRIES, ExpiredError
from node.store.mail import MailState
from tests.node.mail.sides import EE, LV, Side, another, deliver


def test_a_notice_that_always_meets_a_fault_is_set_aside_and_stops_nothing(
    ee: Side, lv: Side
) -> None:
    lv.fault = RuntimeError("nobody foresaw it")
    ee.post("w-1")
    for _ in range(TRIES - 1):
        with pytest.raises(RuntimeError):
            lv.receive(ee.outbox.dispatch(LV))

    deliver(ee, lv)
    lv.fault = None
    ee.post("w-2")
    deliver(ee, lv)

    assert ee.states("w-1") == [(MailState.REFUSED, FAULT)]
    assert lv.events == ["notice refused"]
    assert lv.seen == ["w-2"]


def test_a_database_that_is_busy_takes_nothing_however_often(ee: Side, lv: Side) -> None:
    lv.fault = BusyError()
    ee.post("w-1")

    for _ in range(2 * TRIES):
        with pytest.raises(BusyError):
            lv.receive(ee.outbox.dispatch(LV))

    assert lv.lane(EE).received == 0


def test_what_is_about_something_over_is_told_to_be_expired(ee: Side, lv: Side) -> None:
    lv.fault = ExpiredError("w-1 is over")
    ee.post("w-1")

    deliver(ee, lv)

    assert ee.states("w-1") == [(MailState.EXPIRED, EXPIRED)]


def test_a_lost_receipt_of_a_long_queue_is_not_called_withholding(ee: Side, lv: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(NOTICES + 5)))
    first = ee.outbox.dispatch(LV)

    lv.receive(first)
    lv.receive(first)
    lv.receive(first)

    assert lv.lane(EE).withheld_since is None
    assert lv.events == []


def test_a_heartbeat_in_flight_acknowledges_nothing_that_was_posted_since(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    ee.post("w-1")
    deliver(ee, lv)
    old = another(ee, tmp_path / "old")

    receipt = lv.receive(old.outbox.dispatch(LV))
    old.post("w-2")
    old.outbox.taken(LV, receipt)
    while deliver(old, lv):
        pass

    assert lv.seen == ["w-1", "w-2"]
    old.shelf.close()


def test_a_node_that_was_put_back_loses_nothing_of_more_than_one_dispatch(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    ee.post(*(f"w-{number}" for number in range(2 * NOTICES)))
    while deliver(ee, lv):
        pass
    old = another(ee, tmp_path / "old")
    lv.effects.clear()
    posted = [f"new-{number}" for number in range(2 * NOTICES + 5)]
    old.post(*posted)

    while deliver(old, lv):
        pass

    assert sorted(lv.seen) == sorted(posted)
    old.shelf.close()


def test_a_notice_that_comes_again_in_another_place_has_no_effect(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2")
    first = lv.receive(ee.outbox.dispatch(LV))

    ee.outbox.taken(LV, Receipt(0))
    with ee.shelf.store.write() as tx:
        [one, two] = store.mail.outgoing(tx, LV, after=0, most=-1)
        for place, posted in ((4, two), (3, one)):
            sealed = ee.sealed(LV, posted.id, posted.sealed.body, place)
            store.mail.renumber(tx, LV, posted.sequence, place, sealed)
        store.mail.assign(tx, LV, 4)
        store.mail.acknowledge(tx, LV, Receipt(2))
    deliver(ee, lv)

    assert first == Receipt(2)
    assert lv.seen == ["w-1", "w-2"]
    assert lv.lane(EE).received == 4


def test_what_is_said_again_waits_and_is_delivered_as_anything_else(ee: Side) -> None:
    ee.post("w-1", "w-2")
    ee.outbox.dispatch(LV)

    ee.outbox.taken(LV, Receipt(2, (Refusal(1, CONFLICT),)))
    assert ee.states("w-1") == [(MailState.WAITING, "")]
    ee.outbox.dispatch(LV)
    ee.outbox.taken(LV, Receipt(3))

    assert ee.states("w-1") == [(MailState.DELIVERED, "")]


def test_a_conflict_in_a_place_that_holds_nothing_moves_nothing(ee: Side) -> None:
    ee.post("w-1", "w-2")
    for _ in range(2):
        ee.outbox.dispatch(LV)
        ee.outbox.taken(LV, Receipt(1, (Refusal(1, CONFLICT),)))

    with ee.shelf.store.view() as view:
        waiting = store.mail.outgoing(view, LV, after=1, most=-1)
    assert [one.sequence for one in waiting] == [2, 3]


def test_a_member_put_back_behind_a_hole_in_our_mail_gets_what_there_is(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    ee.post("w-1", "w-2", "w-3")
    ee.outbox.dispatch(LV)
    ee.outbox.taken(LV, Receipt(3, (Refusal(2, CONFLICT),)))
    anew = another(lv, tmp_path / "new")

    ee.outbox.dispatch(LV)
    ee.outbox.taken(LV, Receipt(0))
    for _ in range(4):
        deliver(ee, anew)

    assert anew.seen == ["w-1", "w-3", "w-2"]
    assert ee.lane(LV).waiting == 0
    assert anew.events == ["mail can no longer be had"]
    anew.shelf.close()


def test_a_member_that_lost_mail_waits_for_it_without_what_was_said_of_it(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1")
    ee.outbox.dispatch(LV)
    ee.outbox.taken(LV, Receipt(1, (Refusal(1, EXPIRED),)))

    ee.outbox.dispatch(LV)
    ee.outbox.taken(LV, Receipt(0))

    assert ee.states("w-1") == [(MailState.WAITING, "")]
    deliver(ee, lv)
    assert ee.states("w-1") == [(MailState.DELIVERED, "")]


def test_a_repeated_notice_says_again_why_it_had_no_effect(ee: Side, lv: Side) -> None:
    lv.fault = ExpiredError("over")
    ee.post("w-1")
    dispatch = ee.outbox.dispatch(LV)
    first = lv.receive(dispatch)
    lv.fault = None

    again = lv.receive(replace(dispatch, assigned=1))

    assert first == again == Receipt(1, (Refusal(1, EXPIRED),))
    assert lv.seen == []
