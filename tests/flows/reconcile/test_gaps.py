"""What one side of a comparison hides, invents or changes, and what the other finds."""

from dataclasses import replace

import pytest

from federation import keys
from federation.accounts import Account, Book, Inquiry, Line
from federation.charter import Member
from federation.errors import InvalidError
from federation.limits import PLACES
from federation.messages import MemberId, PersonId
from federation.seal import Statement
from federation.server import Books
from node import store
from node.people import Role, person
from node.reconciling import comparing
from node.reconciling.differences import What
from node.store.mail import LaneState
from tests.flows.books import EE, LV, edited, is_reached, reconciled
from tests.world import Place, World, eventually, federation

ADMIN = person(PersonId("first"), [Role.ADMINISTRATOR])


#: What Latvia's operator does to Latvia's books, and what Estonia finds.
DISHONEST = [
    ("DELETE FROM exchange WHERE member = 'EE' AND book = 'heard'", "asked", What.NOT_RECORDED),
    (
        "UPDATE exchange SET word = 'refused' WHERE member = 'EE' AND book = 'heard'",
        "asked",
        What.ANSWER_DENIED,
    ),
    (
        "UPDATE exchange SET answer = 'ab' WHERE member = 'EE' AND book = 'heard'",
        "asked",
        What.OTHER_ANSWER,
    ),
    (
        "UPDATE exchange SET entry = 1 WHERE member = 'EE' AND book = 'heard'",
        "asked",
        What.OTHER_PLACE,
    ),
    (
        "INSERT INTO exchange SELECT member, book, at, 1, question, word, said, answer, theirs"
        " FROM exchange WHERE member = 'EE' AND book = 'heard'",
        "asked",
        What.ANSWERED_TWICE,
    ),
    (
        "INSERT INTO exchange SELECT member, book, at, 1, 'q-made-up', word, said, answer, theirs"
        " FROM exchange WHERE member = 'EE' AND book = 'heard'",
        "asked",
        What.NOT_ASKED,
    ),
    ("UPDATE question SET statement = CAST('{}' AS BLOB)", "asked", What.OTHER_QUESTION),
    (
        "UPDATE question SET statement = CAST(replace(hex(zeroblob(1900)), '00', '[') AS BLOB)",
        "asked",
        What.OTHER_QUESTION,
    ),
    (
        "UPDATE question SET statement = (SELECT statement FROM question WHERE sender = 'PL')",
        "asked",
        What.OTHER_QUESTION,
    ),
    ("DELETE FROM question WHERE sender = 'EE'", "asked", What.NOT_SHOWN),
    ("DELETE FROM exchange WHERE member = 'EE' AND book = 'asked'", "heard", What.NOT_ASKED),
    (
        "UPDATE exchange SET word = 'refused' WHERE member = 'EE' AND book = 'asked'",
        "heard",
        What.REFUSAL_DENIED,
    ),
    (
        "UPDATE exchange SET theirs = 1 WHERE member = 'EE' AND book = 'asked'",
        "heard",
        What.OTHER_PLACE,
    ),
    (
        "UPDATE exchange SET answer = 'ab' WHERE member = 'EE' AND book = 'asked'",
        "heard",
        What.OTHER_ANSWER,
    ),
    (
        "INSERT INTO exchange SELECT member, book, at, 1, 'q-made-up', word, said, answer, theirs"
        " FROM exchange WHERE member = 'EE' AND book = 'asked'",
        "heard",
        What.NOT_RECORDED,
    ),
    ("DELETE FROM mail_in WHERE member = 'EE' AND sequence = 1", "sent", What.NOT_TAKEN),
    (
        "UPDATE mail_in SET statement = CAST('{}' AS BLOB) WHERE member = 'EE' AND sequence = 1",
        "sent",
        What.OTHER_NOTICE,
    ),
    (
        "UPDATE mail_in SET ground = 'refused' WHERE member = 'EE' AND sequence = 1",
        "sent",
        What.OTHER_EFFECT,
    ),
    ("UPDATE lane SET received = 9 WHERE member = 'EE'", "sent", What.NOT_SENT),
    ("DELETE FROM mail_out WHERE member = 'EE' AND sequence = 1", "taken", What.PUT_BACK),
    ("DELETE FROM mail_out WHERE member = 'EE' AND sequence = 2", "taken", What.PUT_BACK),
    ("DELETE FROM mail_out WHERE member = 'EE' AND sequence = 3", "taken", What.PUT_BACK),
    ("DELETE FROM mail_out WHERE member = 'EE'", "taken", What.PUT_BACK),
    (
        "UPDATE mail_out SET statement = CAST('{}' AS BLOB) WHERE member = 'EE' AND sequence = 2",
        "taken",
        What.OTHER_NOTICE,
    ),
    (
        "UPDATE mail_out SET state = 'refused' WHERE member = 'EE' AND sequence = 2",
        "taken",
        What.OTHER_EFFECT,
    ),
    ("UPDATE lane SET assigned = 1 WHERE member = 'EE'", "taken", What.NOT_SENT),
]


