"""Births: the day and sex that a national number carries, and nothing when it does not pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Identifier
from node.codes import IdentifierType
from node.identifiers.births import UNSAID, Birth, born


def national(value: str) -> Identifier:
    return Identifier("national_id", value)


@pytest.mark.parametrize(
    ("value", "country", "birth"),
    [
        ("37605030299", "ee", Birth("1976-05-03", "male")),
        ("33309240064", "lt", Birth("1933-09-24", "male")),
        ("161175-19997", "lv", Birth("1975-11-16", "")),
        ("131052-308T", "fi", Birth("1952-10-13", "female")),
        ("811218-9876", "se", UNSAID),  # of which century?
        ("19811218-9876", "se", Birth("1981-12-18", "male")),
        ("211062-5629", "dk", Birth("1862-10-21", "male")),
        ("15108695088", "no", Birth("1986-10-15", "female")),
        ("44051401359", "pl", Birth("1944-05-14", "male")),
        ("7523169263", "bg", Birth("1875-03-16", "")),
        ("1630615123457", "ro", Birth("1963-06-15", "male")),
        ("120174-3399", "is", Birth("1974-01-12", "")),
    ],
)
def test_a_number_that_passes_says_who_it_was_given_to(
    value: str, country: str, birth: Birth
) -> None:
    assert born(national(value), (country,)) == birth


@pytest.mark.parametrize(
    ("value", "country"),
    [
        ("37605030298", "ee"),  # its check digit fails
        ("328673-00679", "lv"),  # a new code says nothing
        ("450401-3150", "is"),  # a company
        ("131052308T", "fi"),  # without the sign of its century
        ("", "ee"),
        ("37605030299", "is"),
    ],
)
def test_nothing_is_said_otherwise(value: str, country: str) -> None:
    assert born(national(value), (country,)) == UNSAID


def test_a_number_of_an_unknown_country_is_read_by_all_rules_that_agree() -> None:
    assert born(national("37605030299")) == Birth("1976-05-03", "male")


def test_only_national_numbers_are_read() -> None:
    assert born(Identifier("passport", "37605030299"), ("ee",)) == UNSAID


@given(
    st.sampled_from([*IdentifierType]),
    st.one_of(st.text(max_size=100), st.text(alphabet="0123456789-+A٣", min_size=9, max_size=14)),
    st.sampled_from([(), ("fi",), ("ro", "ee"), ("xx",)]),
)
def test_any_text_is_read_without_a_fault(
    type_: IdentifierType, value: str, countries: tuple[str, ...]
) -> None:
    assert born(Identifier(type_, value), countries).sex in {"", "male", "female"}
