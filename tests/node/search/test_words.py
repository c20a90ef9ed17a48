"""Words: the tables hold together."""

from node.search.spelling import folded
from node.search.words import (
    FATHERS,
    FEMININE,
    GENERIC,
    GIVEN,
    PARTICLES,
    SHORT,
    _groups,
    bare,
)


def test_forms_of_a_given_name_in_the_region_stand_for_one() -> None:
    forms = ["Aleksandr", "Oleksandr", "Aliaksandr", "Aleksandrs", "Aleksandras", "Aleksander"]

    assert {GIVEN[folded(form.lower())] for form in forms} == {GIVEN[folded("alexander")]}


def test_names_that_are_merely_alike_do_not_stand_for_one() -> None:
    pairs = [
        ("aleksandr", "aleksei"),
        ("maria", "margarita"),
        ("hasan", "husein"),
        ("ivan", "igor"),
    ]

    assert all(GIVEN[folded(one)] != GIVEN[folded(other)] for one, other in pairs)


def test_every_form_that_stands_for_others_stands_for_itself() -> None:
    assert all(GIVEN[canonical] == canonical for canonical in GIVEN.values())
    assert all(canonical in GIVEN for canonical in SHORT.values())


def test_a_short_form_is_no_full_one_of_another_name() -> None:
    assert {form for form in SHORT if form in GIVEN} == set()


def test_fathers_are_known_by_what_a_patronymic_has_of_them() -> None:
    assert FATHERS[bare(folded("mykola"))] == FATHERS[bare(folded("nikolai"))]
    assert FATHERS[bare(folded("sergei"))] == "sergei"


def test_words_that_say_little_are_written_as_they_are_compared() -> None:
    assert all(word == word.lower() and word.isascii() for word in PARTICLES | GENERIC)


def test_no_form_stands_for_two_names() -> None:
    stands: dict[str, set[str]] = {}
    for form, canonical, _ in _groups():
        stands.setdefault(form, set()).add(canonical)

    assert {form: names for form, names in stands.items() if len(names) > 1} == {}


def test_a_woman_s_name_is_made_of_a_man_s() -> None:
    assert FEMININE[folded("martin")] == folded("martina")
    assert all(feminine == f"{name}a" for name, feminine in FEMININE.items())
