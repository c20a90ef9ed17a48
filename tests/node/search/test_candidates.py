"""Candidates: bounded, rarest agreement first, and only from what the asker may see."""

from dataclasses import replace

from federation.messages import Sought
from node import store
from node.kinds import Kind
from node.search.candidates import MOST, candidates
from tests.node.search.register import SHOWN, Register, person, thing

CONSONANTS = "bdfgklmnprstv"
ANNA = Sought(name="Anna Liiv", kind="person")


def test_whoever_shares_a_rare_part_comes_before_whoever_shares_a_common_one(
    register: Register,
) -> None:
    crowd = [person(f"Anna {surname}mann", id=f"P-{surname}") for surname in "bdfgklmnprtv" * 3]
    register.holds(*{one.id: one for one in crowd}.values(), person("Olga Liiv", id="P-rare"))

    found = register.find(ANNA)

    assert found[0].held.record.entity.id == "P-rare"


def test_a_common_name_does_not_fetch_everybody(register: Register) -> None:
    register.holds(*(person("Anna Liiv", id=f"P-{number}") for number in range(2 * MOST)))

    with register.store.view() as view:
        found = candidates(view, ANNA, markings=None)

    assert len(found) == MOST


def test_what_the_asker_may_not_see_is_no_candidate(register: Register) -> None:
    hidden = replace(SHOWN, topic="drugs")
    register.holds(person("Anna Liiv", id="P-hidden"), marking=hidden)
    register.holds(person("Anna Liiv", id="P-shown"))
    with register.store.view() as view:
        reaching = store.markings.reaching(view, ["ALL"])
        allowed = [number for number, marking in reaching.items() if marking == SHOWN]

    found = register.find(ANNA, markings=allowed)

    assert [one.held.record.entity.id for one in found] == ["P-shown"]


def test_with_no_marking_to_see_nothing_is_found(register: Register) -> None:
    register.holds(person("Anna Liiv"))

    assert register.find(ANNA, markings=[]) == []


def test_of_more_namesakes_than_are_read_the_one_of_the_year_is_found(register: Register) -> None:
    others = (person("Anna Liiv", id=f"P-{n}", birthDate=f"{1940 + n % 30}") for n in range(600))
    register.holds(*others, person("Anna Liiv", id="P-wanted", birthDate="1977-05-03"))

    found = register.ids(replace(ANNA, birth_date="1977"))

    assert found[0] == "P-wanted"


def test_one_slip_in_a_surname_is_found_though_many_bear_the_given_name(
    register: Register,
) -> None:
    crowd = (person(f"Anna {a}{b}mets", id=f"P-{a}{b}") for a in CONSONANTS for b in CONSONANTS)
    register.holds(*crowd, person("Anna Petrova", id="P-wanted"))

    assert register.ids(Sought(name="Anna Pertova", kind="person"))[0] == "P-wanted"


def test_a_firm_is_not_crowded_out_by_persons(register: Register) -> None:
    crowd = (person(f"Liiv {a}o{b}", id=f"P-{a}{b}") for a in CONSONANTS for b in CONSONANTS)
    register.holds(*crowd, thing(Kind.ORGANISATION, "Liiv Puit", id="O-1"))

    with register.store.view() as view:
        sought = Sought(name="Liiv", kind="organisation")
        found = store.records.load(view, candidates(view, sought, markings=None))

    assert [one.record.entity.id for one in found] == ["O-1"]


def test_next_to_nothing_in_common_is_no_candidate(register: Register) -> None:
    crowd = (person(f"Anna {a}{b}mets", id=f"P-{a}{b}") for a in CONSONANTS for b in CONSONANTS)
    register.holds(*crowd, person("Anna Maria Petrova", id="P-wanted"))

    with register.store.view() as view:
        sought = Sought(name="Anna Maria Petrova", kind="person")
        found = store.records.load(view, candidates(view, sought, markings=None))

    assert [one.record.entity.id for one in found] == ["P-wanted"]


def test_a_firm_s_own_word_is_worth_more_than_words_that_all_firms_have(
    register: Register,
) -> None:
    crowd = (
        thing(Kind.ORGANISATION, f"{a}o{b} Trading Company", id=f"O-{a}{b}")
        for a in CONSONANTS[:6]
        for b in CONSONANTS[:6]
    )
    register.holds(*crowd, thing(Kind.ORGANISATION, "Ulvezmar Group", id="O-wanted"))

    sought = Sought(name="Ulvesmar Trading Company", kind="organisation")
    with register.store.view() as view:
        best = candidates(view, sought, markings=None)[:1]
        found = store.records.load(view, best)

    assert [one.record.entity.id for one in found] == ["O-wanted"]
