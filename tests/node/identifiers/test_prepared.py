"""Prepared numbers: everything that comparing needs, packed and unpacked unchanged."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Identifier
from node.codes import IdentifierType, Verdict
from node.identifiers import Number, number


def test_a_number_is_prepared_with_its_verdict_its_mark_and_its_birth_date() -> None:
    found = number(Identifier("national_id", "EE 37605030299"), ("ee",))

    assert (found.normal, found.mark) == ("EE37605030299", "EE")
    assert "+37605030299" in found.readings


def test_a_national_number_that_passes_carries_birth_date_and_sex() -> None:
    found = number(Identifier("national_id", "37605030299"), ("ee",))

    assert (found.verdict, found.birth_date, found.sex) == (Verdict.VALID, "1976-05-03", "male")


@pytest.mark.parametrize("countries", [("ee",), ()])
def test_a_failed_check_digit_brings_corrections_and_no_birth_date(
    countries: tuple[str, ...],
) -> None:
    found = number(Identifier("national_id", "37605030298"), countries)

    assert "!37605030299" in found.readings
    assert found.birth_date == ""


@given(
    st.sampled_from([*IdentifierType, "unheard-of"]),
    st.one_of(st.text(max_size=200), st.text(alphabet="0123456789ABU -", max_size=16)),
    st.sampled_from([(), ("ee",), ("fi", "se"), ("xx",)]),
)
def test_any_text_is_prepared_and_survives_packing(
    type_: str, value: str, countries: tuple[str, ...]
) -> None:
    found = number(Identifier(type_, value), countries)

    packed = msgspec.msgpack.encode(found)

    assert msgspec.msgpack.decode(packed, type=Number) == found
    assert f"!{found.normal}" not in found.readings


@pytest.mark.parametrize(
    "value", ["1" * 10_000, "ﷺ" * 5_000, "A1" * 5_000, "\ud800" * 99, "№" * 99]
)
@pytest.mark.parametrize("type_", [*IdentifierType])
def test_a_hostile_number_is_cut_short(type_: IdentifierType, value: str) -> None:
    found = number(Identifier(type_, value))

    assert len(found.normal) <= 64
    assert len(found.readings) <= 80
