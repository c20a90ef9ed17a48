"""Refusals: counted each, told to the log now and then."""

from federation.errors import Code
from federation.refusals import TOLD_EVERY_S, Flood, Refusals
from tests.federation.world import EE, LT


class Hand:
    """A clock turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_every_refusal_is_counted_by_member_and_reason() -> None:
    refusals = Refusals()

    for member, reason in ((LT, Code.BUSY), (EE, Code.REPLAYED), (EE, Code.BUSY), (EE, Code.BUSY)):
        refusals.count(member, reason)

    assert list(refusals.counts().items()) == [
        ((EE, Code.BUSY), 2),
        ((EE, Code.REPLAYED), 1),
        ((LT, Code.BUSY), 1),
    ]


def test_of_a_flood_the_log_hears_the_first_and_then_how_many() -> None:
    hand = Hand()
    refusals = Refusals(hand)

    told = [refusals.count(EE, Code.BUSY) for _ in range(500)]
    hand.now += TOLD_EVERY_S
    told.append(refusals.count(EE, Code.BUSY))

    assert [calls for calls in told if calls] == [1, 500]
    assert refusals.count(EE, Code.INVALID) == refusals.count(LT, Code.BUSY) == 1


def test_a_flood_is_so_many_that_are_no_calls_in_so_many_seconds() -> None:
    hand = Hand()
    flood = Flood(100, 5.0, hand)

    calm = []
    for _ in range(50):
        calm += [flood.rises(Code.INVALID) for _ in range(99)]
        hand.now += 5
    told = [flood.rises(Code.UNFINISHED) for _ in range(250)]

    assert not any(calm)
    assert [place for place, is_told in enumerate(told, 1) if is_told] == [100, 200]


def test_what_a_node_in_order_may_send_is_never_a_flood() -> None:
    flood = Flood(100, 5.0, Hand())
    asked = (Code.QUOTA, Code.REFUSED, Code.REPLAYED, Code.BUSY, Code.CLOCK, Code.CHARTER)

    assert not any(flood.rises(reason) for reason in asked for _ in range(1_000))
