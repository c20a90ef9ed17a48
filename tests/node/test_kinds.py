"""Kinds: every schema word has one, and no number loses its type on the way in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Entity, Identifier
from node.codes import IdentifierType
from node.kinds import (
    ENDS,
    KIND_OF,
    POINTERS,
    SCHEMA_FOR,
    Kind,
    identifiers_of,
    kind_of,
    names_of,
    property_for,
)

KINDS = st.sampled_from(Kind)


def test_a_kind_and_its_schema_word_name_each_other() -> None:
    assert {kind: kind_of(schema) for kind, schema in SCHEMA_FOR.items()} == {
        kind: kind for kind in Kind
    }


def test_every_link_has_two_ends_that_point_at_records() -> None:
    links = {schema for schema, kind in KIND_OF.items() if kind is Kind.LINK}

    assert set(ENDS) == links
    assert all(set(ends) <= POINTERS for ends in ENDS.values())


def test_a_word_of_no_list_has_no_kind() -> None:
    with pytest.raises(KeyError):
        kind_of("Spaceship")


@given(KINDS, st.sampled_from(IdentifierType), st.text(min_size=1))
def test_a_number_keeps_its_type_and_value(kind: Kind, kind_type: str, value: str) -> None:
    number = Identifier(kind_type, value)

    name, kept = property_for(number, kind)

    assert identifiers_of(Entity("1", SCHEMA_FOR[kind], {name: (kept,)})) == (number,)


@given(KINDS, st.text(min_size=1))
def test_a_number_of_an_unheard_of_type_keeps_its_name(kind: Kind, value: str) -> None:
    name, kept = property_for(Identifier("eori", value), kind)

    (found,) = identifiers_of(Entity("1", SCHEMA_FOR[kind], {name: (kept,)}))

    assert found == Identifier("other", f"eori:{value}")


@pytest.mark.parametrize(
    ("schema", "name", "kind_type"),
    [
        ("Vehicle", "registrationNumber", "plate"),
        ("Vessel", "registrationNumber", "registration"),
        ("Company", "imoNumber", "imo_company"),
        ("Vessel", "imoNumber", "imo"),
        ("Company", "idNumber", "registration"),
        ("Person", "idNumber", "national_id"),
        ("Passport", "number", "passport"),
        ("Phone", "number", "phone"),
    ],
)
def test_the_same_property_is_another_number_on_another_kind(
    schema: str, name: str, kind_type: str
) -> None:
    entity = Entity("1", schema, {name: ("12", "34"), "notes": ("56",)})

    assert identifiers_of(entity) == (Identifier(kind_type, "12"), Identifier(kind_type, "34"))


def test_names_come_strongest_first_and_a_title_is_no_name_of_a_person() -> None:
    properties = {
        "weakAlias": ("Tolik",),
        "title": ("Dr",),
        "alias": ("Anatol",),
        "name": ("Анатолий", "Anatoly"),
    }

    assert names_of(Entity("1", "Person", properties)) == (
        ("primary", "Анатолий"),
        ("primary", "Anatoly"),
        ("alias", "Anatol"),
        ("weak", "Tolik"),
    )
    assert ("primary", "Dr") in names_of(Entity("1", "Note", properties))
