"""Mail to and from a member that says what cannot be: nobody else's mail is lost by it."""

from federation import wire
from federation.limits import PLACES, STEP
from federation.messages import Receipt
from node import store
from tests.node.mail.sides import EE, LV, Side, deliver

#: The furthest that a column of the database counts.
END = 2**63 - 1


def settled(ee: Side, lv: Side) -> None:
    """Transfer as long as anything waits, though not for ever."""
    assert any(not deliver(ee, lv) for _ in range(10)), "mail goes on without end"


def test_what_a_receipt_says_jams_no_transaction_that_posts(ee: Side) -> None:
    ee.outbox.dispatch(LV)

    for _ in range(3):
        ee.outbox.taken(LV, Receipt(END))
    ee.post("w-1")

    assert ee.lane(LV).assigned == 3 * STEP + 1
    assert ee.events == ["mail goes on behind a restored state"] * 3


def test_a_member_that_no_longer_lies_gets_its_mail(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    ee.outbox.dispatch(LV)
    for _ in range(3):
        ee.outbox.taken(LV, Receipt(END))
    ee.post("w-2")

    settled(ee, lv)

    assert lv.seen == ["w-1", "w-2"]
    assert ee.lane(LV).waiting == 0


def test_a_lane_that_is_out_of_bounds_already_is_put_back(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2", "w-3")
    deliver(ee, lv)
    ee.post("w-4")
    with ee.shelf.store.write() as tx:
        [one] = store.mail.outgoing(tx, LV, after=3, most=-1)
        store.mail.renumber(tx, LV, 4, END, one.sealed)
        store.mail.assign(tx, LV, END)
        store.mail.acknowledge(tx, LV, Receipt(END - 1))

    ee.post("w-5")
    settled(ee, lv)

    assert lv.seen == ["w-1", "w-2", "w-3", "w-4", "w-5"]
    assert (ee.lane(LV).assigned, ee.lane(LV).waiting) == (5, 0)
    assert ee.events == ["mail put back in bounds"]


def test_a_member_whose_mail_seemed_to_be_lost_is_heard_again_as_soon(ee: Side, lv: Side) -> None:
    for _ in range(3):
        lv.receive(wire.Dispatch(PLACES, PLACES + 1))
    assert lv.lane(EE).received == 3 * STEP

    ee.post("w-1")
    settled(ee, lv)

    assert lv.seen == ["w-1"]
    assert lv.events[:3] == ["mail can no longer be had"] * 3
