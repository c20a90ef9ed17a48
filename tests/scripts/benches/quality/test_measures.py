"""Measures: F1, recall at few false ones, intervals over subjects, calibration."""

from itertools import groupby

import pytest

from scripts.benches.quality.measures import (
    Row,
    Scored,
    best_cut,
    calibration_error,
    f1_rows,
    hit_rows,
    interval,
    interval_at_false_rate,
    macro,
    ratio,
    recall_at_false_rate,
)


def scored(*pairs: tuple[bool, float], source: str = "one") -> list[Scored]:
    """Pairs with their scores, each of a subject of its own."""
    return [
        Scored(source, f"{source}-{number}", is_same, score)
        for number, (is_same, score) in enumerate(pairs)
    ]


#: At 0.5: two are found, one is missed, one is false.
MIXED = scored((True, 0.9), (True, 0.5), (True, 0.4), (False, 0.6), (False, 0.1))


def test_f1_is_twice_the_hits_of_all_said_and_all_that_are_the_same() -> None:
    assert ratio(f1_rows(MIXED, 0.5)) == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))


def test_recall_counts_the_same_and_the_false_rate_the_others() -> None:
    assert ratio(hit_rows(MIXED, 0.5, are_same=True)) == pytest.approx(2 / 3)
    assert ratio(hit_rows(MIXED, 0.5, are_same=False)) == pytest.approx(1 / 2)


def test_a_macro_figure_weighs_every_source_alike() -> None:
    rows = [Row("small", "a", 1), *[Row("large", str(n), 0) for n in range(99)]]

    assert macro(rows) == pytest.approx(0.5)
    assert ratio(rows) == pytest.approx(0.01)


def test_the_best_cut_parts_the_same_from_the_others() -> None:
    pairs = scored((True, 0.9), (True, 0.71), (False, 0.7), (False, 0.2))

    assert best_cut(pairs) == pytest.approx(0.71)


def test_recall_at_one_false_in_a_hundred_lies_above_the_second_false_one() -> None:
    others = scored(*[(False, 0.8), (False, 0.6), *[(False, 0.1)] * 98])
    same = scored((True, 0.9), (True, 0.7), (True, 0.6), (True, 0.5), source="one")

    assert recall_at_false_rate([*others, *same]) == pytest.approx(2 / 4)


def test_without_a_false_one_too_many_every_hit_counts() -> None:
    assert recall_at_false_rate(scored((True, 0.1), (True, 0.2))) == 1


def test_an_interval_is_the_same_in_every_run_and_in_any_order() -> None:
    rows = [Row("one", str(number), number % 3 == 0) for number in range(60)]

    assert interval(rows) == interval(rows) == interval(rows[::-1])
    assert interval_at_false_rate(MIXED) == interval_at_false_rate(MIXED[::-1])


def test_an_interval_lies_about_its_figure_and_narrows_with_more_subjects() -> None:
    few = [Row("one", str(number), number % 2) for number in range(20)]
    many = [Row("one", str(number), number % 2) for number in range(2_000)]

    (low, high), (near_low, near_high) = interval(few), interval(many)

    assert low < near_low < 0.5 < near_high < high
    assert near_high - near_low == pytest.approx(2 * 1.96 * (0.25 / 2_000) ** 0.5, rel=0.2)


def test_observations_of_one_subject_are_drawn_together() -> None:
    alone = [Row("one", str(number), number < 200) for number in range(400)]
    together = [row._replace(subject=str(int(row.subject) // 100)) for row in alone]

    widths = [high - low for low, high in map(interval, (alone, together))]

    assert len({key for key, _ in groupby(together, key=lambda row: row.subject)}) == 4
    assert widths[1] > 5 * widths[0]


def test_a_bootstrap_of_the_tail_moves_with_its_subjects() -> None:
    pairs = scored(*[(number % 2 == 0, number / 100) for number in range(100)])

    low, high = interval_at_false_rate(pairs)

    assert low <= recall_at_false_rate(pairs) <= high
    assert low < high


def test_scores_that_say_what_is_true_have_no_calibration_error() -> None:
    honest = [(0.9, number < 9) for number in range(10)]
    boasting = [(0.9, number < 5) for number in range(10)]

    assert calibration_error(honest, 0.05) == pytest.approx(0)
    assert calibration_error([*honest, *boasting], 0.05) == pytest.approx(0.2)
    assert calibration_error([(1.0, True), (0.3, False)], 0.05) == pytest.approx(0.15)
