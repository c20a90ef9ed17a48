"""Vowels: which of them make two words of the same consonants."""

import pytest

from node.search.parts import part
from node.search.vowels import has_other_vowel


@pytest.mark.parametrize(
    ("one", "other", "ending"),
    [("kask", "kosk", 0), ("titov", "tutov", 2), ("lindberg", "lundberg", 4)],
)
def test_another_vowel_makes_another_word(one: str, other: str, ending: int) -> None:
    assert has_other_vowel(part(one), part(other), ending)
    assert has_other_vowel(part(other), part(one), ending)


@pytest.mark.parametrize(
    ("one", "other", "ending"),
    [
        ("khodr", "khudr", 0),
        ("per", "par", 0),
        ("salimi", "salami", 0),
        ("nyberg", "nuberg", 4),
        ("nayimov", "nayamov", 2),  # beside another vowel
        ("titov", "titovs", 2),
    ],
)
def test_vowels_that_one_name_is_written_with_make_none(one: str, other: str, ending: int) -> None:
    assert not has_other_vowel(part(one), part(other), ending)
