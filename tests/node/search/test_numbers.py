"""Numbers: what an agreeing one is worth, and when another one counts against."""

import pytest

from federation.messages import Entity, Identifier, Sought
from node.kinds import Kind
from node.search import numbers
from node.search.subjects import subject_of, wanted_of
from tests.node.search.register import person, thing


def agreeing(sought: Sought, entity: Entity) -> tuple[float, str]:
    return numbers.agreeing(wanted_of(sought).numbers, subject_of(entity).numbers)


def contradicting(sought: Sought, entity: Entity) -> str:
    return numbers.contradicting(wanted_of(sought).numbers, subject_of(entity).numbers)


def asked(type_: str, value: str) -> Sought:
    return Sought(identifiers=(Identifier(type_, value),))


def vessel(imo: str) -> Entity:
    return thing(Kind.VESSEL, "Balu", numbers=[Identifier("imo", imo)])


def test_a_number_that_agrees_decides() -> None:
    assert agreeing(asked("imo", "IMO 9074729"), vessel("9074729")) == (1.0, "IMO number agrees")


def test_a_failed_check_digit_lowers_a_little_and_hides_nothing() -> None:
    worth, words = agreeing(asked("imo", "9074728"), vessel("9074728"))

    assert 0.9 < worth < 1.0
    assert words == "IMO number agrees, though its check digit fails"


def test_a_type_that_lists_confuse_is_nearly_the_same() -> None:
    firm = thing(Kind.ORGANISATION, "Veter", numbers=[Identifier("registration", "12345678")])

    worth, words = agreeing(asked("tax", "12345678"), firm)

    assert 0.9 < worth < 1.0
    assert "another type" in words


def test_a_type_that_nobody_confuses_is_worth_less() -> None:
    worth, _ = agreeing(asked("passport", "9074729"), vessel("9074729"))

    assert worth < 0.85


def test_a_phone_without_its_country_agrees_in_its_last_digits() -> None:
    phone = thing(Kind.PHONE, numbers=[Identifier("phone", "+37061234567")])

    worth, words = agreeing(asked("phone", "8-612-34567"), phone)

    assert 0.8 < worth < 1.0
    assert words == "phone number agrees in its last 8 digits"


@pytest.mark.parametrize("value", ["9074730", "", "-", "907472"])
def test_another_number_does_not_agree(value: str) -> None:
    assert agreeing(asked("imo", value), vessel("9074729")) == (0.0, "")


def test_a_number_kept_for_life_counts_against_when_it_is_another() -> None:
    citizen = person("Anna Liiv", idNumber="37605030299")

    assert contradicting(asked("national_id", "44051401359"), citizen) == (
        "national identity number differs"
    )


def test_a_passport_is_renewed_and_does_not_count_against() -> None:
    traveller = person("Anna Liiv", passportNumber="KA123456")

    assert contradicting(asked("passport", "KA999999"), traveller) == ""


def test_a_record_without_such_a_number_contradicts_nothing() -> None:
    assert contradicting(asked("national_id", "44051401359"), person("Anna Liiv")) == ""
