"""The rules that cut slices of known failures out of the pairs; none looks at whose they are."""

import re

from rapidfuzz import fuzz

from scripts.benches.quality.alike import likeness, words
from scripts.benches.quality.sources import Pair

_PERSIAN = re.compile("[پچژگیک]")
_UKRAINIAN_OR_BELARUSIAN = re.compile("[іїєґў]", re.IGNORECASE)
_PATRONYMIC = re.compile(r"\w{3,}(?:[oaei]?v[iy]ch|[oei]vn[ay]|auna|ouna|i[ln]ichna|ich)\b")
_ARABIC_WORDS = frozenset("al el abu abou bin ben ibn abd abdul abdel abdal ad ul din".split())
_LETTERS_OF_A_WORD = 5
_NEARLY_THE_SAME = 95
_SHORTEST, _LONGEST = 3, 7


def in_arabic(pair: Pair) -> bool:
    """One side or both in Arabic letters."""
    return "Arab" in pair.scripts


def in_persian(pair: Pair) -> bool:
    """One side or both with letters that Persian and Urdu have and Arabic lacks."""
    return in_arabic(pair) and bool(_PERSIAN.search(pair.left + pair.right))


def arabic_in_latin(pair: Pair) -> bool:
    """Two Latin spellings, each with a word that Arabic names are joined by."""
    return pair.scripts == "Latn-Latn" and all(
        _ARABIC_WORDS & set(words(side)) for side in (pair.left, pair.right)
    )


def two_in_cyrillic(pair: Pair) -> bool:
    """Both sides in Cyrillic, with not one word the same."""
    return pair.scripts == "Cyrl-Cyrl" and not (
        set(pair.left.lower().split()) & set(pair.right.lower().split())
    )


def ukrainian_or_belarusian(pair: Pair) -> bool:
    """Letters of Ukrainian or Belarusian on one side only."""
    found = [bool(_UKRAINIAN_OR_BELARUSIAN.search(side)) for side in (pair.left, pair.right)]
    return any(found) and not all(found)


def patronymics(pair: Pair) -> bool:
    """A patronymic on both sides, with not one letter of the whole out of place."""
    return words(pair.left) != words(pair.right) and all(
        _PATRONYMIC.search(" ".join(words(side))) for side in (pair.left, pair.right)
    )


def another_surname(pair: Pair) -> bool:
    """Two words that agree, one of them a patronymic, and on both sides a word alone."""
    found = likeness(pair.left, pair.right)
    return bool(
        len(found.agreeing) > 1
        and _PATRONYMIC.search(" ".join(found.agreeing))
        and found.left
        and found.right
    )


def one_word_shared(pair: Pair) -> bool:
    """One word agrees, and on both sides a word stands alone."""
    found = likeness(pair.left, pair.right)
    return len(found.agreeing) == 1 and bool(found.left) and bool(found.right)


def left_out(pair: Pair) -> bool:
    """Every word of one side agrees, and the other has more."""
    found = likeness(pair.left, pair.right)
    return bool(found.agreeing) and bool(found.left) is not bool(found.right)


def joined(pair: Pair) -> bool:
    """Nearly the same letters in the same order, but not in as many words."""
    left, right = words(pair.left), words(pair.right)
    return len(left) != len(right) and fuzz.ratio("".join(left), "".join(right)) >= _NEARLY_THE_SAME


def reordered(pair: Pair) -> bool:
    """Every word agrees, in another order."""
    found = likeness(pair.left, pair.right)
    is_whole = not found.left and not found.right
    return is_whole and list(found.places) != sorted(found.places)


def acronym(pair: Pair) -> bool:
    """A word of capitals on one side is the first letters of words on the other."""
    return _abbreviates(pair.left, pair.right) or _abbreviates(pair.right, pair.left)


def _abbreviates(short: str, whole: str) -> bool:
    letters = "".join(word[0] for word in words(whole))
    telling = "".join(word[0] for word in words(whole) if len(word) > _SHORTEST)
    return any(
        _SHORTEST <= len(word) <= _LONGEST
        and (word.lower() in letters or word.lower() in telling)
        and word.lower() not in words(whole)
        for word in re.findall(r"\b[A-Z]+\b", short)
    )


def translated(pair: Pair) -> bool:
    """A long word agrees, and on both sides stands one that has no equal."""
    found = likeness(pair.left, pair.right)
    return all(
        any(len(word) >= _LETTERS_OF_A_WORD for word in some)
        for some in (found.agreeing, found.left, found.right)
    )
