"""Prepared sides: everything that is compared survives being stored, and nothing is raised."""

import pytest
from hypothesis import given

from federation.messages import Entity, Identifier, Sought
from node.kinds import Kind
from node.search.scoring import compared
from node.search.subjects import MOST_NAMES, packed, subject_of, unpacked, wanted_of
from tests.node.search.hostile import ANY_TEXT, NAMES, TOO_MUCH
from tests.node.search.register import person, thing


@given(NAMES, NAMES)
def test_a_stored_subject_scores_as_the_record_does(name: str, asked: str) -> None:
    subject = subject_of(person(name, birthDate="1970-05-03", nationality="ee", idNumber="1"))
    wanted = wanted_of(Sought(name=asked, birth_date="1970"))

    stored = unpacked(packed(subject))

    assert compared(wanted, stored) == compared(wanted, subject) or (
        compared(wanted, stored).value == compared(wanted, subject).value
        and compared(wanted, stored).reasons(stored) == compared(wanted, subject).reasons(subject)
    )


def test_every_name_keeps_its_use_and_every_number_its_verdict() -> None:
    entity = Entity(
        "P-1",
        "Person",
        {"name": ("Anna Liiv",), "previousName": ("Anna Kask",), "idNumber": ("37605030299",)}
        | {"nationality": ("EE",)},
    )

    found = unpacked(packed(subject_of(entity)))

    assert [use for use, _ in found.names] == ["primary", "former"]
    assert [(one.type, one.verdict) for one in found.numbers] == [("national_id", "valid")]
    assert found.countries == frozenset({"ee"})


def test_no_more_names_are_read_than_a_record_may_have() -> None:
    many = tuple(f"Anna Liiv{number}" for number in range(MOST_NAMES + 10))

    assert len(subject_of(thing(Kind.PERSON, *many)).names) == MOST_NAMES


@pytest.mark.parametrize("text", TOO_MUCH)
def test_no_text_is_too_much_for_either_side(text: str) -> None:
    subject = subject_of(person(text, birthDate=text, nationality=text))
    wanted = wanted_of(Sought(text, text, text, (Identifier("other", text),)))

    assert 0 <= compared(wanted, unpacked(packed(subject))).value <= 1


@given(ANY_TEXT)
def test_any_text_can_be_stored(text: str) -> None:
    subject = subject_of(thing(Kind.ORGANISATION, text))

    assert len(unpacked(packed(subject)).names) == len(subject.names)
