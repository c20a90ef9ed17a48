"""Failures made from free pairs: look-alike letters, initials, words joined, several names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scripts.benches.quality.sources import Pair, is_free

#: Cyrillic letters that cannot be told from Latin ones by eye.
_LOOK_ALIKE = str.maketrans("aceopxyiABCEHIKMOPTXYS", "асеорхуіАВСЕНІКМОРТХУЅ")
_BETWEEN = (" / ", "; ", " a.k.a. ")

#: How the second name of a pair is changed; the same text where it cannot be.
Change = Callable[[Pair], str]


def made(pairs: Sequence[Pair], change: Change) -> list[tuple[Pair, Pair]]:
    """Free pairs of Latin names, each beside the same with its second name changed."""
    both = [
        (pair, replace(pair, right=change(pair)))
        for pair in pairs
        if is_free(pair.source) and pair.scripts == "Latn-Latn" and pair.band != "random"
    ]
    return [one for one in both if one[0].right != one[1].right]


def with_look_alikes(pair: Pair) -> str:
    """The longest word with look-alike letters of Cyrillic among its own."""
    longest = max(pair.right.split(), key=len)
    return pair.right.replace(longest, longest.translate(_LOOK_ALIKE), 1)


def with_initial(pair: Pair) -> str:
    """The first of two or more words cut to its letter."""
    first, *others = pair.right.split()
    if not others or not first[:1].isalpha():
        return pair.right
    return " ".join([f"{first[0].upper()}.", *others])


def joined(pair: Pair) -> str:
    """The first two words written as one."""
    return pair.right.replace(" ", "", 1)


def surname_first(pair: Pair) -> str:
    """The last word set first."""
    *others, last = pair.right.split()
    return " ".join([last, *others])


def others_of(pairs: Sequence[Pair]) -> dict[tuple[str, str], str]:
    """For every subject the name of another one that was drawn at random."""
    return {(one.source, one.group): one.right for one in pairs if one.band == "random"}


def several(others: Mapping[tuple[str, str], str]) -> Change:
    """A change that sets another subject's name before the name, or behind it."""

    def change(pair: Pair) -> str:
        other = others.get((pair.source, pair.group), "")
        if not other:
            return pair.right
        between = _BETWEEN[len(pair.right) % len(_BETWEEN)]
        two = (pair.right, other) if len(other) % 2 else (other, pair.right)
        return between.join(two)

    return change
