"""Mail of two members whose stores stand side by side; nothing goes over a network."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from federation import wire
from federation.errors import BusyError, InvalidError, RefusedError
from federation.limits import DISPATCH_BYTES, NOTICES
from federation.messages import MemberId, Receipt, Refusal, WatchEnd, WatchId
from node import store
from node.audit import decode
from node.mail.effects import EXPIRED, INVALID, REFUSED
from node.store.mail import MailState
from tests.node.mail.sides import EE, LV, Side, deliver
from tests.node.store.shelf import NOW


def test_a_notice_that_was_posted_arrives_and_has_its_effect_once(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2")

    has_more = deliver(ee, lv)

    assert (lv.seen, has_more) == (["w-1", "w-2"], False)
    assert ee.states("w-1") == [(MailState.DELIVERED, "")]
    assert ee.lane(LV).waiting == 0
    assert ee.rung == ["queued LV", "emptied"]


def test_both_logs_say_which_notices_went_over_and_agree_on_what_they_were(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1", "w-2")
    deliver(ee, lv)
    deliver(ee, lv)
    ee.post("w-3")
    lv.receive(ee.outbox.dispatch(LV))
    deliver(ee, lv)

    sent, taken = _moved(ee, "mail delivered", LV), _moved(lv, "mail received", EE)

    assert [counts for counts, _ in sent] == [{"from": 1, "to": 2}, {"from": 3, "to": 3}]
    assert sent == taken
    assert len({digest for _, digest in sent}) == 2


def _moved(side: Side, event: str, peer: MemberId) -> list[tuple[Mapping[str, int], str]]:
    """What the log of a side says of mail that went over."""
    with side.shelf.store.view() as view:
        entries = [decode(row) for row in store.audit.read(view)]
    return [
        (one.counts, one.digests["statements"])
        for one in entries
        if (one.event, one.peer) == (event, peer)
    ]


def test_what_is_posted_in_a_transaction_that_fails_was_never_posted(ee: Side, lv: Side) -> None:
    def post_and_fail() -> None:
        with ee.shelf.store.write() as tx:
            ee.outbox.post(tx, LV, WatchEnd(WatchId("w-1")), about="w-1")
            raise BusyError

    with pytest.raises(BusyError):
        post_and_fail()

    ee.post("w-2")
    deliver(ee, lv)

    assert lv.seen == ["w-2"]
    assert lv.lane(EE).received == 1


def test_a_receipt_that_was_lost_changes_nothing(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    lv.receive(ee.outbox.dispatch(LV))

    deliver(ee, lv)

    assert lv.seen == ["w-1"]
    assert ee.states("w-1") == [(MailState.DELIVERED, "")]


def test_a_dispatch_of_weeks_ago_changes_nothing(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    old = ee.outbox.dispatch(LV)
    deliver(ee, lv)
    ee.post("w-2")
    deliver(ee, lv)

    lv.shelf.now += timedelta(days=21)
    receipt = lv.receive(old)

    assert receipt == Receipt(2)
    assert lv.seen == ["w-1", "w-2"]


def test_behind_a_gap_nothing_is_taken(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2", "w-3")
    whole = ee.outbox.dispatch(LV)

    receipt = lv.receive(replace(whole, notices=whole.notices[1:]))

    assert (receipt, lv.seen) == (Receipt(0), [])


def test_notices_that_come_in_another_order_are_taken_as_far_as_they_are_in_order(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1", "w-2", "w-3")
    whole = ee.outbox.dispatch(LV)
    one, two, three = whole.notices

    receipt = lv.receive(replace(whole, notices=(one, three, two)))
    assert receipt == Receipt(1)
    ee.outbox.taken(LV, receipt)
    deliver(ee, lv)

    assert lv.seen == ["w-1", "w-2", "w-3"]


@pytest.mark.parametrize(
    ("fault", "ground"), [(InvalidError("no"), INVALID), (RefusedError("no"), REFUSED)]
)
def test_a_notice_without_effect_is_there_and_says_why(
    ee: Side, lv: Side, fault: Exception, ground: str
) -> None:
    lv.fault = fault
    ee.post("w-1")

    deliver(ee, lv)
    lv.fault = None
    ee.post("w-2")
    deliver(ee, lv)

    assert ee.states("w-1") == [(MailState.REFUSED, ground)]
    assert lv.seen == ["w-2"]
    assert lv.events == ["notice refused"]


def test_a_fault_of_our_own_takes_nothing_and_it_comes_again(ee: Side, lv: Side) -> None:
    lv.fault = RuntimeError("nobody foresaw it")
    ee.post("w-1")
    with pytest.raises(RuntimeError):
        lv.receive(ee.outbox.dispatch(LV))
    assert lv.lane(EE).received == 0

    lv.fault = None
    deliver(ee, lv)

    assert lv.seen == ["w-1"]


def test_a_content_of_a_later_version_stops_nothing(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2")
    whole = ee.outbox.dispatch(LV)
    unknown = replace(whole.notices[0], body=b"\xa2\x06\x02hi")

    receipt = lv.receive(replace(whole, notices=(unknown, whole.notices[1])))

    assert receipt == Receipt(2, (Refusal(1, INVALID),))
    assert lv.seen == ["w-2"]


def test_what_comes_after_its_time_has_no_effect_and_is_told_so(ee: Side, lv: Side) -> None:
    ee.post("w-1", within=timedelta(hours=1))
    lv.shelf.now += timedelta(hours=2)

    deliver(ee, lv)

    assert lv.seen == []
    assert ee.states("w-1") == [(MailState.EXPIRED, EXPIRED)]


def test_one_dispatch_holds_so_many_notices_and_so_many_bytes(ee: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(NOTICES + 1)))
    assert len(ee.outbox.dispatch(LV).notices) == NOTICES

    long = "w" * 100
    ee.post(*([long] * 10), to=MemberId("LT"))
    body = ee.outbox.dispatch(MemberId("LT")).notices[0].body
    assert len(body) * NOTICES < DISPATCH_BYTES


def test_a_queue_warns_once_of_each_level_and_again_after_it_was_empty(ee: Side, lv: Side) -> None:
    levels = ["LV 50", "LV 80", "LV 100"]
    for round_ in range(2):
        ee.post(*(f"w-{round_}-{number}" for number in range(11)))
        assert [word for word in ee.rung if word[-1] == "0"] == levels * (round_ + 1)
        while deliver(ee, lv):
            pass


def test_a_full_queue_has_no_room_and_keeps_what_is_posted_all_the_same(ee: Side, lv: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(ee.most)))
    with ee.shelf.store.write() as tx:
        assert not ee.outbox.has_room(tx, LV)
    ee.post("w-last")

    deliver(ee, lv)

    assert lv.seen[-1] == "w-last"


def test_a_member_that_says_there_is_mail_and_sends_none_is_named_at_its_second_heartbeat(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1", "w-2")
    first, second = ee.outbox.dispatch(LV).notices
    lv.receive(wire.Dispatch(1, 1, (first,)))

    lv.receive(wire.Dispatch(2, 1))
    assert lv.lane(EE).withheld_since is None
    lv.receive(wire.Dispatch(2, 1))

    assert lv.lane(EE).withheld_since == NOW
    assert lv.events == ["mail withheld"]
    lv.receive(wire.Dispatch(2, 1))
    assert lv.events == ["mail withheld"]
    lv.receive(wire.Dispatch(2, 1, (second,)))
    assert lv.lane(EE).withheld_since is None


def test_a_long_queue_that_moves_is_not_called_withheld(ee: Side, lv: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(3 * NOTICES)))

    while deliver(ee, lv):
        assert lv.lane(EE).withheld_since is None

    assert lv.lane(EE).received == 3 * NOTICES


def test_a_fault_is_kept_until_mail_is_taken_again(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    ee.outbox.failed(LV, BusyError())
    assert ee.lane(LV).fault == "busy"

    deliver(ee, lv)

    assert ee.lane(LV).fault == ""


def test_what_was_sealed_with_a_key_that_was_stolen_since_is_sealed_anew_in_its_place(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1", "w-2", "w-3")
    before = ee.outbox.dispatch(LV).notices
    stolen = before[:2]
    ee.outbox = replace(
        ee.outbox,
        seal=lambda to, id, body, place: replace(ee.sealed(to, id, body, place), key_id="new"),
        counts=lambda _, sealed: sealed.key_id == "new" or sealed not in stolen,
    )

    again = ee.outbox.dispatch(LV).notices

    assert [one.key_id for one in again] == ["new", "new", "key"]
    assert [one.body for one in again] == [one.body for one in before]
    assert ee.outbox.dispatch(LV).notices == again  # and it is so on disk
    deliver(ee, lv)
    assert lv.seen == ["w-1", "w-2", "w-3"]
