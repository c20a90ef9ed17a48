"""Replies of a member with one signed field altered: they count as none, and unaltered they do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation import wire
from federation.accounts import Account, Book, Inquiry
from federation.errors import UnprovenError
from federation.messages import Asker, OutcomeKind, PersonId, Receipt
from federation.peer import Peer
from federation.seal import Sealed
from federation.witness import EMPTY, TreeHead
from tests.federation.test_peer import answering, ask, body, stated
from tests.federation.test_seal import OTHERWISE, altered, rewritten
from tests.federation.world import EE, LT, LV, World, made


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Estonia asks Latvia; no door is open yet."""
    return made(tmp_path, EE, LV, LT)


def written(field: str) -> Callable[[Sealed], Sealed]:
    """The same with one field altered; with nothing altered where none is named."""
    return (lambda said: altered(said, field)) if field else rewritten


#: Each signed field, and none: what is written again and says the same is taken.
ALTERED = ["", *OTHERWISE]


@pytest.mark.parametrize("field", ALTERED)
async def test_an_answer_with_any_signed_field_altered_is_not_shown(
    world: World, field: str
) -> None:
    def reply(sealed: Sealed) -> bytes:
        return wire.response_to(
            written(field)(world[LV].us.reply(sealed, stated(world), body(world)))
        )

    async with answering(world, reply):
        outcome = await ask(world)

    is_shown = outcome.kind is OutcomeKind.ANSWERED and outcome.answer is not None
    assert is_shown is (field == "")
    assert outcome.reason == ("" if is_shown else UnprovenError.public)


@pytest.mark.parametrize("field", ALTERED)
async def test_a_receipt_with_any_signed_field_altered_counts_as_none(
    world: World, field: str
) -> None:
    def reply(sealed: Sealed) -> bytes:
        mail = replace(stated(world), method="mail", id="d-1")
        said = world[LV].us.reply(sealed, mail, wire.receipt_to(Receipt(1)))
        return wire.response_to(written(field)(said))

    async with answering(world, reply), taking(field):
        peer = Peer(world[EE].us, LV)
        try:
            said = await peer.deliver("d-1", wire.Dispatch(1, 1), timeout_s=5)
            assert said.through == 1
        finally:
            await peer.close()


@pytest.mark.parametrize("field", ALTERED)
async def test_an_account_with_any_signed_field_altered_counts_as_none(
    world: World, field: str
) -> None:
    at = world.clock()
    page = Account((), has_more=False, head=TreeHead(LV, 0, EMPTY, at))

    def reply(sealed: Sealed) -> bytes:
        inquiry = replace(stated(world), method="inquiry", id="i-1")
        said = world[LV].us.reply(sealed, inquiry, wire.account_to(page))
        return wire.response_to(written(field)(said))

    inquiry = Inquiry(Asker(PersonId("ada"), "auditor"), Book.HEARD, at - timedelta(days=1), at)
    async with answering(world, reply), taking(field):
        peer = Peer(world[EE].us, LV)
        try:
            assert (await peer.account("i-1", inquiry, timeout_s=5)).lines == ()
        finally:
            await peer.close()


@asynccontextmanager
async def taking(field: str) -> AsyncIterator[None]:
    """What is said counts when no field is altered, and as unproven when one is."""
    with pytest.raises(UnprovenError) if field else nullcontext():
        yield
