"""Partial dates: what is read, and how far two agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import InvalidError
from node.dates import Agreement, PartialDate, agreement

DATES = st.builds(
    lambda day, precision: day.isoformat()[:precision], st.dates(), st.sampled_from([0, 4, 7, 10])
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", PartialDate()),
        ("1970", PartialDate(1970)),
        ("1970-05", PartialDate(1970, 5)),
        ("1970-05-03", PartialDate(1970, 5, 3)),
        ("2000-02-29", PartialDate(2000, 2, 29)),
    ],
)
def test_a_date_of_any_precision_is_read(text: str, expected: PartialDate) -> None:
    assert PartialDate.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["03.05.1970", "1970-13", "1970-02-30", "1900-02-29", "1970-00", "197", "x", "0000", "١٩٧٠"],
)
def test_what_is_no_date_is_refused_and_read_as_nothing(text: str) -> None:
    with pytest.raises(InvalidError, match="1970-05-03"):
        PartialDate.parse(text)

    assert PartialDate.read(text) == PartialDate()


def test_a_time_behind_a_date_is_not_looked_at() -> None:
    assert PartialDate.read("1970-05-03T10:00:00Z") == PartialDate(1970, 5, 3)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1970-05-03", "1970-05-03", Agreement.EQUAL),
        ("1970", "1970-05-03", Agreement.COMPATIBLE),
        ("1970-05", "1970-05-03", Agreement.COMPATIBLE),
        ("1970", "1970", Agreement.COMPATIBLE),
        ("1970-05-03", "1970-03-05", Agreement.SWAPPED),
        ("1970-05-03", "1970-05-08", Agreement.CLOSE),
        ("1970-05-03", "1971-05-03", Agreement.CLOSE),
        ("1970-05-03", "1979-05-03", Agreement.CLOSE),
        ("1970", "1971", Agreement.CLOSE),
        ("1970-05-03", "1981-05-03", Agreement.DIFFERS),
        ("1970-05-03", "1970-06-08", Agreement.DIFFERS),
        ("1970-05", "1970-06", Agreement.DIFFERS),
        ("1970", "1972", Agreement.DIFFERS),
        ("", "1972", Agreement.UNKNOWN),
        ("", "", Agreement.UNKNOWN),
    ],
)
def test_two_dates_agree_as_far_as_both_go(one: str, other: str, expected: Agreement) -> None:
    assert agreement(PartialDate.parse(one), PartialDate.parse(other)) is expected


@given(DATES, DATES)
def test_the_order_of_two_dates_makes_no_difference(one: str, other: str) -> None:
    left, right = PartialDate.read(one), PartialDate.read(other)

    assert agreement(left, right) is agreement(right, left)


@given(st.text())
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert isinstance(PartialDate.read(text), PartialDate)
