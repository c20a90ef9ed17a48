"""Refusals: counted each, told to the log now and then."""

from federation.errors import Code
from federation.refusals import TOLD_EVERY_S, Refusals
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
