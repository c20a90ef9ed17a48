"""Concepts: one for all the words that languages have, and none for what is a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.kinds import Kind
from node.search.concepts import concept, form, russian_letter, spelt_out
from node.search.scripts import latin
from node.search.spelling import folded, stem_of_thing
from node.search.tables import entries
from tests.node.search.hostile import WORDS
from tests.node.search.test_weighing import score


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("приборостроительный", "implement"),
        ("исследовательский", "research"),
        ("предприятия", "enterprise"),
        ("fabryka", "factory"),
        ("Stiftung", "foundation"),
        ("ticaret", "trade"),
        ("prekyba", "trade"),
        ("kaubandus", "trade"),
        ("shipping", "shipping"),
    ],
)
def test_a_word_means_the_same_in_every_language(word: str, meant: str) -> None:
    (plain,) = latin(word)

    assert concept(folded(plain)) == meant


@pytest.mark.parametrize("word", ["gazelle", "tamsalu", "viljandi", "osteris", "balu"])
def test_a_name_means_nothing(word: str) -> None:
    assert concept(folded(word)) == ""


@pytest.mark.parametrize(
    "forms",
    [
        "Беларусь Belarusian белорусский Baltarusijos Valgevene",
        "Latvijas латвийская Latvian",
        "Russian российского Rosijos",
        "Волна Wave",
        "Tamsalusk Тамсалуский Tamsaluskaya",
    ],
)
def test_a_name_in_several_languages_has_one_form(forms: str) -> None:
    assert len({form(stem_of_thing(folded(*latin(word)))) for word in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("Iran", "Iraq"), ("Austria", "Australia")])
def test_two_places_have_two_forms(one: str, other: str) -> None:
    assert form(stem_of_thing(folded(one.lower()))) != form(stem_of_thing(folded(other.lower())))


def test_no_word_has_two_forms_and_none_that_has_one_is_a_concept() -> None:
    forms = [(word, name) for name, words in entries("forms.txt") for word in (name, *words)]
    of_word = dict(forms)

    assert [one for one in forms if of_word[one[0]] != one[1]] == []
    assert [word for word, _ in forms if concept(folded(word))] == []


def test_abbreviations_of_the_trade_are_spelt_out_and_other_words_are_not() -> None:
    assert spelt_out("nii") == ("science", "research", "institute")
    assert spelt_out("balu") == ("balu",)


def test_a_word_that_russian_writes_as_an_ending_has_no_letter() -> None:
    assert russian_letter("engineering") == ""
    assert russian_letter("factory") == "z"
    assert russian_letter("balu") is None


CONCEPTS = {concept for concept, _ in entries("concepts.txt")}


@given(st.one_of(WORDS, st.sampled_from(sorted(CONCEPTS))))
def test_a_word_has_a_concept_of_the_table_or_none(word: str) -> None:
    assert concept(folded(word)) in CONCEPTS | {""}


def test_no_concept_s_own_word_is_without_one() -> None:
    others = [word for word in CONCEPTS if concept(folded(word)) not in CONCEPTS]

    assert not others


@pytest.mark.parametrize(
    ("one", "other", "unlike"),
    [
        ("ОКБ Ульвесмар", "Experimental Design Bureau Ulvesmar", "Design Bureau Dorfalis"),
        ("Завод приборостроения Ульвесмар", "Ulvesmar Instrument Plant", "Dorfalis Plant"),
        ("Ulvesmar Dış Ticaret", "Ulvesmar Foreign Trade", "Dorfalis Foreign Trade"),
    ],
)
def test_translated_words_join_one_firm_and_not_two(one: str, other: str, unlike: str) -> None:
    assert score(one, other, Kind.ORGANISATION) > 0.7
    assert score(one, unlike, Kind.ORGANISATION) < 0.5
