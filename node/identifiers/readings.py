"""Other readings of a number: what it may be written as when a part of it is left out.

A reading begins with a sign that says its ground. Two numbers meet in a reading when it is one of
the other's, or is the other's normal form.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import phonenumbers

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.identifiers import plates
from node.identifiers.accounts import inside
from node.identifiers.forms import MAX_LENGTH, form_of, parsed_phone, region

_LEAST_SIGNS, _LEAST_DIGITS = 4, 6
_VIN_LENGTH, _VIN_TAIL = 17, 8
#: Letters in front of a number: a country, a register, the series of a passport.
_MARKED = re.compile(r"(?:PNO)?([A-Z]{1,6}?)([0-9]{6,})(?:MVA)?")
#: A Swedish VAT number is a registration number with 01 behind it.
_SWEDISH_VAT = re.compile(r"SE([0-9]{10})01")


class Ground(StrEnum):
    """Why another reading of a number is one."""

    UNMARKED = "+"
    UNFILLED = "0"
    INSIDE = "@"
    SERIES = "<"
    SLIPPED = "!"


class Readings(NamedTuple):
    """`mark` is what was left out: two numbers with two marks do not meet in a reading."""

    mark: str = ""
    texts: frozenset[str] = frozenset()


def readings(identifier: Identifier, countries: tuple[str, ...] = ()) -> Readings:
    """The other readings of a number by the rules of its type, one of the list; never raises."""
    normal = form_of(identifier, countries)
    if identifier.type == Type.PHONE:
        mark, found = _phone(identifier.value[:MAX_LENGTH], region(countries), normal)
    else:
        mark, found = _OF.get(identifier.type, _whole)(normal)
    return Readings(mark, frozenset(text for text in found if text[1:] != normal))


_Read = tuple[str, list[str]]


def _whole(_: str) -> _Read:
    return "", []


def _phone(value: str, region: str, normal: str) -> _Read:
    """Without its country; of one without a country, without the trunk prefix 0 or 8."""
    number = parsed_phone(value, region)
    if number is not None and phonenumbers.is_possible_number(number):
        national = phonenumbers.national_significant_number(number)
        found = national if len(national) >= _LEAST_DIGITS else ""
        return str(number.country_code), _said(Ground.UNMARKED, found)
    trunkless = normal[1:] if normal[:1] in "08" and len(normal) > _LEAST_DIGITS else ""
    return "", _said(Ground.UNMARKED, trunkless)


def _plate(normal: str) -> _Read:
    mark, texts = plates.bare(normal)
    return mark, [Ground.UNMARKED + text for text in texts]


def _register(normal: str) -> _Read:
    """Without the letters in front and without leading zeros."""
    found = _MARKED.fullmatch(normal)
    vat = _SWEDISH_VAT.fullmatch(normal)
    if not found:
        return "", _said(Ground.UNFILLED, _unfilled(normal))
    texts = [found[2], _unfilled(found[2]), vat[1] if vat else ""]
    return found[1], [reading for text in texts for reading in _said(Ground.UNMARKED, text)]


def _passport(normal: str) -> _Read:
    found = _MARKED.fullmatch(normal)
    if found:
        return found[1], _said(Ground.SERIES, found[2])
    return "", _said(Ground.UNFILLED, _unfilled(normal))


def _vin(normal: str) -> _Read:
    return (normal[:-_VIN_TAIL], []) if len(normal) == _VIN_LENGTH else ("", [])


def _account(normal: str) -> _Read:
    found = [Ground.INSIDE + text for text in inside(normal)]
    return (normal if found else ""), found + _said(Ground.UNFILLED, _unfilled(normal))


def _unfilled(normal: str) -> str:
    """Without leading zeros, when there are any."""
    rest = normal.lstrip("0")
    return rest if len(rest) < len(normal) and len(rest) >= _LEAST_SIGNS else ""


def _said(ground: Ground, text: str) -> list[str]:
    return [ground + text] if text else []


_OF: Mapping[str, Callable[[str], _Read]] = MappingProxyType(
    {
        **dict.fromkeys(
            (Type.NATIONAL_ID, Type.TAX, Type.TAX_RU, Type.REGISTRATION, Type.OTHER), _register
        ),
        Type.PLATE: _plate,
        Type.PASSPORT: _passport,
        Type.VIN: _vin,
        Type.IBAN: _account,
        Type.ACCOUNT: _account,
    }
)
