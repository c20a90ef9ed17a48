"""The porter alone: which calls get to the gate, and what is written down of the others."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation import seal, wire
from federation.certificates import NODE_LIFE
from federation.charter import Standing
from federation.errors import (
    BrokenSealError,
    CharterError,
    ClockError,
    Code,
    FederationError,
    InvalidError,
    QuotaError,
    StrangerError,
)
from federation.keys import Keys
from federation.limits import PLACES
from federation.messages import Notice, NoticeId, QuestionId, Receipt, WatchEnd, WatchId
from federation.seal import ANSWER, Sealed, Statement
from federation.server import Porter
from federation.trust import AuthContext
from tests.federation.test_seal import OTHERWISE, altered, rewritten
from tests.federation.world import EE, LT, LV, Node, World, hit, made, question

WINDOW = timedelta(seconds=30)
BROKEN = BrokenSealError


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Estonia asks and Latvia answers; nothing goes over a network."""
    return made(tmp_path, EE, LV, LT)


def porter(world: World) -> Porter:
    """Who serves Estonia at Latvia's door."""
    return Porter(world[LV].us, world[LV].house, world[LV].house, EE, WINDOW)


def context(own: Keys) -> AuthContext:
    return {"x509_pem_cert": [own.tls_chain], "ssl_tls_version": [b"TLSv1.3"]}


def asked(node: Node) -> Sealed:
    """What this member sends to Latvia."""
    return node.us.ask(LV, "q-1", wire.question_to(question()))


def serve(world: World, sealed: Sealed, *, own: Keys | None = None) -> bytes:
    return porter(world).answered(context(own or world[EE].keys), wire.request_to(sealed)).data


def refused(world: World, sealed: Sealed, *, own: Keys | None = None) -> FederationError:
    """The fault by which Latvia refuses this call before its gate hears of it."""
    with pytest.raises(FederationError) as fault:
        serve(world, sealed, own=own)
    house = world[LV].house
    assert house.asked == []
    assert [(member, code) for member, code, _ in house.refused] == [(EE, fault.value.code)]
    return fault.value


def test_a_question_reaches_the_gate_with_everything_that_proves_it(world: World) -> None:
    sealed = asked(world[EE])

    serve(world, sealed)

    [(member, heard, kept, statement)] = world[LV].house.asked
    assert (member, heard, kept) == (EE, question(), sealed)
    assert statement.sender == EE
    assert statement.sealed_at == world.clock.now


def test_the_answer_is_sealed_as_the_reply_to_these_very_bytes(world: World) -> None:
    world[LV].house.hits = (hit(LV),)
    sealed = asked(world[EE])

    reply = wire.response_from(serve(world, sealed))

    statement = seal.opened(
        reply, world[LV].member.signing_keys, sender=LV, audience=EE, method=ANSWER
    )
    assert statement.reply_to == sealed.digest
    assert statement.id == "q-1"
    assert wire.answer_from(reply.body, QuestionId("q-1"), LV).hits == (hit(LV),)


def test_the_certificate_is_proven_before_anything_is_read(world: World) -> None:
    with pytest.raises(StrangerError):
        porter(world).answered(context(world[LT].keys), b"not even a message")

    assert world[LV].house.refused == [(EE, Code.STRANGER, None)]


def test_an_expired_certificate_is_a_strangers(world: World) -> None:
    sealed = asked(world[EE])
    world.clock.turn(days=NODE_LIFE.days + 1)

    fault = refused(world, sealed)

    assert isinstance(fault, StrangerError)


def test_a_member_that_left_the_charter_is_no_longer_served(world: World) -> None:
    sealed = asked(world[EE])
    held = world.charter
    world.charter = replace(held, members={LV: held.member(LV), LT: held.member(LT)})

    fault = refused(world, sealed)

    assert isinstance(fault, CharterError)


def test_a_message_that_cannot_be_read_is_written_down(world: World) -> None:
    with pytest.raises(InvalidError, match="AskRequest"):
        porter(world).answered(context(world[EE].keys), b"\xff")

    assert world[LV].house.refused == [(EE, Code.INVALID, None)]


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_question_with_any_signed_field_altered_is_refused(world: World, field: str) -> None:
    assert isinstance(refused(world, altered(asked(world[EE]), field)), BrokenSealError)


def test_a_question_written_again_that_says_the_same_is_answered(world: World) -> None:
    sealed = asked(world[EE])

    serve(world, rewritten(sealed))

    assert [kept for _, _, kept, _ in world[LV].house.asked] == [sealed]


