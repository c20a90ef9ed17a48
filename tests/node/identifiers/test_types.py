"""Types of numbers: any case, and a type in no list found by its value and its name alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import InvalidError
from federation.messages import Entity, Identifier
from node.codes import IdentifierType, type_asked
from node.identifiers import normal_form, number
from node.identifiers.types import typed
from node.kinds import SCHEMA_FOR, Kind, identifiers_of, property_for


@pytest.mark.parametrize("type_", ["passport", "Passport", " PASSPORT ", "passport:"])
def test_a_type_is_the_same_however_it_is_written(type_: str) -> None:
    assert number(Identifier(type_, "AB 123456")) == number(Identifier("passport", "AB123456"))
    assert property_for(Identifier(type_, "AB1"), Kind.PERSON) == ("passportNumber", "AB1")


@pytest.mark.parametrize(
    ("type_", "value", "name"),
    [
        ("EORI", "PL123456789", "eori"),
        ("other", "eori:PL123456789", "eori"),
        ("other", "PL123456789", ""),
        ("eori", "PL 123-456-789", "eori"),
    ],
)
def test_a_number_of_a_type_in_no_list_is_what_stands_behind_its_name(
    type_: str, value: str, name: str
) -> None:
    found = number(Identifier(type_, value))

    assert (found.type, found.normal, found.name) == ("other", "PL123456789", name)
    assert normal_form(Identifier(type_, value)) == "PL123456789"


@pytest.mark.parametrize("kept", ["Passport:AB123456", "passport:AB123456"])
def test_a_number_that_was_kept_under_the_name_of_a_listed_type_is_of_that_type(kept: str) -> None:
    [found] = identifiers_of(Entity("1", "Person", {"otherNumber": (kept,)}))

    assert found == Identifier("passport", "AB123456")


@pytest.mark.parametrize("value", ["A4:5E:60:11", "12:34:56:78", ":123456", "12:AB"])
def test_a_colon_within_a_number_names_nothing(value: str) -> None:
    assert typed(Identifier("other", value)) == (Identifier("other", value), "")


def test_a_short_number_is_none_without_its_name() -> None:
    assert normal_form(Identifier("card", "12")) == "CARD12"
    assert normal_form(Identifier("other", "card:12")) == "CARD12"
    assert normal_form(Identifier("card", "-")) == ""


@given(st.sampled_from(Kind), st.text(max_size=12), st.text(max_size=24))
def test_a_number_is_the_same_asked_for_and_kept(kind: Kind, type_: str, value: str) -> None:
    asked = Identifier(type_, value)
    name, kept = property_for(asked, kind)

    for one in identifiers_of(Entity("1", SCHEMA_FOR[kind], {name: (kept,)})):
        assert number(one).normal == number(asked).normal


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("plates", "plate"), ("pasport", "passport"), ("E-Mail", "email"), ("others", "other")],
)
def test_a_misspelt_type_of_a_question_is_refused_with_the_one_that_is_meant(
    slip: str, meant: str
) -> None:
    with pytest.raises(InvalidError, match=f"is {meant} meant.*imo_company"):
        type_asked(slip)


@pytest.mark.parametrize("type_", [*IdentifierType, "eori", "lei", "imsi", "mac address", "PLATE"])
def test_a_type_of_the_list_or_like_none_of_it_is_asked_for(type_: str) -> None:
    assert type_asked(type_) == type_.lower()
