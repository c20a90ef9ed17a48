"""Candidates: bounded, rarest agreement first, and only from what the asker may see."""

from dataclasses import replace

from federation.messages import Sought
from node import store
from node.search.candidates import MOST, candidates
from tests.node.search.register import SHOWN, Register, person

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
