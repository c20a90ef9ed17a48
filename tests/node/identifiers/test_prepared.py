"""Prepared numbers: everything that comparing needs, packed and unpacked unchanged."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Identifier
from node.codes import IdentifierType, Verdict
from node.identifiers import Number, number
from node.identifiers.prepared import slipped


def test_a_number_is_prepared_with_its_verdict_its_mark_and_its_birth_date() -> None:
    found = number(Identifier("national_id", "EE 37605030299"), ("ee",))

    assert (found.normal, found.mark) == ("EE37605030299", "EE")
    assert "+37605030299" in found.readings


def test_a_national_number_that_passes_carries_birth_date_and_sex() -> None:
    found = number(Identifier("national_id", "37605030299"), ("ee",))

    assert (found.verdict, found.birth_date, found.sex) == (Verdict.VALID, "1976-05-03", "male")


@pytest.mark.parametrize("countries", [("ee",), ()])
def test_a_failed_check_digit_is_told_and_brings_no_birth_date(
    countries: tuple[str, ...],
) -> None:
    found = number(Identifier("national_id", "37605030298"), countries)

    assert slipped(found) == ["37605030298"]
    assert found.birth_date == ""


@pytest.mark.parametrize(
    ("value", "countries"),
    [("37605030299", ("ee",)), ("37605030298", ("xx",)), ("123", ()), ("1976A5", ())],
)
def test_a_number_that_passes_or_has_no_rule_is_not_told_as_failed(
    value: str, countries: tuple[str, ...]
) -> None:
    assert slipped(number(Identifier("national_id", value), countries)) == []


def test_a_failed_number_also_stands_without_its_century() -> None:
    finnish = number(Identifier("national_id", "131052A308U"), ("fi",))
    swedish = number(Identifier("national_id", "19811218-9875"), ("se",))

    assert set(slipped(finnish)) == {"131052A308U", "131052308U"}
    assert set(slipped(swedish)) == {"198112189875", "8112189875"}


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
    assert found.normal in {"", *slipped(found)} or not slipped(found)


@pytest.mark.parametrize(
    "value", ["1" * 10_000, "ﷺ" * 5_000, "A1" * 5_000, "\ud800" * 99, "№" * 99]
)
@pytest.mark.parametrize("type_", [*IdentifierType])
def test_a_hostile_number_is_cut_short(type_: IdentifierType, value: str) -> None:
    found = number(Identifier(type_, value))

    assert len(found.normal) <= 64
    assert len(found.readings) <= 80
