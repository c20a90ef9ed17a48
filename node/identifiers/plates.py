"""Number plates: the country or region written with one, and signs that are read for another.

Shapes are those that the countries' road authorities publish for ordinary cars; a plate of another
shape is compared whole.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType

#: Country as written before a plate -> (country, shape of what stands behind it). Germany's D,
#: Sweden's S and Norway's N are left out: one letter may as well be the first of the plate.
_SHAPES = MappingProxyType(
    {
        "EST": ("EE", r"[0-9]{2,3}[A-Z]{3}"),
        "EE": ("EE", r"[0-9]{2,3}[A-Z]{3}"),
        "LV": ("LV", r"[A-Z]{2}[0-9]{1,4}"),
        "LT": ("LT", r"[A-Z]{3}[0-9]{3}|[A-Z]{2}[0-9]{4}"),
        "PL": ("PL", r"[A-Z]{2,3}[0-9A-Z]{4,5}"),
        "FIN": ("FI", r"[A-Z]{2,3}[0-9]{1,3}"),
        "FI": ("FI", r"[A-Z]{2,3}[0-9]{1,3}"),
        "SE": ("SE", r"[A-Z]{3}[0-9]{2}[0-9A-Z]"),
        "DK": ("DK", r"[A-Z]{2}[0-9]{5}"),
        "NOR": ("NO", r"[A-Z]{2}[0-9]{4,5}"),
        "NO": ("NO", r"[A-Z]{2}[0-9]{4,5}"),
        "GER": ("DE", r"[A-Z]{2,5}[0-9]{1,4}[EH]?"),
        "DE": ("DE", r"[A-Z]{3,5}[0-9]{1,4}[EH]?"),
        "UA": ("UA", r"[A-Z]{2}[0-9]{4}[A-Z]{2}"),
        "BY": ("BY", r"[0-9]{4}[A-Z]{2}[0-9]"),
    }
)
_MARKED = re.compile("|".join(f"({mark})({shape})" for mark, (_, shape) in _SHAPES.items()))

#: A Russian car: the letters that look the same in both alphabets, then the region on the right.
_RUSSIAN = re.compile(r"([ABEKMHOPCTYX][0-9]{3}[ABEKMHOPCTYX]{2})([0-9]{2,3})(RUS?)?")

#: Signs that a camera or a witness reads for one another, drawn as one.
_CONFUSED = str.maketrans("ODQILTBSZG7", "00011185261")

#: A partial plate has at least so many signs, and lacks at most so many at its ends.
LEAST_SIGNS, MOST_LACKING = 4, 2


def bare(plate: str) -> tuple[str, tuple[str, ...]]:
    """The country or region written with a plate, and what it is without: ("LT", ("ABC123",))."""
    if found := _RUSSIAN.fullmatch(plate):
        whole = (found[1] + found[2],) if found[3] else ()
        return found[2], (found[1], *whole)
    if found := _MARKED.fullmatch(plate):
        mark, rest = (group for group in found.groups() if group)
        return _SHAPES[mark][0], (rest,)
    return "", ()


def alike(number: str) -> str:
    """A number with the signs that are read for one another drawn as one."""
    return number.translate(_CONFUSED)


def ends(plate: str) -> Iterator[str]:
    """What is left of a plate when one or two signs at its ends are not seen."""
    for start in range(MOST_LACKING + 1):
        for stop in range(MOST_LACKING + 1 - start):
            left = plate[start : len(plate) - stop]
            if len(left) >= LEAST_SIGNS:
                yield left


def is_partial(one: str, other: str) -> bool:
    """Whether one of two plates is the other without signs at its ends."""
    short, long = sorted((one, other), key=len)
    lacking = len(long) - len(short)
    return len(short) >= LEAST_SIGNS and 0 < lacking <= MOST_LACKING and short in long
