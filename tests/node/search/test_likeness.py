"""Likeness: on which ground two parts of names are one, and which are two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.kinds import Kind
from node.search import likeness as likeness_module
from node.search.likeness import LEAST_ALIKE, Ground, compare_all, likeness
from node.search.names import names
from node.search.parts import Part
from tests.node.search.hostile import NAMES, WORDS


def part(text: str) -> Part:
    ((found,),) = names(text, Kind.PERSON)
    return found


@pytest.mark.parametrize(
    ("one", "other", "ground"),
    [
        ("Petrov", "PETROV", Ground.WRITTEN),
        ("Čaikovski", "Tschaikowski", Ground.ROMANISED),
        ("Petrova", "Petrovs", Ground.FORM),
        ("Mykola", "Nikolai", Ground.FORM),
        ("محمد", "Mehmed", Ground.FORM),
        ("Husayni", "حسینی", Ground.SOUND),
        ("Sasha", "Oleksandr", Ground.SHORT),
        ("Kowalski", "Kowalsky", Ground.ROMANISED),
        ("Jabłoński", "Jabloński", Ground.WRITTEN),
        ("Tammsaare", "Tamsaare", Ground.ROMANISED),
        ("Kangro", "Kandro", Ground.SLIP),
        ("V", "Vladimir", Ground.INITIAL),
        ("X", "Ksenia", Ground.INITIAL),
    ],
)
def test_two_parts_are_one_on_a_ground(one: str, other: str, ground: Ground) -> None:
    alike, found = likeness(part(one), part(other))

    assert found is ground
    assert LEAST_ALIKE <= alike <= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Petrov", "Sidorov"),
        ("Tamm", "Kask"),
        ("V", "Sergei"),
        ("12", "13"),
        ("12", "Tamm"),
        ("Aleksei", "Aleksandr"),
    ],
)
def test_two_parts_are_two(one: str, other: str) -> None:
    assert likeness(part(one), part(other)) == (0.0, None)


def test_names_known_to_be_two_are_less_alike_than_their_letters() -> None:
    known, _ = likeness(part("Hassan"), part("Hossein"))
    unknown, _ = likeness(part("Kassan"), part("Kossein"))

    assert known < unknown


def test_a_slip_weighs_more_in_a_short_word() -> None:
    short, _ = likeness(part("Kask"), part("Kusk"))
    long, _ = likeness(part("Kaskmann"), part("Kuskmann"))

    assert short < long


@given(WORDS, WORDS)
def test_the_order_of_two_parts_makes_no_difference(one: str, other: str) -> None:
    assert likeness(part(one), part(other)) == likeness(part(other), part(one))


@given(WORDS)
def test_a_part_is_wholly_like_itself(word: str) -> None:
    assert likeness(part(word), part(word)) == (1.0, Ground.WRITTEN)


@given(st.lists(NAMES, min_size=1, max_size=6), NAMES)
def test_comparing_all_at_once_finds_what_comparing_each_finds(held: list[str], asked: str) -> None:
    one = [part for name in names(asked, Kind.PERSON) for part in name]
    others = {p.sign: p for text in held for name in names(text, Kind.PERSON) for p in name}

    assert at_once(one, others) == each(one, others)


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("Foz", "Fawz"),  # consonants alone
        ("Cho", "Jo"),  # another reading's consonants
        ("Sasha", "Aleksandr"),  # a short form
        ("Aleksandr", "Sasha"),
        ("V", "Vladimir"),  # an initial
        ("Vladimir", "V"),
        ("Kangro", "Kandro"),  # a slip
        ("Petrova", "Petrovs"),  # an ending
    ],
)
def test_whatever_is_alike_is_found_when_all_are_compared_at_once(asked: str, held: str) -> None:
    one, others = [part(asked)], {found.sign: found for found in [part(held)]}

    (found,) = at_once(one, others)

    assert found == each(one, others)[0]
    assert found[0] >= LEAST_ALIKE


def each(parts: list[Part], others: dict[str, Part]) -> list[tuple[float, Ground | None]]:
    likeness_module._known.clear()
    return [likeness(mine, other) for mine in parts for other in others.values()]


def at_once(parts: list[Part], others: dict[str, Part]) -> list[tuple[float, Ground | None]]:
    likeness_module._known.clear()
    compare_all(parts, others)
    return [likeness(mine, other) for mine in parts for other in others.values()]
