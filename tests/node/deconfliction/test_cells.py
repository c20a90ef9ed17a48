"""Cells: what overlaps shares a token, what is far apart shares none."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from node.deconfliction.cells import MOST_LATITUDE, MOST_RADIUS_M, Cover, circle, hours

START = datetime(2026, 12, 1, tzinfo=UTC)
METRES = 111_195.0

begins = st.integers(0, 24 * 60 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
lasts = st.integers(1, 24 * 60 * 31).map(lambda minutes: timedelta(minutes=minutes))
latitudes = st.floats(-MOST_LATITUDE + 1, MOST_LATITUDE - 1)
longitudes = st.floats(-179, 179)
radii = st.floats(1, MOST_RADIUS_M)
turns = st.floats(0, 2 * math.pi)


def meet(one: Cover, other: Cover) -> bool:
    """Whether two covers meet; whoever asks finds the same."""
    found = bool(one.asked() & other.offered())
    assert found == bool(other.asked() & one.offered())
    return found


def beside(latitude: float, longitude: float, metres: float, turn: float) -> tuple[float, float]:
    """The place so many metres from another one."""
    north, east = metres * math.sin(turn), metres * math.cos(turn)
    return (
        latitude + north / METRES,
        longitude + east / (METRES * math.cos(math.radians(latitude))),
    )


@given(begins, lasts, begins, lasts)
def test_times_meet_exactly_when_they_share_an_hour_that_has_begun(
    one: datetime, one_lasts: timedelta, other: datetime, other_lasts: timedelta
) -> None:
    def whole(at: datetime, *, is_end: bool) -> int:
        counted = (at - START) / timedelta(hours=1)
        return math.ceil(counted) if is_end else math.floor(counted)

    one_is = whole(one, is_end=False), whole(one + one_lasts, is_end=True)
    other_is = whole(other, is_end=False), whole(other + other_lasts, is_end=True)

    assert meet(hours(one, one + one_lasts), hours(other, other + other_lasts)) == (
        one_is[0] < other_is[1] and other_is[0] < one_is[1]
    )


@given(latitudes, longitudes, radii, radii, turns, turns)
def test_circles_that_overlap_meet_whatever_their_sizes(  # noqa: PLR0913, PLR0917 - two circles
    latitude: float, longitude: float, one_m: float, other_m: float, turn: float, other_turn: float
) -> None:
    # Both hold the point from which they are measured.
    one = beside(latitude, longitude, one_m * 0.95, turn)
    other = beside(latitude, longitude, other_m * 0.95, other_turn)

    assert meet(circle(*one, one_m), circle(*other, other_m))


@given(latitudes, longitudes, radii, radii, turns)
def test_circles_further_apart_than_a_few_of_the_larger_one_do_not_meet(
    latitude: float, longitude: float, one_m: float, other_m: float, turn: float
) -> None:
    # Nobody is surprised by what is further off than the widest cells of that size can reach.
    larger = max(one_m, other_m, 62.5)
    far = beside(latitude, longitude, 27 * larger, turn)
    assume(abs(far[0]) < MOST_LATITUDE and abs(far[1]) < 180)
    assume(abs(math.cos(math.radians(far[0])) / math.cos(math.radians(latitude)) - 1) < 0.5)

    assert not meet(circle(latitude, longitude, one_m), circle(*far, other_m))


@pytest.mark.parametrize("radius_m", [1, 62, 63, 250, 251, 1_000, 4_000, 16_000])
def test_a_circle_is_a_few_cells(radius_m: float) -> None:
    cover = circle(59.437, 24.754, radius_m)

    assert 1 <= len(cover.exact) <= 6
    assert len(cover.above) <= 16


def test_a_time_without_length_is_the_hour_in_which_it_lies() -> None:
    assert hours(START, START) == hours(START, START + timedelta(minutes=59))
    assert not meet(hours(START, START), hours(START + timedelta(hours=1), START))
