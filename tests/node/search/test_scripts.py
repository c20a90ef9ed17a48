"""Writing systems: every script reads as plain Latin words, and never fails to."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rigour.text.translit import ascii_text

from node.search.scripts import latin
from tests.node.search.hostile import ANY_TEXT, TOO_MUCH


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Чайковский", ("chaikovsky",)),
        ("Гриневич", ("grinevich",)),
        ("Bērziņš", ("berzinsh",)),
        ("Šķēle", ("shkele",)),
        ("Łukasz", ("lukasz",)),
        ("გიორგი", ("giorgi",)),
        ("Παπαδόπουλος", ("papadopoulos",)),
        ("김정은", ("gim", "jeong", "eun")),
        ("王偉", ("wang", "wei")),
        ("محمود", ("mhmud",)),  # waw is a vowel between consonants
        ("مروان", ("mrvan",)),  # and a consonant before a long vowel
        ("وليد", ("vlid",)),
        ("یوسف", ("yusf",)),
        ("الهادي", ("al", "hadi")),  # the article is a word of its own
        ("الله", ("ullah",)),  # but God's name is one word
        ("ﻛﻤﺎل", ("kmal",)),  # presentation forms
        ("٣", ("3",)),
    ],
)
def test_a_word_of_any_script_reads_as_latin_words(word: str, expected: tuple[str, ...]) -> None:
    assert latin(word) == expected


@pytest.mark.parametrize(
    ("mixed", "clean"),
    [
        ("СHERVENKO", "chervenko"),  # a Cyrillic С before Latin letters
        ("Сергiй", "Сергій"),  # a Latin i among Cyrillic letters
        ("ТОСАСIН", "ТОСАСІН"),  # the same, where Latin could draw all of them
    ],
)
def test_a_letter_of_another_alphabet_is_put_back_into_its_own(mixed: str, clean: str) -> None:
    assert latin(mixed) == latin(clean)


def test_a_word_of_one_alphabet_is_not_taken_for_one_of_another() -> None:
    assert latin("Сор") != latin("Cop")


@given(ANY_TEXT)
def test_any_text_reads_as_plain_words(text: str) -> None:
    words = latin(text.encode("utf-8", "ignore").decode()[:40])

    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)


@pytest.mark.parametrize("text", TOO_MUCH)
def test_hostile_words_read_as_plain_words(text: str) -> None:
    words = latin(text.encode("utf-8", "ignore").decode())

    assert all(word.isascii() and word.isalnum() for word in words)


@given(
    st.one_of(
        st.text(alphabet="абвгдежзийклмнопрстуфхцчшщыэюя", min_size=1, max_size=12),
        st.text(alphabet="abcdehilorstuäàåæéëíïñöøāęėģīķłļńņőœřťūůý", min_size=1, max_size=12),
    )
)
@example("достоевский")
@example("белый")
@example("ий")
@example("bērziņi")
def test_a_word_that_is_read_by_letter_reads_as_the_library_reads_it(word: str) -> None:
    assert latin(word) == (ascii_text(word).lower(),)
