"""Dates as lists write them -> ISO dates of the same precision."""

import re
from contextlib import suppress
from datetime import date
from functools import lru_cache

#: A span of years is kept as each of its years; a longer one says too little to compare.
MAX_SPAN = 10

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {
    short: number
    for number, name in enumerate(_NAMES.split(), start=1)
    for short in (name, name[:3], name[:4])
}

#: Other numbers of four digits are no years that a list means.
_YEARS = range(1000, 3000)

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})(?:-(?P<m>\d\d?)(?:-(?P<d>\d\d?)(?:[T ][\d:.]+)?(?:Z|[+-]\d\d:?\d\d)?)?)?",
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<y>\d{4})[/.](?P<m>\d\d)[/.](?P<d>\d\d)",
        r"(?:(?P<d>\d{1,2})\.\s?)?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})",
        r"(?:(?P<d>\d{1,2})\s+)?(?P<m>[a-z]{3,9})\.?\s*(?P<y>\d{4})",
        r"(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})",
    )
)


@lru_cache(maxsize=65536)
def partial(text: str) -> str:
    """The date in ISO form with the precision it was given, or an empty text.

    A month or day of zero is one that is not known. Day and month between slashes are not
    guessed at: nobody can tell which comes first.
    """
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _iso(int(found["y"]), _month(found["m"]), int(found["d"] or 0))
    return ""


def years(first: str, last: str) -> tuple[str, ...]:
    """Every year from first to last when both are years and near one another, else none."""
    if not (re.fullmatch(r"\d{4}", first) and re.fullmatch(r"\d{4}", last)):
        return ()
    span = range(int(first), int(last) + 1)
    return tuple(str(year) for year in span) if len(span) <= MAX_SPAN else ()


def _month(text: str | None) -> int:
    """The number of a month, 0 when it was not said, -1 when it is no month."""
    if not text or text.isdigit():
        return int(text or 0)
    return _MONTHS.get(text.lower(), -1)


def _iso(year: int, month: int, day: int) -> str:
    if year not in _YEARS:
        return ""
    with suppress(ValueError):
        full = date(year, month or 1, day or 1).isoformat()
        return full if month and day else full[:7] if month else full[:4] if not day else ""
    return ""
