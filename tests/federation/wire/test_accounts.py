"""Inquiries and accounts: each comes back as it was, and what would lead astray does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from federation import wire
from federation.accounts import Account, Book, Inquiry, Kept, Line
from federation.errors import InvalidError
from federation.limits import LINES, PROOF, STATEMENT_BYTES, WORD
from federation.messages import Answer, Asker, LogReceipt, MemberId, PersonId, QuestionId
from federation.witness import TreeHead
from protos.federation.v1 import federation_pb2 as pb
from tests.federation.world import hit

LV = MemberId("LV")
AT = datetime(2027, 1, 31, 20, 0, 0, 5, tzinfo=UTC)
STEP = timedelta(microseconds=1)
HEAD = TreeHead(LV, 900, b"r" * 32, AT, b"signed")
KEPT = Kept(b"{}", "key", b"signature")
ASKED = Inquiry(Asker(PersonId("ada"), "auditor"), Book.HEARD, AT, AT + timedelta(days=1), 3, 0, 7)
OF_MAIL = replace(ASKED, book=Book.TAKEN, after=4, through=900)
QUESTION = Line(
    AT + STEP,
    "answered",
    5,
    id="q-1",
    answer="ab",
    theirs=8,
    kept=KEPT,
    leaf=b"l" * 32,
    inclusion=(b"p" * 32,),
)
NOTICE = Line(AT, "", 0, sequence=5, kept=KEPT)
OF_QUESTIONS = Account((QUESTION, replace(QUESTION, entry=6)), True, HEAD, (b"c" * 32,))
OF_NOTICES = Account((NOTICE, replace(NOTICE, sequence=9)), True, HEAD, (), through=900, last=950)


@pytest.mark.parametrize("book", Book)
def test_an_inquiry_comes_back_as_it_was(book: Book) -> None:
    asked = replace(ASKED, book=book)

    assert wire.inquiry_from(wire.inquiry_to(asked)) == asked


@pytest.mark.parametrize(
    "change",
    [
        lambda message: message.ClearField("book"),
        lambda message: message.ClearField("asker"),
        lambda message: message.ClearField("since"),
        lambda message: setattr(message, "until", -1),
        lambda message: setattr(message, "after", -1),
        lambda message: setattr(message, "through", -1),
        lambda message: setattr(message, "known", -1),
    ],
)
def test_an_inquiry_that_lacks_something_is_refused(change: Callable[[pb.Inquiry], None]) -> None:
    message = pb.Inquiry.FromString(wire.inquiry_to(ASKED))
    change(message)

    with pytest.raises(InvalidError):
        wire.inquiry_from(message.SerializeToString())


def test_a_page_comes_back_as_it_was_and_leads_to_the_next_one() -> None:
    for asked, page in ((ASKED, OF_QUESTIONS), (OF_MAIL, OF_NOTICES)):
        assert wire.account_from(wire.account_to(page), LV, asked) == page

    assert wire.following(ASKED, OF_QUESTIONS) == replace(ASKED, since=AT + STEP, after=6)
    assert wire.following(OF_MAIL, OF_NOTICES) == replace(OF_MAIL, after=9, through=900)


WRONG = {
    "too many lines": replace(
        OF_QUESTIONS, lines=tuple(replace(QUESTION, entry=n) for n in range(5, LINES + 6))
    ),
    "more behind nothing": Account((), True, HEAD),
    "an entry that the log has not": replace(OF_QUESTIONS, lines=(replace(QUESTION, entry=901),)),
    "a question without an entry": replace(OF_QUESTIONS, lines=(replace(QUESTION, entry=0),)),
    "twice the same line": replace(OF_QUESTIONS, lines=(QUESTION, QUESTION)),
    "out of order": replace(OF_QUESTIONS, lines=(replace(QUESTION, entry=6), QUESTION)),
    "before the page": replace(OF_QUESTIONS, lines=(replace(QUESTION, at=AT - STEP),)),
    "again what was shown": replace(OF_QUESTIONS, lines=(replace(QUESTION, at=AT, entry=3),)),
    "behind the last moment": replace(
        OF_QUESTIONS, lines=(replace(QUESTION, at=ASKED.until + STEP),)
    ),
    "a notice among questions": replace(OF_QUESTIONS, lines=(NOTICE,)),
    "neither of both": replace(OF_QUESTIONS, lines=(replace(QUESTION, id=""),)),
    "a long name": replace(OF_QUESTIONS, lines=(replace(QUESTION, id="q" * (WORD + 1)),)),
    "a long word": replace(OF_QUESTIONS, lines=(replace(QUESTION, word="w" * (WORD + 1)),)),
    "half a leaf": replace(OF_QUESTIONS, lines=(replace(QUESTION, leaf=b"half"),)),
    "a long proof": replace(
        OF_QUESTIONS, lines=(replace(QUESTION, inclusion=(b"p" * 32,) * (PROOF + 1)),)
    ),
    "a long statement": replace(
        OF_QUESTIONS, lines=(replace(QUESTION, kept=Kept(b"s" * STATEMENT_BYTES, "k", b"s")),)
    ),
    "half a hash": replace(OF_QUESTIONS, consistency=(b"half",)),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_page_that_leads_astray_is_refused(what: str) -> None:
    with pytest.raises(InvalidError):
        wire.account_from(wire.account_to(WRONG[what]), LV, ASKED)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("half a hash", "consistency must hold hashes"),
        ("half a leaf", "line.leaf must be a hash"),
        ("a long proof", "line.inclusion must hold at most"),
    ],
)
def test_a_page_with_a_wrong_proof_is_refused_by_the_name_of_its_field(
    what: str, says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        wire.account_from(wire.account_to(WRONG[what]), LV, ASKED)


@pytest.mark.parametrize(
    "line",
    [
        QUESTION,
        replace(NOTICE, sequence=4),
        replace(NOTICE, sequence=901),
        replace(NOTICE, entry=901),
    ],
)
def test_a_page_of_notices_stays_within_what_was_asked_for(line: Line) -> None:
    with pytest.raises(InvalidError):
        wire.account_from(wire.account_to(replace(OF_NOTICES, lines=(line,))), LV, OF_MAIL)


def test_the_first_page_of_a_period_says_how_far_it_goes_and_goes_no_further() -> None:
    first = replace(OF_MAIL, through=0)
    none = replace(OF_NOTICES, lines=(), has_more=False, through=0)
    for page in (OF_NOTICES, replace(OF_NOTICES, through=9), none):
        assert wire.account_from(wire.account_to(page), LV, first) == page

    with pytest.raises(InvalidError, match="within what was asked for"):
        wire.account_from(wire.account_to(replace(OF_NOTICES, through=8)), LV, first)


def test_a_question_of_the_last_moment_is_within_what_was_asked_for() -> None:
    page = replace(OF_QUESTIONS, lines=(replace(QUESTION, at=ASKED.until),))

    assert wire.account_from(wire.account_to(page), LV, ASKED) == page


def test_an_answer_has_one_digest_on_both_sides_whatever_receipt_and_filling_it_travels_with() -> (
    None
):
    answer = Answer(QuestionId("q-1"), LV, (hit(LV, 300),), 7)
    receipt = LogReceipt(3, 9, b"r" * 32, AT, b"signed")
    bodies = [
        wire.answer_to(replace(answer, receipt=given, is_veiled=is_veiled))
        for given in (None, receipt)
        for is_veiled in (False, True)
    ]

    came = {wire.answer_from(body, QuestionId("q-1"), LV).digest for body in bodies}

    assert len(set(bodies)) == 4
    assert came == {wire.answer_digest(replace(answer, receipt=receipt, is_veiled=True))}
    other = replace(answer, index_age_s=8)
    assert wire.answer_digest(other) not in came
