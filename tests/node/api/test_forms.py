"""What the desk is told, as values of the house and back."""

from datetime import date

import pytest

from federation.errors import InvalidError
from federation.limits import HITS
from federation.messages import (
    Answer,
    Entity,
    Gathered,
    Hit,
    Marking,
    MemberId,
    Outcome,
    OutcomeKind,
    QuestionId,
    Reference,
    Share,
)
from node.api.forms import gathered_to, hit_to, marking_from, members_from, sought_from
from protos.node.v1 import node_pb2 as pb


def test_what_is_not_said_stays_hidden_and_for_nobody() -> None:
    assert marking_from(pb.LoadOptions()) == Marking()


def test_a_share_that_is_none_is_named() -> None:
    with pytest.raises(InvalidError, match="hidden, hit, core, full"):
        marking_from(pb.LoadOptions(share="everything"))


def test_every_part_of_a_marking_is_heeded() -> None:
    options = pb.LoadOptions(
        share="core",
        to=["ee", "group:drugs"],
        handling=["H1", "H3"],
        handling_text="ask first",
        topic="drugs",
        category="suspect",
        grade="admiralty-6x6:B3",
    )

    assert marking_from(options) == Marking(
        share=Share.CORE,
        audience=frozenset({"EE", "group:drugs"}),
        handling=frozenset({"H1", "H3"}),
        handling_text="ask first",
        topic="drugs",
        category="suspect",
        grade_scheme="admiralty-6x6",
        source_grade="B",
        information_grade="3",
    )


def test_members_are_typed_in_any_case() -> None:
    assert members_from([" ee", "LV", ""]) == ("EE", "LV")


def test_a_name_keeps_its_letters_and_loses_its_margins() -> None:
    sought = sought_from(pb.SearchRequest(name="  Öö Äärne ", nationality="EE"))

    assert (sought.name, sought.nationality) == ("Öö Äärne", "ee")


def test_a_bare_hit_says_nothing_of_the_record() -> None:
    hit = hit_to(Hit(MemberId("PL"), Reference("r"), 0.9, True, Share.HIT))

    assert (hit.caption, hit.record, hit.entity, hit.HasField("marking")) == ("", "", "", False)


def test_a_review_date_is_shown_as_a_date() -> None:
    marking = Marking(review_on=date(2031, 3, 2))
    entity = Entity("P-1", "Person", {"name": ("Anna Nowak",)})

    hit = hit_to(Hit(MemberId("PL"), Reference("r"), 0.9, True, Share.FULL, entity, marking))

    assert hit.marking.review_on == "2031-03-02"
    assert hit.entity == '{"id":"P-1","schema":"Person","properties":{"name":["Anna Nowak"]}}'


def _outcome(member: str, hits: int | None) -> Outcome:
    """How a member met a question: with so many hits, or not at all."""
    if hits is None:
        return Outcome(MemberId(member), OutcomeKind.LATE, 3)
    one = Hit(MemberId(member), Reference("r"), 0.9, True, Share.HIT)
    answer = Answer(QuestionId("q"), MemberId(member), (one,) * hits)
    return Outcome(MemberId(member), OutcomeKind.ANSWERED, 3, answer)


@pytest.mark.parametrize(
    ("hits", "limit", "more"),
    [(2, 3, False), (3, 3, True), (HITS, 200, True), (0, 1, False), (None, 1, False)],
)
def test_a_member_that_gave_as_many_as_were_asked_may_have_more(
    hits: int | None, limit: int, more: bool
) -> None:
    outcomes = (_outcome("EE", 1), _outcome("PL", hits))
    shown = outcomes[0].answer.hits  # type: ignore[union-attr]

    response = gathered_to(Gathered(QuestionId("q"), shown, outcomes), limit)

    estonia, poland = response.members
    assert (estonia.hits, estonia.shown) == (1, 1)
    assert (poland.hits, poland.shown, poland.more) == (hits or 0, 0, more)
