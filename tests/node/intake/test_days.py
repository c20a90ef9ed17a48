"""Dates as lists write them."""

import pytest

from node.intake.days import partial, years


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1970", "1970"), ("1970-05", "1970-05"), ("1970-5-3", "1970-05-03"),
        ("19700503", "1970-05-03"),
        ("2015-07-01-04:00", "2015-07-01"), ("1970-05-03T10:00:00Z", "1970-05-03"),
        ("1970-00-00", "1970"), ("1970-05-00", "1970-05"), ("03.05.1970", "1970-05-03"),
        ("14 Jun 1975", "1975-06-14"), ("01 Jan.1967", "1967-01-01"), ("Nov. 1973", "1973-11"),
        ("April 1963", "1963-04"), ("3 Sept 1990", "1990-09-03"), ("June 14, 1975", "1975-06-14"),
        ("1970/05/03", "1970-05-03"), ("2000-02-29", "2000-02-29"),
    ],
)  # fmt: skip
def test_a_date_keeps_its_precision(text: str, day: str) -> None:
    assert partial(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "05/03/1970", "1970-13", "1970-02-30", "30 Foo 1970", "0970", "30-35 years old", "Sep.",
        "1970-00-03", "24/06/1402 (Hijri Calendar)", "2001-02-29",
    ],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_is_not_guessed(text: str) -> None:
    assert partial(text) == ""


def test_a_short_span_is_each_of_its_years() -> None:
    assert years("1968", "1970") == ("1968", "1969", "1970")


@pytest.mark.parametrize(
    ("first", "last"), [("1950", "1980"), ("1970", "1968"), ("", "1968"), ("1970-05", "1971")]
)
def test_a_long_or_open_span_is_none(first: str, last: str) -> None:
    assert years(first, last) == ()
