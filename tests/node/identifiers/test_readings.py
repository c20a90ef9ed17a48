"""Readings: what a number may be written as when a part of it is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Identifier
from node.codes import IdentifierType
from node.identifiers.readings import Ground, readings


@pytest.mark.parametrize(
    ("type_", "value", "country", "mark", "reading"),
    [
        ("phone", "+370 612 34567", "", "370", "+61234567"),
        ("phone", "+370 (8) 612 34567", "", "370", "+61234567"),
        ("phone", "612 34567", "lt", "370", "+61234567"),
        ("phone", "8-612-34567", "", "", "+61234567"),
        ("phone", "0 612 34567", "", "", "+61234567"),
        ("plate", "EST 123-ABC", "", "EE", "+123ABC"),
        ("plate", "А 123 ВС 77", "", "77", "+A123BC"),
        ("tax", "LT100001919017", "", "LT", "+100001919017"),
        ("tax", "SE 556188-8404 01", "", "SE", "+5561888404"),
        ("tax", "NO 974 760 673 MVA", "", "NO", "+974760673"),
        ("registration", "00123456", "", "", "0123456"),
        ("national_id", "PNOEE-37605030299", "", "EE", "+37605030299"),
        ("passport", "AB 1234567", "", "AB", "<1234567"),
        ("passport", "001234567", "", "", "01234567"),
        ("iban", "EE38 2200 2210 2014 5685", "", "EE382200221020145685", "@221020145685"),
        ("account", "00001234567", "", "", "01234567"),
    ],
)
def test_a_number_is_read_without_what_may_be_left_out(
    type_: str, value: str, country: str, mark: str, reading: str
) -> None:
    found = readings(Identifier(type_, value), (country,) if country else ())

    assert found.mark == mark
    assert reading in found.texts


@pytest.mark.parametrize(
    ("type_", "value"),
    [("passport", "AB12"), ("registration", "HRB 12345"), ("tax", "0001"), ("email", "a@b.ee")],
)
def test_too_little_is_no_reading(type_: str, value: str) -> None:
    assert readings(Identifier(type_, value)).texts == frozenset()


@given(
    st.sampled_from([*IdentifierType, "unheard-of"]),
    st.one_of(st.text(max_size=100), st.text(alphabet="0123456789ABESTPNO+ ", max_size=20)),
    st.sampled_from([(), ("ee",), ("xx", "lt")]),
)
def test_any_text_has_few_readings_each_with_its_ground(
    type_: str, value: str, countries: tuple[str, ...]
) -> None:
    found = readings(Identifier(type_, value), countries).texts

    assert len(found) < 9
    assert {text[0] for text in found} <= set(Ground)
