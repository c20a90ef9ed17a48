"""Keys: what two records of one thing share, and what two things do not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Entity, Identifier, Sought
from node.codes import IdentifierType
from node.kinds import Kind
from node.search.keying import (
    COMMON,
    LEFT,
    MOST_GUESSES,
    NUMBER,
    PAIR,
    PART,
    SOUND,
    VALUE,
    WHOLE,
    Key,
    guesses_of,
    keys,
    keys_of,
    names_that_decide,
    number_guesses_of,
)
from tests.node.search.hostile import ANY_TEXT, TOO_MUCH
from tests.node.search.register import person, thing


def families(found: frozenset[Key]) -> set[str]:
    return {family for family, _ in found}


def of(name: str, kind: Kind = Kind.PERSON) -> frozenset[Key]:
    return keys(person(name) if kind is Kind.PERSON else thing(kind, name))


def test_a_name_has_keys_of_every_family() -> None:
    assert families(of("Mari Liis Kask")) == {WHOLE, PAIR, PART, SOUND}


def test_record_and_question_of_one_name_have_the_same_keys() -> None:
    assert of("Mari Liis Kask") == keys_of(Sought(name="Mari Liis Kask", kind="person"))


def test_the_order_of_parts_makes_no_difference_to_the_whole() -> None:
    one = {key for key in of("Mari Kask") if key[0] in (WHOLE, PAIR)}
    other = {key for key in of("KASK, Mari") if key[0] in (WHOLE, PAIR)}

    assert one == other


@pytest.mark.parametrize(
    ("one", "other", "family"),
    [
        ("Владимир Петров", "Vladimirs Petrovs", WHOLE),
        ("Olena Shevchenko", "Елена Шевченко", WHOLE),
        ("Karim Husayni", "کریم حسینی", PAIR),
        ("Mohamed Kask", "Muhammad Tamm", PART),
        ("Lihua Wang", "Wang Li Hua", SOUND),
        ("Badr al-Din Karimi", "Badreddin Tamm", SOUND),
        ("Sevcenko Oleg", "Шевченко Анна", SOUND),
    ],
)
def test_two_ways_of_writing_share_a_key(one: str, other: str, family: str) -> None:
    assert family in families(of(one) & of(other))


def test_an_organisation_is_found_by_its_acronym() -> None:
    shared = of("Baltic Timber Shipyards", Kind.ORGANISATION) & of("BTS", Kind.ORGANISATION)

    assert PART in families(shared)


def test_a_word_that_firms_have_in_common_has_a_key_of_its_own_family() -> None:
    found = of("Ulvesmar Trading Company", Kind.ORGANISATION)

    assert {text for family, text in found if family == COMMON} == {
        "organisation:trade",
        "organisation:company",
    }
    assert (PART, "organisation:ulvesmar") in found


def test_a_full_stop_parts_two_words_of_a_firm() -> None:
    assert (PART, "organisation:ulvesmar") in of("IR.Ulvesmar", Kind.ORGANISATION)
    assert (PART, "organisation:ulves") in of("Ulves.com", Kind.ORGANISATION)


def test_a_firm_s_word_is_heard_with_what_would_be_the_ending_of_a_surname() -> None:
    shared = of("OOO Transdorfis", Kind.ORGANISATION) & of("Transdorfice LLC", Kind.ORGANISATION)

    assert SOUND in families(shared)


def test_the_one_word_of_a_firm_is_found_but_for_one_slip() -> None:
    guessed = guesses_of(Sought(name="OOO Ulvesnar", kind="organisation"))

    assert of("Ulvesmar Group", Kind.ORGANISATION) & set(guessed)
    assert not of("Dorfalis Group", Kind.ORGANISATION) & set(guessed)


def test_strangers_share_no_key() -> None:
    assert of("Anna Liiv") & of("Peeter Kask") == frozenset()


def test_every_name_of_a_record_has_its_keys() -> None:
    entity = Entity("P-1", "Person", {"name": ("Anna Liiv",), "alias": ("Olga Kask",)})

    assert keys(entity) >= of("Anna Liiv") | of("Olga Kask")


def test_particles_and_initials_make_no_keys_beside_telling_parts() -> None:
    texts = {text for family, text in of("V. von Kask") if family == PART}

    assert texts == {"person:kask"}


@pytest.mark.parametrize(
    ("held", "asked", "family"),
    [
        (("imo", "IMO 9074729"), ("imo", "9074729"), NUMBER),
        (("passport", "AB 123-456"), ("passport", "ab123456"), NUMBER),
        (("registration", "12345678"), ("tax", "1234-5678"), VALUE),
        (("phone", "+370 612 34567"), ("phone", "8-612-34567"), VALUE),
    ],
)
def test_a_number_is_found_however_it_is_written(
    held: tuple[str, str], asked: tuple[str, str], family: str
) -> None:
    record = keys(thing(Kind.OTHER, numbers=[Identifier(*held)]))

    question = keys_of(Sought(identifiers=(Identifier(*asked),), kind="other"))

    assert family in families(record & question)


def test_a_question_without_a_kind_has_the_keys_of_every_kind() -> None:
    text = "Severny Veter OOO"

    found = keys_of(Sought(name=text))

    assert found == of(text) | of(text, Kind.ORGANISATION) | of(text, Kind.VESSEL)


def test_a_firm_is_not_found_by_the_keys_of_a_person() -> None:
    assert of("Kask Tamm") & of("Kask Tamm", Kind.ORGANISATION) == frozenset()


def test_one_slip_in_a_surname_leads_to_the_key_of_the_right_pair() -> None:
    held = {key for key in of("Anna Petrova") if key[0] == PAIR}

    for misspelt in ("Petova", "Pertova", "Petrokva", "Pelrova"):
        slips = guesses_of(Sought(name=f"Anna {misspelt}", kind="person"))

        assert held & set(slips), misspelt


def test_two_slips_lead_nowhere_and_a_given_name_is_not_taken_for_another() -> None:
    held = {key for key in of("Anna Petrova") if key[0] == PAIR}

    assert not held & set(guesses_of(Sought(name="Anna Pelkova", kind="person")))
    olga = guesses_of(Sought(name="Anna Olga", kind="person"))
    assert {family for family, _ in olga} == {WHOLE}


def test_a_record_that_knows_only_a_part_of_a_longer_name_is_found() -> None:
    asked = guesses_of(Sought(name="Anna Maria Petrova", kind="person"))

    for held in ("Petrova", "Maria Petrova"):
        assert {key for key in of(held) if key[0] == WHOLE} <= set(asked)


def test_a_question_that_knows_only_a_part_is_led_by_it() -> None:
    assert PAIR in families(of("Anna Maria Petrova") & of("Anna Petrova"))


@given(ANY_TEXT, st.sampled_from(["person", "organisation", ""]))
def test_guesses_of_any_text_are_bounded(text: str, kind: str) -> None:
    assert len(guesses_of(Sought(name=text, kind=kind))) <= MOST_GUESSES


@given(
    st.lists(
        st.builds(
            Identifier,
            st.sampled_from([*IdentifierType]),
            st.one_of(ANY_TEXT, st.text(alphabet="0123456789", min_size=7, max_size=30)),
        ),
        max_size=9,
    )
)
def test_guesses_of_any_numbers_are_bounded(numbers: list[Identifier]) -> None:
    assert len(number_guesses_of(Sought(identifiers=tuple(numbers)))) <= MOST_GUESSES


def test_a_number_that_passes_has_no_key_for_slips_and_one_that_fails_has_few() -> None:
    passes, fails = (
        keys(thing(Kind.VESSEL, numbers=[Identifier("imo", value)]))
        for value in ("9074729", "9074728")
    )

    assert {family for family, _ in passes} == {NUMBER, VALUE}
    assert sum(family == LEFT for family, _ in fails) == 7


def test_a_word_that_is_no_kind_makes_no_keys() -> None:
    assert keys_of(Sought(name="Anna Liiv", kind="unicorn")) == frozenset()


@given(ANY_TEXT, st.sampled_from([kind for kind in Kind if kind is not Kind.LINK]))
def test_any_text_makes_bounded_keys_always_the_same(text: str, kind: Kind) -> None:
    number = Identifier(IdentifierType.OTHER, text)

    once, again = (keys(thing(kind, text, numbers=[number])) for _ in range(2))

    assert once == again
    assert len(once) < 1000
    assert all(len(value) < 1000 for _, value in once)


@pytest.mark.parametrize("text", TOO_MUCH)
def test_hostile_names_make_keys_at_once(text: str) -> None:
    begun = time.monotonic()

    found = keys_of(Sought(name=text, identifiers=(Identifier("passport", text),)))

    assert len(found) < 1000
    assert time.monotonic() - begun < 1


def decides(name: str, kind: Kind = Kind.PERSON) -> frozenset[Key]:
    return names_that_decide(Sought(name=name, kind=kind))


def test_two_telling_parts_of_a_person_decide_and_given_names_alone_do_not() -> None:
    assert decides("Anna Maria Nowak") & decides("Nowak, Anna")
    assert not decides("Anna Maria Nowak") & decides("Anna Maria Kowalska")
    assert not decides("Viktor Ivanovich Petrov") & decides("Sergei Ivanovich Petrovski")


def test_of_a_thing_the_whole_name_decides() -> None:
    assert decides("Balti Laevad OÜ", Kind.ORGANISATION) == decides(
        "OÜ Balti Laevad", Kind.ORGANISATION
    )
    assert {family for family, _ in decides("Balti Laevad", Kind.ORGANISATION)} == {WHOLE}


@given(ANY_TEXT)
def test_what_decides_is_among_the_keys_of_a_question_and_not_too_much(name: str) -> None:
    found = decides(name)

    assert found <= keys_of(Sought(name=name, kind="person"))
    assert len(found) <= MOST_GUESSES
