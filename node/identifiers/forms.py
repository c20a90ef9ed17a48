"""The normal form of a number: what is left when punctuation and habits of writing are gone."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import phonenumbers
from stdnum.fi import hetu
from stdnum.se import personnummer

from federation.messages import Identifier
from node.codes import IdentifierType as Type

#: Longer than any number there is; what stands behind it is not looked at.
MAX_LENGTH = 64

#: Cyrillic and Greek capitals that are drawn as a Latin one.
_LOOKALIKES = str.maketrans("АВЕЅКМНОРСТУХІЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESKMHOPCTYXIJABEZHIKMNOPTYX")
_NEVER_IN_VIN = str.maketrans("IOQ", "100")
_HETU = re.compile(r"([0-9]{6})[A-FU-Y]([0-9]{3}[0-9A-Y])")
_SWEDISH_LENGTH = 12
_IMEI_LENGTH = 14


def normal_form(identifier: Identifier, countries: tuple[str, ...] = ()) -> str:
    """The form in which a number is compared: letters and digits alone, by the rules of its type.

    `countries` tell how a phone number without a country is meant; without them the normal form of
    a normal form is itself. Empty when nothing is left; never raises.
    """
    value = identifier.value[:MAX_LENGTH]
    if identifier.type == Type.PHONE:
        return _phone(value, region(countries))
    return _FORMS.get(identifier.type, plain)(value)


@lru_cache(maxsize=65536)
def plain(value: str) -> str:
    """Capital letters and digits, accents dropped, look-alike letters drawn as Latin ones."""
    capitals = unicodedata.normalize("NFKD", value).upper().translate(_LOOKALIKES)
    return "".join(_digit(letter) for letter in capitals if letter.isalnum())


def digits(value: str) -> str:
    """The digits alone, of whatever script."""
    return "".join(letter for letter in plain(value) if letter in "0123456789")


def region(countries: tuple[str, ...]) -> str:
    """The country whose way of writing phone numbers holds, when there is only one."""
    return countries[0].upper() if len(countries) == 1 else ""


def parsed_phone(value: str, region: str) -> phonenumbers.PhoneNumber | None:
    """A phone number with its country, or None when that cannot be told."""
    text = unicodedata.normalize("NFKC", value).strip()
    text = f"+{text[2:]}" if text.startswith("00") else text
    try:
        return phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None


def _digit(letter: str) -> str:
    """A digit of any script as one of ours."""
    digit = unicodedata.digit(letter, None)
    return letter if digit is None else str(digit)


@lru_cache(maxsize=65536)
def _phone(value: str, region: str) -> str:
    """International digits when the country is known, else the digits that were typed."""
    number = parsed_phone(value, region)
    if number is None or not phonenumbers.is_possible_number(number):
        return digits(value)
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"


def _imo(value: str) -> str:
    return plain(value).removeprefix("IMO")


def _imei(value: str) -> str:
    """Without its check digit or software version, which not everybody writes down."""
    return digits(value)[:_IMEI_LENGTH]


def _vin(value: str) -> str:
    """Its letters I, O and Q can only be misread digits: a VIN never has them."""
    return plain(value).translate(_NEVER_IN_VIN)


def _email(value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(folded.split()).removeprefix("mailto:")


def _national(value: str) -> str:
    """A Swedish number without its century and a Finnish one without its century sign."""
    number = plain(value)
    if len(number) == _SWEDISH_LENGTH and number.isascii() and personnummer.is_valid(number):
        return number[2:]
    found = _HETU.fullmatch(number)
    if found and hetu.is_valid(number):
        return found[1] + found[2]
    return number


_FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        Type.IMO: _imo,
        Type.IMO_COMPANY: _imo,
        Type.MMSI: digits,
        Type.IMEI: _imei,
        Type.VIN: _vin,
        Type.EMAIL: _email,
        Type.NATIONAL_ID: _national,
    }
)