def test_a_question_with_another_body_is_refused(world: World) -> None:
    other = wire.question_to(question(limit=100))

    fault = refused(world, replace(asked(world[EE]), body=other))

    assert isinstance(fault, BrokenSealError)


def test_a_question_sealed_for_somebody_else_is_refused(world: World) -> None:
    elsewhere = world[EE].us.ask(LT, "q-1", wire.question_to(question()))

    fault = refused(world, elsewhere)

    assert isinstance(fault, BrokenSealError)


def test_a_question_sealed_by_another_member_is_refused(world: World) -> None:
    fault = refused(world, asked(world[LT]), own=world[EE].keys)

    assert isinstance(fault, BrokenSealError)


def test_an_answer_is_no_question(world: World) -> None:
    sealed = asked(world[EE])
    statement = Statement(LV, EE, "ask", "q-1", world.clock(), 1)
    answer = world[EE].us.reply(sealed, statement, sealed.body)

    fault = refused(world, answer)

    assert isinstance(fault, BrokenSealError)


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_clock_inside_the_window_is_good_enough(world: World, seconds: int) -> None:
    sealed = asked(world[EE])
    world.clock.turn(seconds=seconds)

    serve(world, sealed)

    assert len(world[LV].house.asked) == 1


@pytest.mark.parametrize(("seconds", "says"), [(-31, "sealed -31 s"), (31, "sealed 31 s")])
def test_a_clock_outside_the_window_is_told_by_how_much(
    world: World, seconds: int, says: str
) -> None:
    sealed = asked(world[EE])
    world.clock.turn(seconds=seconds)

    fault = refused(world, sealed)

    assert isinstance(fault, ClockError)
    assert says in str(fault)


def test_what_is_refused_under_a_seal_that_holds_is_written_down_with_it(world: World) -> None:
    sealed = asked(world[EE])
    world.clock.turn(hours=1)

    refused(world, sealed)

    [(_, _, statement)] = world[LV].house.refused
    assert statement is not None
    assert statement.id == "q-1"


@pytest.mark.parametrize("version", [4, 6])
def test_a_question_under_the_charter_before_or_after_ours_is_heard(
    world: World, version: int
) -> None:
    world.charter = replace(world.charter, version=version)
    sealed = asked(world[EE])
    world.charter = replace(world.charter, version=5)

    serve(world, sealed)

    assert [member for member, *_ in world[LV].house.asked] == [EE]


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.WITHDRAWN])
def test_a_member_that_is_not_active_is_not_heard(world: World, standing: Standing) -> None:
    sealed = asked(world[EE])
    changed = replace(world.charter.members[EE], standing=standing)
    world.charter = replace(world.charter, members={**world.charter.members, EE: changed})

    fault = refused(world, sealed)

    assert isinstance(fault, CharterError)
    assert str(fault).startswith(f"EE is {standing}")


@pytest.mark.parametrize("version", [3, 7])
def test_a_question_under_another_charter_is_told_so(world: World, version: int) -> None:
    world.charter = replace(world.charter, version=version)
    sealed = asked(world[EE])
    world.charter = replace(world.charter, version=5)

    fault = refused(world, sealed)

    assert isinstance(fault, CharterError)
    assert str(fault) == f"sealed under charter {version}; ours is 5"


def test_nobody_is_answered_under_a_charter_that_has_expired(world: World) -> None:
    world.charter = replace(world.charter, expires_at=world.clock())

    fault = refused(world, asked(world[EE]))

    assert isinstance(fault, CharterError)


def test_a_question_that_makes_no_sense_is_refused_with_its_field(world: World) -> None:
    sealed = world[EE].us.ask(LV, "q-1", b"")

    fault = refused(world, sealed)

    assert isinstance(fault, InvalidError)
    assert "limit" in str(fault)


def test_what_the_gate_refuses_it_has_written_down_itself(world: World) -> None:
    world[LV].house.fault = QuotaError("EE: 3600 in an hour")

    with pytest.raises(QuotaError):
        serve(world, asked(world[EE]))

    assert world[LV].house.refused == []


def dispatched(world: World, *notices: Sealed, charter: int | None = None) -> Sealed:
    """Mail of Estonia's for Latvia, as it travels."""
    body = wire.dispatch_to(wire.Dispatch(assigned=len(notices), oldest=1, notices=notices))
    us = world[EE].us
    if charter is not None:
        us = replace(us, charter=lambda: replace(world.charter, version=charter))
    return us.mail(LV, "d-1", body)


