"""How two texts differ, read without Amber's own rules: what the slices of failures are cut by."""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rigour.text import ascii_text

_WORD = re.compile(r"[a-z0-9]+")
_ALIKE = 80


class Likeness(NamedTuple):
    """The words of two texts that agree, and those that only one side has.

    `places` are where the words that agree stand on the right, in the order of the left.
    """

    agreeing: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]
    places: tuple[int, ...]


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in plain Latin letters, as ICU writes them."""
    return tuple(_WORD.findall(ascii_text(text).lower().replace("'", "")))


def likeness(left: str, right: str) -> Likeness:
    """Pair the words of two texts, each with the most alike that is left."""
    rest = dict(enumerate(words(right)))
    agreeing, alone, places = [], [], []
    for word in words(left):
        best = max(rest, key=lambda place: fuzz.ratio(word, rest[place]), default=None)
        if best is None or fuzz.ratio(word, rest[best]) < _ALIKE:
            alone.append(word)
        else:
            del rest[best]
            agreeing.append(word)
            places.append(best)
    return Likeness(tuple(agreeing), tuple(alone), tuple(rest.values()), tuple(places))
