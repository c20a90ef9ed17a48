"""Gender: whether one name is the other with every part made feminine, as of brother and sister."""

from collections.abc import Iterable

#: Endings of masculine parts, plain -> those of the feminine ones: Slavic, Baltic, Romance.
_ENDINGS = {
    "": ("a",),
    "s": ("a", "e"),
    "sh": ("a", "e"),
    "as": ("a", "e", "iene", "aite"),
    "is": ("a", "e", "iene", "yte", "ite"),
    "ys": ("e", "iene", "yte", "ite"),
    "us": ("a", "e", "iene", "ute"),
    "ius": ("e", "iene", "ute"),
    "i": ("a", "ia", "iya", "ija", "aia", "aya", "aja"),
    "y": ("a", "ia", "iya", "ija", "aia", "aya", "aja"),
    "ii": ("ia", "iya", "ija", "aia", "aya", "aja"),
    "ij": ("ia", "iya", "ija", "aia", "aya", "aja"),
    "iy": ("ia", "iya", "ija", "aia", "aya", "aja"),
    "yi": ("aia", "aya", "aja"),
    "o": ("a",),
    "ich": ("na",),
}
#: Letters that must stand before an ending, and words that make a couple.
_LEAST_TRUNK, _LEAST_WORDS = 2, 2


def is_feminine_of(masculine: str, feminine: str) -> bool:
    """Whether the second of two plain words is the first one made feminine."""
    return any(
        masculine.endswith(ending)
        and len(trunk := masculine.removesuffix(ending)) >= _LEAST_TRUNK
        and feminine.startswith(trunk)
        and feminine.removeprefix(trunk) in endings
        for ending, endings in _ENDINGS.items()
    )


def are_a_couple(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether of two words or more each differs in its gender, all of them in the same direction.

    Where a surname alone differs it may be one woman under both forms of her name.
    """
    every = list(pairs)
    if len(every) < _LEAST_WORDS:
        return False
    return all(is_feminine_of(one, other) for one, other in every) or all(
        is_feminine_of(other, one) for one, other in every
    )
