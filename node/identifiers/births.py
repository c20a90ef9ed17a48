"""The birth date and sex that a person's national number carries, when its check digit passes."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from stdnum.bg import egn
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.fi import hetu
from stdnum.is_ import kennitala
from stdnum.lt import asmens
from stdnum.lv import pvn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.se import personnummer

from federation.messages import Identifier
from node.codes import IdentifierType
from node.identifiers.forms import MAX_LENGTH, plain
from node.identifiers.national import LENGTHS, Scheme

MALE, FEMALE = "male", "female"
_FINNISH_CENTURY = MappingProxyType(
    {"+": 1800} | dict.fromkeys("-UVWXY", 1900) | dict.fromkeys("ABCDEF", 2000)
)
_ICELANDIC_CENTURY = MappingProxyType({"8": 1800, "9": 1900, "0": 2000})
_SWEDISH_LENGTH = 12
_FINNISH = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+A-FU-Y])([0-9]{3})[0-9A-Y]")


@dataclass(frozen=True, slots=True)
class Birth:
    """A day as `1970-05-03` and a sex; an empty text is what the number does not say."""

    date: str = ""
    sex: str = ""


UNSAID = Birth()


@dataclass(frozen=True, slots=True)
class _Rule:
    """How the number of one country is checked, read, and where its sex lies: odd for a man."""

    scheme: Scheme
    born: Callable[[str], date]
    sex_at: int | None = None


def born(identifier: Identifier, countries: tuple[str, ...] = ()) -> Birth:
    """Who a national number was given to; nothing unless it passes and all readings agree.

    Without a country of which we know the rule it is read by every rule that it passes.
    Never raises.
    """
    if identifier.type != IdentifierType.NATIONAL_ID:
        return UNSAID
    homes = [country.lower() for country in countries if country.lower() in _RULES]
    found = set(_readings(identifier.value[:MAX_LENGTH].strip(), homes or list(_RULES)))
    return found.pop() if len(found) == 1 else UNSAID


def _readings(value: str, homes: list[str]) -> Iterator[Birth]:
    number = plain(value)
    for home in homes:
        if len(number) in LENGTHS[home]:
            with suppress(ValueError, LookupError):
                yield from _read(_RULES[home], value, number)


def _read(rule: _Rule, value: str, number: str) -> Iterator[Birth]:
    text = next((text for text in (value, number) if rule.scheme.is_valid(text)), "")
    if text:
        sex = "" if rule.sex_at is None else _sex(number[rule.sex_at])
        yield Birth(rule.born(text).isoformat(), sex)


def _sex(digit: str) -> str:
    return MALE if int(digit) % 2 else FEMALE


def _finnish(value: str) -> date:
    found = _FINNISH.fullmatch(value.upper().replace(" ", ""))
    if not found:
        raise ValueError("no century sign, so no century")
    day, month, year = (int(part) for part in found.groups()[:3])
    return date(_FINNISH_CENTURY[found[4]] + year, month, day)


def _icelandic(value: str) -> date:
    """Companies add 40 to the day: theirs are the only days above 31."""
    number = plain(value)
    century = _ICELANDIC_CENTURY[number[-1]]
    return date(century + int(number[4:6]), int(number[2:4]), int(number[:2]))


def _romanian(value: str) -> date:
    """Of the numbers that begin with 7, 8 and 9 nobody can tell the century."""
    if plain(value)[0] not in "123456":
        raise ValueError("no century")
    return cnp.get_birth_date(value)


def _swedish(value: str) -> date:
    """With ten digits the century hangs on the day on which the number is read."""
    number = plain(value)
    if len(number) != _SWEDISH_LENGTH:
        raise ValueError("no century")
    return date(int(number[:4]), int(number[4:6]), int(number[6:8]))


_RULES = MappingProxyType(
    {
        "bg": _Rule(egn, egn.get_birth_date),
        "dk": _Rule(cpr, cpr.get_birth_date, -1),
        "ee": _Rule(ik, ik.get_birth_date, 0),
        "fi": _Rule(hetu, _finnish, -2),
        "is": _Rule(kennitala, _icelandic),
        "lt": _Rule(asmens, ik.get_birth_date, 0),
        "lv": _Rule(pvn, pvn.get_birth_date),
        "no": _Rule(fodselsnummer, fodselsnummer.get_birth_date, 8),
        "pl": _Rule(pesel, pesel.get_birth_date, -2),
        "ro": _Rule(cnp, _romanian, 0),
        "se": _Rule(personnummer, _swedish, -2),
    }
)