@pytest.mark.parametrize(("edit", "book", "what"), DISHONEST, ids=lambda one: str(one)[:60])
def test_what_the_other_side_hides_invents_or_changes_is_a_gap_that_names_it(
    world: World, edit: str, book: str, what: What
) -> None:
    edited(world["lv"], edit)

    compared = reconciled(world["ee"], LV)

    assert (book, what) in compared.gaps
    assert {one for one, _ in compared.gaps} == {book}
    assert compared.result.gaps == len(compared.gaps)


def test_a_book_without_end_is_not_read_to_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Estonia sent nothing in these days; Latvia claims notice after notice, page after page."""
    world.clock.turn(days=40)
    assert is_reached(world)
    books = world["lv"].up.doors._step.books
    shown = type(books).account

    def endless(here: Books, member: Member, inquiry: Inquiry, statement: Statement) -> Account:
        page = shown(here, member, inquiry, statement)
        if inquiry.book is not Book.TAKEN:
            return page
        claimed = range(inquiry.after + 1, inquiry.after + 101)
        lines = tuple(Line(world.clock(), "", 0, sequence=one) for one in claimed)
        return replace(page, lines=lines, has_more=inquiry.after < 1_000, through=PLACES)

    monkeypatch.setattr(type(books), "account", endless)
    monkeypatch.setattr(comparing, "MOST", 300)

    with pytest.raises(InvalidError, match="more than 300 lines"):
        reconciled(world["ee"], LV)


def test_what_a_member_asked_before_its_key_was_stolen_stays_proven_by_our_own_books() -> None:
    """Estonia denies a question of yesterday's; what it shows now under that key proves nothing."""
    with federation("EE", "LV", "PL") as world:
        world["ee"].search("Anna Nowak", to=["lv"])
        eventually(lambda: not lane(world["ee"], LV).waiting)
        world.clock.turn(hours=1)
        world["ee"].desk.rotating.revoke(keys.What.SIGNING, "stolen", by=ADMIN)
        eventually(lambda: not world["ee"].desk.rotating.is_changing, timeout_s=30)
        line = world["lv"].up.in_force().members[EE]
        assert [one.is_revoked for one in line.former_keys] == [True]
        edited(world["ee"], "DELETE FROM exchange WHERE member = 'LV' AND book = 'asked'")

        denied = [one for one in reconciled(world["lv"], EE).findings if one.book == "heard"]
        edited(world["lv"], "UPDATE exchange SET at = at + 3600000000 WHERE book = 'heard'")
        late = [one for one in reconciled(world["lv"], EE).findings if one.book == "heard"]
        shown = [one for one in reconciled(world["ee"], LV).findings if one.book == "asked"]

    assert [(one.difference.what, one.sealed_by) for one in denied] == [(What.NOT_ASKED, "EE")]
    assert [(one.difference.what, one.sealed_by) for one in late] == [(What.NOT_ASKED, "")]
    assert [(one.difference.what, one.sealed_by) for one in shown] == [(What.NOT_ASKED, "")]


def lane(place: Place, to: MemberId) -> LaneState:
    with place.up.store.view() as view:
        return store.mail.lane(view, to)


def test_notices_that_were_queued_before_the_days_in_which_they_were_taken_agree(
    world: World,
) -> None:
    edited(world["lv"], "UPDATE mail_out SET queued_at = 1 WHERE member = 'EE' AND sequence < 3")

    compared = reconciled(world["ee"], LV, days=90)

    assert compared.findings == []
    assert compared.result.agreed[Book.TAKEN] == 3
