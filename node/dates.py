"""Dates of any precision, and how far two of them agree."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Self

from federation.errors import InvalidError

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_UNSAID = (0, 0, 0)


class Agreement(StrEnum):
    """What two dates say about being the same day.

    `EQUAL` day for day; `COMPATIBLE` as far as the less precise one goes; `SWAPPED` with day and
    month in each other's place; `CLOSE` but for one slip, such as the year before; `UNKNOWN` when
    one of them says nothing.
    """

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    SWAPPED = "swapped"
    CLOSE = "close"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month or a day; zero is what was not said."""

    year: int = 0
    month: int = 0
    day: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1970`, `1970-05` or `1970-05-03`; an empty text says nothing.

        Raises `InvalidError` for anything else and for days that no calendar has.
        """
        if not text:
            return cls()
        found = cls.read(text)
        if not found.year:
            raise InvalidError("a date is written 1970, 1970-05 or 1970-05-03")
        return found

    @classmethod
    def read(cls, text: str) -> Self:
        """What `parse` reads, but a text that is no date says nothing. Never raises."""
        return cls(*_read(text.strip()[:10]))

    @property
    def is_full(self) -> bool:
        """Whether it names one day."""
        return self.day > 0


@lru_cache(maxsize=32_768)
def _read(text: str) -> tuple[int, int, int]:
    """Year, month and day as far as they are said; zeros for what is no date."""
    found = _FORM.fullmatch(text)
    if not found:
        return _UNSAID
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        date(year, 1 if found[2] is None else month, 1 if found[3] is None else day)
    except ValueError:
        return _UNSAID
    return year, month, day


def agreement(one: PartialDate, other: PartialDate) -> Agreement:
    """How far two dates agree; the order of the two makes no difference."""
    if not one.year or not other.year:
        return Agreement.UNKNOWN
    if one.year == other.year and _fits(one.month, other.month) and _fits(one.day, other.day):
        return Agreement.EQUAL if one.is_full and other.is_full else Agreement.COMPATIBLE
    if _is_swapped(one, other):
        return Agreement.SWAPPED
    return Agreement.CLOSE if _is_close(one, other) else Agreement.DIFFERS


def _fits(one: int, other: int) -> bool:
    return one == other or not one or not other


def _is_swapped(one: PartialDate, other: PartialDate) -> bool:
    is_full = one.is_full and other.is_full
    return is_full and (one.year, one.month, one.day) == (other.year, other.day, other.month)


def _is_close(one: PartialDate, other: PartialDate) -> bool:
    """One slip: a neighbouring year, or of two full dates one part written wrongly."""
    if one.is_full and other.is_full:
        return _same_parts(one, other) >= 2 and abs(one.year - other.year) <= 10  # noqa: PLR2004
    return abs(one.year - other.year) == 1 and _fits(one.month, other.month)


def _same_parts(one: PartialDate, other: PartialDate) -> int:
    return (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