def posted(world: World, place: int = 1, *, by: Node | None = None, body: bytes = b"") -> Sealed:
    notice = Notice(NoticeId("n-1"), place, WatchEnd(WatchId("w-1")))
    us = (by or world[EE]).us
    return us.notice(LV, "n-1", body or wire.notice_to(notice), sequence=place)


def take(world: World, sealed: Sealed) -> Receipt:
    """What Latvia says to mail, its seal opened as Estonia opens it."""
    reply = porter(world).taken(context(world[EE].keys), wire.request_to(sealed))
    receipt = wire.response_from(reply.data)
    keys = world[LV].member.signing_keys
    statement = seal.opened(receipt, keys, sender=LV, audience=EE, method="receipt")
    assert (statement.reply_to, statement.id) == (sealed.digest, "d-1")
    return wire.receipt_from(receipt.body)


def turned_away(world: World, sealed: Sealed) -> FederationError:
    with pytest.raises(FederationError) as fault:
        porter(world).taken(context(world[EE].keys), wire.request_to(sealed))
    assert world[LV].house.mail == []
    assert [code for _, code, _ in world[LV].house.refused] == [fault.value.code]
    return fault.value


def test_mail_reaches_the_letterbox_with_every_seal_open_and_is_receipted(world: World) -> None:
    receipt = take(world, dispatched(world, posted(world, 1), posted(world, 2)))

    [(sender, dispatch, notices)] = world[LV].house.mail
    assert receipt == Receipt(2)
    assert (sender, dispatch.assigned) == (EE, 2)
    assert [one.statement.sequence for one in notices] == [1, 2]
    assert dispatch.charter == world.charter.version
    said = Notice(NoticeId("n-1"), 1, WatchEnd(WatchId("w-1")), sealed_at=world.clock())
    assert notices[0].notice == said


def test_mail_may_bring_the_news_of_another_charter(world: World) -> None:
    assert take(world, dispatched(world, posted(world), charter=9)) == Receipt(1)


def test_a_notice_may_have_waited_for_weeks_and_its_dispatch_may_not(world: World) -> None:
    notice, old = posted(world), dispatched(world)
    world.clock.turn(days=20)

    assert take(world, dispatched(world, notice)) == Receipt(1)
    world[LV].house.mail.clear()
    assert isinstance(turned_away(world, old), ClockError)


def test_a_dispatch_is_no_question_and_a_question_no_dispatch(world: World) -> None:
    assert isinstance(turned_away(world, asked(world[EE])), BrokenSealError)
    with pytest.raises(BrokenSealError):
        serve(world, dispatched(world))


def test_a_notice_that_another_member_sealed_is_refused_with_all_that_came(world: World) -> None:
    foreign = posted(world, 2, by=world[LT])

    assert isinstance(
        turned_away(world, dispatched(world, posted(world), foreign)), BrokenSealError
    )


@pytest.mark.parametrize("field", OTHERWISE)
def test_mail_with_any_signed_field_altered_is_refused(world: World, field: str) -> None:
    assert isinstance(turned_away(world, altered(dispatched(world, posted(world)), field)), BROKEN)


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_notice_with_any_signed_field_altered_is_refused_with_all_that_came(
    world: World, field: str
) -> None:
    mail = dispatched(world, posted(world), altered(posted(world, 2), field))

    assert isinstance(turned_away(world, mail), BROKEN)


def test_mail_with_another_body_or_signature_is_refused(world: World) -> None:
    mail, other = dispatched(world, posted(world)), dispatched(world)

    assert isinstance(turned_away(world, replace(mail, body=other.body)), BROKEN)
    world[LV].house.refused.clear()
    assert isinstance(turned_away(world, replace(mail, signature=bytes(64))), BROKEN)
    world[LV].house.refused.clear()
    assert isinstance(turned_away(world, replace(mail, key_id="0" * 64)), BROKEN)


def test_mail_written_again_that_says_the_same_is_taken(world: World) -> None:
    assert take(world, rewritten(dispatched(world, rewritten(posted(world))))) == Receipt(1)


@pytest.mark.parametrize("place", [-1, 0, PLACES + 1, 2**63, 2**80])
def test_a_notice_without_a_place_that_can_be_counted_is_refused(world: World, place: int) -> None:
    assert isinstance(turned_away(world, dispatched(world, posted(world, place))), BrokenSealError)


def test_a_notice_whose_content_is_unknown_here_is_handed_on_as_such(world: World) -> None:
    take(world, dispatched(world, posted(world, body=b"\xa2\x06\x02hi")))

    [(_, _, [one])] = world[LV].house.mail
    assert isinstance(one.notice, InvalidError)
