"""Finding: from a question to ranked, explained records, in a real store."""

import time

import pytest

from federation.messages import Entity, Identifier, Sought
from node import store
from node.kinds import Kind
from node.search import MOST_HITS, STRONG
from node.search.candidates import MOST
from tests.node.search.hostile import TOO_MUCH
from tests.node.search.register import Register, person, thing

PETROV = person("Владимир Сергеевич Петров", id="P-petrov", birthDate="1970-05-03")
SIDOROV = person("Владимир Сергеевич Сидоров", id="P-sidorov", birthDate="1971-06-04")
BALU = thing(Kind.VESSEL, "Balu 6", id="V-balu", numbers=[Identifier("imo", "IMO 9074729")])

ASKED = "AB1234567"
BALU_TWO = thing(Kind.VESSEL, "Balu 7", id="V-two", numbers=[Identifier("imo", "8814275")])


def test_the_best_comes_first_with_its_reasons(register: Register) -> None:
    register.holds(SIDOROV, PETROV)

    found = register.find(Sought(name="Vladimirs Petrovs", birth_date="1970", kind="person"))

    assert found[0].held.record.entity.id == "P-petrov"
    assert found[0].is_strong
    assert [reason.feature for reason in found[0].reasons][-1] == "birth_date"
    assert all(one.score <= found[0].score for one in found)
    assert not any(one.is_strong for one in found[1:])


def test_a_hit_is_strong_from_the_threshold_on(register: Register) -> None:
    register.holds(SIDOROV, PETROV)

    found = register.find(Sought(name="Vladimir Petrov"))

    assert [one.is_strong for one in found] == [one.score >= STRONG for one in found]


def test_a_record_that_is_not_reindexed_yet_scores_as_it_will(register: Register) -> None:
    register.holds(SIDOROV, PETROV)
    sought = Sought(name="Vladimir Petrov")
    before = register.find(sought)

    with register.store.write() as tx:
        store.keys.mark_due(tx, after=0, limit=9)

    assert register.find(sought) == before
    assert before


def test_a_number_finds_whatever_its_punctuation(register: Register) -> None:
    register.holds(BALU, PETROV)

    found = register.find(Sought(identifiers=(Identifier("imo", "907-4729"),)))

    assert [(one.held.record.entity.id, one.score) for one in found] == [("V-balu", 1.0)]


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        (("plate", "А 123 ВС 77"), ("plate", "a123bc")),
        (("plate", "123 ABC"), ("plate", "EST 123-ABC")),
        (("plate", "123 ABC"), ("plate", "I23A8C")),
        (("plate", "123 ABC"), ("plate", "23AB")),
        (("vin", "1M8GDM9AXKP042788"), ("vin", "XKP042788")),
        (("container", "CSQU3054383"), ("container", "CSQU 305438")),
        (("container", "CSQU3054383"), ("container", "CSQV 3054383")),
        (("imo", "9074729"), ("imo", "IMO 9074792")),
        (("iban", "EE382200221020145685"), ("account", "221020145685")),
        (("phone", "+372 512 3456"), ("phone", "512 3456")),
        (("imei", "490154203237518"), ("imei", "490154203237581")),
        (("imo", "9074792"), ("imo", "9074729")),
        (("national_id", "37605030298"), ("national_id", "37605030299")),
        (("national_id", "3760503O299"), ("national_id", "37605030299")),
        (("national_id", "37605030299"), ("national_id", "3760503O299")),
    ],
)
def test_a_thing_is_found_by_a_number_that_is_partial_slipped_or_written_otherwise(
    register: Register, held: tuple[str, str], asked: tuple[str, str]
) -> None:
    kinds = {"plate": Kind.VEHICLE, "vin": Kind.VEHICLE, "container": Kind.CONTAINER}
    kind = kinds.get(held[0], Kind.PERSON if held[0] != "imo" else Kind.VESSEL)
    register.holds(thing(kind, id="T-held", numbers=[Identifier(*held)]), BALU_TWO, PETROV)

    assert register.ids(Sought(identifiers=(Identifier(*asked),))) == ["T-held"]


def test_neighbours_of_a_number_never_crowd_out_a_name(register: Register) -> None:
    signs = ["CEFHJKMNPRUVWXY"] * 2 + ["0123456789"] * 7
    neighbours = {
        ASKED[:at] + sign + ASKED[at + 1 :] for at, row in enumerate(signs) for sign in row
    } - {ASKED}
    strangers = (person("Peeter Kask", id=one, passportNumber=one) for one in sorted(neighbours))
    register.holds(*strangers, person("Anna Liiv", id="P-anna"))

    found = register.ids(Sought("Anna Liiv", identifiers=(Identifier("passport", ASKED),)))

    assert len(neighbours) > MOST
    assert found[0] == "P-anna"


def test_a_place_is_found_with_its_words_reordered_and_shortened(register: Register) -> None:
    place = Entity("A-1", "Address", {"full": ("Kase tn 12-3, 10148 Tallinn",)})
    other = Entity("A-2", "Address", {"full": ("Tamme tn 12-3, 10148 Tallinn",)})
    register.holds(place, other)

    assert register.ids(Sought(name="Tallinn, Kase tänav 12", kind="place"))[0] == "A-1"


def test_another_kind_is_not_found(register: Register) -> None:
    register.holds(BALU)

    assert register.ids(Sought(name="Balu 6", kind="vessel")) == ["V-balu"]
    assert register.ids(Sought(name="Balu 6", kind="organisation")) == []


def test_nobody_is_found_for_a_stranger(register: Register) -> None:
    register.holds(PETROV, BALU)

    assert register.find(Sought(name="Peeter Kask")) == []


def test_no_more_are_given_than_asked_for_and_never_more_than_the_most(register: Register) -> None:
    register.holds(*(person("Anna Liiv", id=f"P-{number}") for number in range(150)))
    sought = Sought(name="Anna Liiv")

    assert len(register.find(sought, limit=3)) == 3
    assert len(register.find(sought, limit=1000)) <= MOST_HITS


def test_an_alias_finds_as_well_as_a_name(register: Register) -> None:
    register.holds(thing(Kind.ORGANISATION, "Severny Veter", "Baltika Trans", id="O-1"))

    assert register.ids(Sought(name="БАЛТИКА ТРАНС", kind="organisation")) == ["O-1"]


@pytest.mark.parametrize("text", TOO_MUCH)
def test_hostile_questions_are_answered_at_once(register: Register, text: str) -> None:
    register.holds(*(person(one, id=f"P-{place}") for place, one in enumerate(TOO_MUCH[3:5])))
    begun = time.monotonic()

    register.find(Sought(name=text, identifiers=(Identifier("passport", text),)))

    assert time.monotonic() - begun < 2
