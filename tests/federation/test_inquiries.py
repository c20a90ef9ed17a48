"""The porter and our books: which inquiries get to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation import wire
from federation.accounts import Account, Book, Inquiry
from federation.charter import Member
from federation.errors import BrokenSealError, Code
from federation.messages import Asker, PersonId
from federation.seal import Sealed, Statement
from federation.witness import EMPTY, TreeHead
from tests.federation.test_seal import OTHERWISE, altered, rewritten
from tests.federation.test_server import context, porter
from tests.federation.world import EE, LT, LV, World, made


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Estonia asks and Latvia answers; nothing goes over a network."""
    return made(tmp_path, EE, LV, LT)


class Shelf:
    """Books in which nothing stands, and the inquiries that got to them."""

    def __init__(self) -> None:
        self.heard: list[Inquiry] = []

    def account(self, _member: Member, inquiry: Inquiry, _statement: Statement) -> Account:
        """Shows an empty page."""
        self.heard.append(inquiry)
        return Account((), has_more=False, head=TreeHead(LV, 0, EMPTY, inquiry.until))


def inquired(world: World, sealed: Callable[[Sealed], Sealed]) -> list[Inquiry]:
    """Which inquiries get to Latvia's books when Estonia's is sent like this."""
    at = world.clock()
    inquiry = Inquiry(Asker(PersonId("ada"), "auditor"), Book.HEARD, at - timedelta(days=1), at)
    said = sealed(world[EE].us.inquire(LV, "i-1", wire.inquiry_to(inquiry)))
    shelf = Shelf()
    served = replace(porter(world), books=shelf)
    served.accounted(context(world[EE].keys), wire.request_to(said))
    return shelf.heard


def test_an_inquiry_written_again_that_says_the_same_is_accounted(world: World) -> None:
    assert len(inquired(world, rewritten)) == 1


@pytest.mark.parametrize("field", OTHERWISE)
def test_an_inquiry_with_any_signed_field_altered_is_refused(world: World, field: str) -> None:
    with pytest.raises(BrokenSealError):
        inquired(world, lambda said: altered(said, field))

    assert [code for _, code, _ in world[LV].house.refused] == [Code.BROKEN_SEAL]
