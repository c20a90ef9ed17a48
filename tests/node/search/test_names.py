"""Names taken apart: parts, their kinds, and bounds that hold for whatever is typed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.kinds import Kind
from node.search.names import (
    MAX_NAMES,
    MAX_PARTS,
    Name,
    acronyms,
    names,
    runs,
    spelt_as_one,
    telling,
)
from node.search.parts import Role
from node.search.spelling import folded
from tests.node.search.hostile import ANY_TEXT, TOO_MUCH


def only(text: str, kind: Kind = Kind.PERSON) -> Name:
    (name,) = names(text, kind)
    return name


def plain(name: Name) -> list[str]:
    return [part.plain for part in name]


def roles(text: str, kind: Kind = Kind.PERSON) -> list[Role]:
    return [part.role for part in only(text, kind)]


def test_a_name_comes_apart_into_its_parts() -> None:
    assert plain(only("BĒRZIŅŠ, Jānis-Pēteris O'Neil")) == [
        "berzinsh",
        "janis",
        "peteris",
        "oneil",
    ]


def test_initials_with_stops_stay_apart() -> None:
    assert roles("V.S. Petrov") == [Role.INITIAL, Role.INITIAL, Role.WORD]


@pytest.mark.parametrize(
    "text", ["Anna Liiv / Анна Лийв", "Anna Liiv; Anna Kask", "Anna Liiv a.k.a. Ann"]
)
def test_several_names_in_one_field_are_several_names(text: str) -> None:
    assert len(names(text, Kind.PERSON)) == 2


@pytest.mark.parametrize("text", ["Jean Aka Kouassi", "Anna/Liiv", "aka", "Mari Formerly"])
def test_what_only_looks_like_several_names_is_one(text: str) -> None:
    assert len(names(text, Kind.PERSON)) == 1


def test_a_lost_space_before_a_patronymic_is_found_again() -> None:
    assert plain(only("PETROVA AllaVladimirovna")) == ["petrova", "alla", "vladimirovna"]


@pytest.mark.parametrize(
    "text", ["Vladimir Sergeevich Petrov", "Петров Владимир Сергеевич", "Petrov Vladimir Ilich"]
)
def test_a_patronymic_is_known_by_its_form(text: str) -> None:
    assert sorted(roles(text)) == sorted([Role.GIVEN, Role.PATRONYMIC, Role.WORD])


def test_a_patronymic_is_known_by_its_father_whatever_the_language() -> None:
    russian = only("Ivan Nikolaevich Petrov")[1]
    ukrainian = only("Іван Миколайович Петренко")[1]

    assert russian.stem == ukrainian.stem


def test_a_surname_that_looks_like_a_patronymic_is_a_surname() -> None:
    assert Role.PATRONYMIC not in roles("Marko Petrović")


def test_a_firm_loses_its_legal_form_and_keeps_its_common_words_apart() -> None:
    name = only('ООО "Балтийский Экспорт Trading"', Kind.ORGANISATION)

    assert [(part.plain, part.role) for part in name] == [
        ("baltiisky", Role.WORD),
        ("eksport", Role.GENERIC),
        ("trading", Role.GENERIC),
    ]


def test_a_firm_of_nothing_but_a_legal_form_keeps_it() -> None:
    assert plain(only("Limited Liability Company", Kind.ORGANISATION))


def test_neighbours_run_together_and_swallow_the_particle_between_them() -> None:
    name = only("Badr al-Din")

    found = {spelt_as_one(name, run) for run in runs(name)}

    assert {"badral", "aldin", "badraldin", "badrdin"} == found


def test_acronyms_have_the_first_letters_of_three_words_or_more() -> None:
    assert {"bts"} <= acronyms(only("Baltic Trading and Shipping", Kind.ORGANISATION))
    assert not acronyms(only("Baltic Trading", Kind.ORGANISATION))


def test_an_acronym_may_be_made_of_the_russian_words() -> None:
    name = only("Tamsalu Mechanical Plant", Kind.ORGANISATION)

    assert "tmz" in acronyms(name)


def test_an_acronym_may_leave_out_what_only_names_it() -> None:
    name = only("V. Ulvesmar Scientific Research Institute of Instruments", Kind.ORGANISATION)

    assert folded("niip") in acronyms(name)
    assert not acronyms(only("Ulvesmar Instruments", Kind.ORGANISATION))


def test_first_letters_with_dots_are_one_word() -> None:
    assert plain(only("T.M.Z.", Kind.ORGANISATION)) == ["tmz"]


def test_an_abbreviation_of_the_trade_is_spelt_out() -> None:
    assert plain(only("NII Tamsalu", Kind.ORGANISATION))[:3] == ["science", "research", "institute"]


def test_what_tells_a_name_is_never_nothing() -> None:
    assert plain(tuple(telling(only("Abu Karim")))) == ["karim"]
    assert plain(tuple(telling(only("al Abu")))) == ["al", "abu"]


@given(ANY_TEXT, st.sampled_from(Kind))
def test_any_text_comes_apart_within_bounds(text: str, kind: Kind) -> None:
    found = names(text, kind)

    assert len(found) <= MAX_NAMES
    assert all(0 < len(name) <= MAX_PARTS for name in found)
    assert all(part.fold and part.stem and part.sounds for name in found for part in name)


@pytest.mark.parametrize("text", TOO_MUCH)
def test_hostile_names_come_apart_at_once(text: str) -> None:
    begun = time.monotonic()

    found = [names(text, kind) for kind in Kind]

    assert time.monotonic() - begun < 2
    assert all(len(name) <= MAX_PARTS for several in found for name in several)
