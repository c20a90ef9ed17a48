"""Spelling schools: what one sound's spellings have in common, and what stays apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.search.scripts import latin
from node.search.spelling import (
    _OTHER_READINGS,
    _READ_OTHERWISE,
    folded,
    other_sounds,
    sound,
    stem,
)
from tests.node.search.hostile import WORDS


def stem_of(word: str) -> str:
    (plain,) = latin(word)
    return stem(folded(plain))


def sound_of(word: str) -> str:
    return sound(stem_of(word))


@pytest.mark.parametrize(
    "spellings",
    [
        "Чайковский Чайковський Tchaikovsky Tšaikovski Čaikovskis Tschaikowski Czajkowski",
        "Щербаков Shcherbakov Schtscherbakow Štšerbakov Szczerbakow Ščerbakovs Щербакова",
        "Кузнецов Kuznetsov Kuznecovas Kuznecova Kuznecovienė Kuznecovs Kuznetsova",
        "Jonaitis Йонайтис Jonaitienė Jonaitytė Ionaitis",
        "Bērziņš Берзиньш Berzins Berzin",
        "Müller Mueller Miuller Мюллер",
        "Jabłoński Яблонский Jablonski Yablonsky",
        "Васильевич Vasilyevich Vasilievich Vasiljevitš",
        "Евгений Yevgeny Jewgenij Evgeniy",
        "Наталья Natalia Natalya Natalija Natalja",
        "Petrov Petroff Petrova Petrovs Petrovas",
    ],
)
def test_the_schools_of_one_name_come_to_one_stem(spellings: str) -> None:
    assert len({stem_of(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    "spellings",
    ["محمد Muhammad Mohamed", "محمود Mahmoud Mahmud", "Игорь Ігор Ihar", "Лукашенко Lukashenka"],
)
def test_what_differs_in_vowels_alone_comes_to_one_sound(spellings: str) -> None:
    assert len({sound_of(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Petrov", "Petrenko"),
        ("Jonaitis", "Joniškis"),
        ("Müller", "Miller"),
        ("Tamm", "Tamme"),
        ("Vladimir", "Vladislav"),
        ("Bērziņš", "Bērzkalns"),
    ],
)
def test_different_names_keep_different_stems(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


@pytest.mark.parametrize(
    ("word", "other_school"),
    [
        ("Sevcenko", "Шевченко"),  # a c that lost its mark
        ("Michail", "Михаил"),  # German and Polish ch
        ("Jong", "Chong"),  # an English j
        ("fadhl", "fazl"),  # Persian z
        ("rachid", "rashid"),  # French ch
        ("usamah", "usama"),  # an h that is not spoken
        ("eddine", "dine"),  # an article that took on the letter
    ],
)
def test_letters_that_schools_read_differently_are_read_in_both_ways(
    word: str, other_school: str
) -> None:
    assert sound_of(other_school) in other_sounds(*latin(word))


def test_most_words_have_no_second_reading() -> None:
    assert other_sounds("petrov") == ()


@given(WORDS)
def test_the_fold_of_a_fold_is_itself(word: str) -> None:
    once = folded(word)

    assert once
    assert folded(once) == once


#: Beginnings, middles and ends of which words are made that some school reads otherwise.
_PIECES = (
    "a e i o u y c ch d dz dj dzh e h ha j k n o rz s sk ts t th tsz u v w x ian yan jiyev edd"
)


@given(st.lists(st.sampled_from(_PIECES.split()), min_size=1, max_size=6).map("".join))
def test_a_word_that_a_school_reads_otherwise_is_never_passed_over(word: str) -> None:
    read = [bool(needed in word and pattern.search(word)) for needed, pattern, _ in _OTHER_READINGS]

    assert bool(_READ_OTHERWISE.search(word)) or not any(read)
