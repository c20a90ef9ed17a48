"""Figures of a scenario: recall of ten, what is wrong, what is ambiguous, what is strong."""

import pytest

from federation.messages import Sought
from scripts.benches.quality import scenario
from scripts.benches.quality.sources import ALL, TESTING, Place, Query, Truth
from scripts.benches.quality.stores import Answer, Hit

MINE, TWIN, OTHER = ("LT", "mine"), ("LT", "twin"), ("EE", "other")
TRUTHS = {
    "scenario": Truth(
        {MINE: "C1", TWIN: "C2", OTHER: "C3"}, {"C1": frozenset({"C2"}), "C2": frozenset({"C1"})}
    )
}


def answer(*places: Place, expected: frozenset[Place] = frozenset({MINE})) -> Answer:
    """An answer to one question for a person, strong at its head."""
    query = Query(
        *("scenario", "Q1", "alias", "LT"), Sought("Jonas Jonaitis", kind="person"),
        *("near", False, expected, "C1"),
    )  # fmt: skip
    return Answer(query, tuple(Hit(one, 0.9, number == 0) for number, one in enumerate(places)))


def figure(
    group: str, answers: list[Answer], unit: str = "alias of a person, near and mid"
) -> float:
    """The figure over many times these answers, so that they are enough."""
    found = {
        (one.group, one.unit): one.figure
        for one in scenario.figures(answers * 20, TRUTHS)
        if one.part == ALL
    }
    return found[group, unit]


def test_recall_is_of_the_ten_that_are_shown() -> None:
    crowd = [("FI", str(number)) for number in range(9)]

    assert figure("scenario, recall@10", [answer(*crowd, MINE)]) == 1
    assert figure("scenario, recall@10", [answer(*crowd, OTHER, MINE)]) == 0
    assert figure("scenario, reciprocal rank", [answer(OTHER, MINE)]) == pytest.approx(0.5)


def test_more_than_ten_that_are_expected_are_all_found_by_ten() -> None:
    many = [("FI", str(number)) for number in range(20)]

    found = figure("scenario, recall@10", [answer(*many[:10], expected=frozenset(many))])

    assert found == 1


def test_an_answer_without_hits_counts_as_nothing_found() -> None:
    assert figure("scenario, recall@10", [answer(MINE), answer()]) == pytest.approx(0.5)


def test_what_is_ambiguous_is_neither_right_nor_wrong() -> None:
    ambiguous, wrong = [answer(MINE, TWIN)], [answer(MINE, OTHER)]

    assert figure("scenario, wrong per query", ambiguous) == 0
    assert figure("scenario, precision", ambiguous) == 1
    assert figure("scenario, wrong per query", wrong) == 1
    assert figure("scenario, precision", wrong) == pytest.approx(0.5)


def test_only_strong_hits_count_among_strong_ones() -> None:
    group, wrong = "scenario, recall@10 of strong hits", "scenario, wrong strong hits per query"

    assert figure(group, [answer(OTHER, MINE)], "without a date, near and mid") == 0
    assert figure(group, [answer(MINE, OTHER)], "without a date, near and mid") == 1
    assert figure(wrong, [answer(OTHER, MINE)], "without a date") == 1
    assert figure(wrong, [answer(MINE, OTHER)], "without a date") == 0


def test_what_is_only_for_testing_is_shown_as_such() -> None:
    parts = {one.part for one in scenario.figures([answer(MINE)] * 20, TRUTHS)}

    assert parts == {ALL, TESTING}
