"""What two books say of the same thing: every pair of words has one judgement, and a fair one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from federation.accounts import Kept, Line
from node.reconciling import differences
from node.reconciling.differences import APART, OPEN_FOR, Period, What

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
DAY = Period(NOW - timedelta(days=1), NOW, NOW)
ASKED = Line(NOW, "answered", 4, id="q", answer="ab", theirs=9)
HEARD = Line(NOW, "answered", 9, id="q", answer="ab")
SENT = Line(NOW, "delivered", 4, sequence=3, kept=Kept(b"one", "k", b""))
TAKEN = Line(NOW, "", 7, sequence=3, kept=Kept(b"one", "k", b""))
LONG_AGO = NOW - OPEN_FOR

QUESTIONS = [
    ("answered", ["answered"], None),
    ("answered", ["answered", "refused"], None),
    ("answered", ["turned-away", "answered"], None),
    ("answered", ["answered", "answered"], What.ANSWERED_TWICE),
    ("answered", ["refused"], What.ANSWER_DENIED),
    ("answered", ["turned-away"], What.ANSWER_DENIED),
    ("answered", [], What.NOT_RECORDED),
    ("refused", ["refused"], None),
    ("refused", ["turned-away"], None),
    ("refused", ["answered"], What.REFUSAL_DENIED),
    ("refused", [], What.REFUSED_UNREAD),
    ("late", ["answered"], What.REPLY_LOST),
    ("late", ["refused"], What.REPLY_LOST),
    ("late", [], What.CALL_FAILED),
    ("unreachable", ["answered"], What.REPLY_LOST),
    ("unreachable", [], What.CALL_FAILED),
    ("", ["answered"], What.IN_FLIGHT),
    ("", ["refused"], What.IN_FLIGHT),
    ("", [], What.IN_FLIGHT),
]


@pytest.mark.parametrize(("asked", "heard", "what"), QUESTIONS)
def test_both_words_for_a_question_have_one_judgement(
    asked: str, heard: list[str], what: What | None
) -> None:
    lines = [replace(HEARD, word=word) for word in heard]

    assert differences.question(replace(ASKED, word=asked), lines, NOW) == what


@pytest.mark.parametrize("heard", [[], ["answered"], ["refused"]])
def test_what_is_open_for_too_long_was_never_gathered(heard: list[str]) -> None:
    lines = [replace(HEARD, word=word) for word in heard]

    found = differences.question(replace(ASKED, word="", at=LONG_AGO), lines, NOW)

    assert found is What.NOT_GATHERED


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (replace(ASKED, theirs=8), What.OTHER_PLACE),
        (replace(ASKED, answer="cd"), What.OTHER_ANSWER),
        (replace(ASKED, theirs=0, answer=""), None),
    ],
)
def test_an_answer_is_the_same_by_its_place_and_its_digest(asked: Line, what: What | None) -> None:
    assert differences.question(asked, [HEARD], NOW) == what


def test_an_answer_of_which_no_digest_was_noted_is_the_same_by_its_place() -> None:
    assert differences.question(ASKED, [replace(HEARD, answer="")], NOW) is None


NOTICES = [
    (SENT, TAKEN, None),
    (replace(SENT, word="refused"), replace(TAKEN, word="expired"), None),
    (replace(SENT, word="waiting"), TAKEN, What.RECEIPT_LOST),
    (SENT, replace(TAKEN, word="refused"), What.OTHER_EFFECT),
    (replace(SENT, word="expired"), TAKEN, What.OTHER_EFFECT),
    (SENT, replace(TAKEN, kept=Kept(b"other", "k", b"")), What.OTHER_NOTICE),
    (SENT, None, What.NOT_TAKEN),
    (replace(SENT, word="refused"), None, What.NOT_TAKEN),
    (replace(SENT, word="waiting"), None, What.NO_LONGER_HELD),
    (replace(SENT, word="waiting", sequence=9), None, What.IN_FLIGHT),
    (None, TAKEN, What.PUT_BACK),
    (None, replace(TAKEN, sequence=6), What.NOT_SENT),
]


@pytest.mark.parametrize(("sent", "taken", "what"), NOTICES)
def test_both_words_for_a_notice_have_one_judgement(
    sent: Line | None, taken: Line | None, what: What | None
) -> None:
    lines = ([sent] if sent else [], [taken] if taken else [])

    agreed, found = differences.notices(*lines, assigned=5, received=8)

    assert [one.what for one in found] == ([what] if what else [])
    assert agreed == (0 if what else 1)


def test_what_happened_is_no_gap_and_what_is_missing_or_different_is() -> None:
    assert {what for what in What if not what.is_gap} == {
        What.IN_FLIGHT,
        What.NOT_GATHERED,
        What.CALL_FAILED,
        What.REFUSED_UNREAD,
        What.REPLY_LOST,
        What.RECEIPT_LOST,
        What.NO_LONGER_HELD,
    }


def test_what_one_side_heard_and_the_other_never_asked_is_a_gap() -> None:
    agreed, found = differences.questions([], [HEARD], DAY, lambda _: False)

    assert (agreed, [one.what for one in found]) == (0, [What.NOT_ASKED])
    assert differences.questions([], [HEARD], DAY, lambda id: id == "q") == (0, [])


def test_only_what_is_of_the_period_is_judged() -> None:
    before = replace(ASKED, at=DAY.since - APART)

    assert differences.questions([before], [], DAY, lambda _: False) == (0, [])
    heard = replace(HEARD, at=DAY.since - APART)
    assert differences.questions([], [heard], DAY, lambda _: False) == (0, [])
    assert differences.questions([ASKED], [heard], DAY, lambda _: False) == (1, [])
