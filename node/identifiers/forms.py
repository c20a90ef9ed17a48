"""The normal form of a number: what is left when punctuation and habits of writing are gone."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType

import phonenumbers
from stdnum import iso6346
from stdnum.fi import hetu
from stdnum.se import personnummer

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.identifiers.types import typed

#: Longer than any number there is; what stands behind it is not looked at.
MAX_LENGTH = 64

#: Cyrillic and Greek capitals that are drawn as a Latin one.
_LOOKALIKES = str.maketrans("АВЕЅКМНОРСТУХІЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESKMHOPCTYXIJABEZHIKMNOPTYX")
#: Signs that can only be misread where a number has digits alone, or letters alone.
_NEVER_A_LETTER = str.maketrans("ODQILBSZG", "000118526")
_NEVER_A_DIGIT = str.maketrans("012568", "OIZSGB")
_MOST_MISREAD, _OWNER, _CONTAINER_LENGTH = 2, 4, 11
_NEVER_IN_VIN = str.maketrans("IOQ", "100")
#: "No", as it is put before a number or between a series and its number.
_NUMERO = re.compile(r"№|\bN[°º]|\bN[or]\.", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^A-Z0-9]+")
#: A trunk prefix that is written beside a country code but not dialled with it.
_TRUNK = re.compile(r"\(0?[08]?\)")
_IMO = re.compile(r"(?:IMO(?:NUMBER|NO|NR)?)+")
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{6}")
_HETU = re.compile(r"([0-9]{6})[A-FU-Y]([0-9]{3}[0-9A-Y])")
_CENTURY = re.compile(r"([0-9]{6})[A-Z]([0-9]{3}[0-9A-Z])")
_SWEDISH_LENGTH = 12
_IMEI_LENGTH = 14


def normal_form(identifier: Identifier, countries: tuple[str, ...] = ()) -> str:
    """The form in which a number is compared: letters and digits alone, by the rules of its type.

    `countries` tell how a phone number without a country is meant; without them the normal form of
    a normal form is itself. Empty when nothing is left; never raises.
    """
    return form_of(typed(identifier)[0], countries)


def form_of(identifier: Identifier, countries: tuple[str, ...] = ()) -> str:
    """The same of a number whose type is in the list, `typed` as it is."""
    value = identifier.value[:MAX_LENGTH]
    if identifier.type == Type.PHONE:
        return _phone(value, region(countries))
    return _FORMS.get(identifier.type, plain)(value)[:MAX_LENGTH]


@lru_cache(maxsize=65536)
def plain(value: str) -> str:
    """Capital letters and digits, accents dropped, look-alike letters drawn as Latin ones."""
    numbered = _NUMERO.sub(" ", value)
    if numbered.isascii():
        return _NOT_PLAIN.sub("", numbered.upper())[:MAX_LENGTH]
    capitals = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", numbered).upper())
    drawn = capitals.translate(_LOOKALIKES)
    return "".join(_digit(letter) for letter in drawn if letter.isalnum())[:MAX_LENGTH]


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
    text = _TRUNK.sub("", text) if text.startswith("+") else text
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
    number = plain(value)
    return _meant(_IMO.sub("", number, count=1) if number.startswith("IMO") else number, 7)


def _mmsi(value: str) -> str:
    number = _meant(plain(value), 9)
    return digits(number)


def _meant(number: str, length: int) -> str:
    """A number of so many digits, up to two of which were read as letters that look alike."""
    drawn = number.translate(_NEVER_A_LETTER)
    is_close = len(number) == length and sum(map(str.isdigit, number)) >= length - _MOST_MISREAD
    return drawn if is_close and drawn.isdigit() else number


def _container(value: str) -> str:
    """With its check digit, which not everybody writes down, and signs where each belongs.

    Its owner is four letters, what stands behind it digits.
    """
    number = plain(value)
    owner, serial = number[:_OWNER].translate(_NEVER_A_DIGIT), number[_OWNER:]
    meant = owner + _meant(serial, len(serial))
    number = meant if _CONTAINER.match(meant) and len(meant) <= _CONTAINER_LENGTH else number
    return number + iso6346.calc_check_digit(number) if _CONTAINER.fullmatch(number) else number


def _account(value: str) -> str:
    """Without the word IBAN in front."""
    number = plain(value)
    while number.startswith("IBAN"):
        number = number[4:]
    return number


def _imei(value: str) -> str:
    """Without its check digit or software version, which not everybody writes down."""
    return digits(value)[:_IMEI_LENGTH]


def _vin(value: str) -> str:
    """Its letters I, O and Q can only be misread digits: a VIN never has them."""
    return plain(value).translate(_NEVER_IN_VIN)


def _email(value: str) -> str:
    """Case folded, the host in its own letters; dots and signs of the mailbox are its own.

    Folded again until nothing changes, for every step only folds or shortens.
    """
    name, at, host = "".join(unicodedata.normalize("NFKC", value).casefold().split()).rpartition(
        "@"
    )
    found = f"{name}{at}{'.'.join(_label(label) for label in host.split('.'))}"
    found = found.removeprefix("mailto:")[:MAX_LENGTH]
    return found if found == value else _email(found)


def _label(label: str) -> str:
    """A word of a host, read out of the form in which it travels."""
    with suppress(UnicodeError):
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    return label


def without_century(number: str) -> str:
    """A national number without what may say its century, whether or not it passes."""
    if len(number) == _SWEDISH_LENGTH:
        return number[2:]
    found = _CENTURY.fullmatch(number)
    return found[1] + found[2] if found else number


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
        Type.MMSI: _mmsi,
        Type.IMEI: _imei,
        Type.VIN: _vin,
        Type.CONTAINER: _container,
        Type.IBAN: _account,
        Type.ACCOUNT: _account,
        Type.EMAIL: _email,
        Type.NATIONAL_ID: _national,
    }
)
