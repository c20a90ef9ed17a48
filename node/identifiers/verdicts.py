"""What the check digit of a number says: rules of python-stdnum, phonenumbers and our own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import phonenumbers
from stdnum import iban, imei, imo, iso6346

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.codes import Verdict
from node.identifiers import own
from node.identifiers.forms import (
    MAX_LENGTH,
    digits,
    parsed_phone,
    plain,
    region,
)
from node.identifiers.national import BY_COUNTRY, LENGTHS, UNSETTLED, Scheme


def verdict(identifier: Identifier, countries: tuple[str, ...] = ()) -> Verdict:
    """Whether the number keeps to the rules of its type; a pass proves typing, not existence.

    A type without a rule is unchecked, and so is a national number of an unknown country that
    passes nowhere. Never raises.
    """
    value = identifier.value[:MAX_LENGTH]
    if identifier.type == Type.PHONE:
        return _phone(value, region(countries))
    if identifier.type in BY_COUNTRY:
        return _by_country(Type(identifier.type), value, countries)
    rule = _RULES.get(identifier.type)
    return rule(value) if rule else Verdict.UNCHECKED


def _said(is_valid: bool) -> Verdict:
    return Verdict.VALID if is_valid else Verdict.INVALID


def _phone(value: str, region: str) -> Verdict:
    number = parsed_phone(value, region)
    if number is None:
        return Verdict.INVALID if region else Verdict.UNCHECKED
    return _said(phonenumbers.is_valid_number(number))


def _by_country(type_: Type, value: str, countries: tuple[str, ...]) -> Verdict:
    """By the rules of its own countries; a person's number of an unknown one may pass anywhere."""
    schemes = BY_COUNTRY[type_]
    homes = {country.lower() for country in countries}
    is_known = bool(homes) and homes <= schemes.keys()
    if not is_known and type_ is Type.NATIONAL_ID:
        length = len(plain(value))
        homes |= {home for home in schemes if length in LENGTHS[home]}
    if any(_is_valid(scheme, value) for home in homes for scheme in schemes.get(home, ())):
        return Verdict.VALID
    is_settled = is_known and not any((type_, home) in UNSETTLED for home in homes)
    return Verdict.INVALID if is_settled else Verdict.UNCHECKED


def _is_valid(scheme: Scheme, value: str) -> bool:
    """Whether it passes in normal form or as typed, where a hyphen may be a century sign."""
    number = plain(value)
    try:
        return scheme.is_valid(number) or (number != value and scheme.is_valid(value))
    except (ValueError, LookupError):  # the library expects no letters beyond ASCII
        return False


def _by(scheme: Scheme) -> Callable[[str], Verdict]:
    return lambda value: _said(_is_valid(scheme, value))


def _account(value: str) -> Verdict:
    """Only an IBAN can be checked; a failed one is an account number of another kind."""
    return Verdict.VALID if _is_valid(iban, value) else Verdict.UNCHECKED


def _vin(value: str) -> Verdict:
    """Only North America asks for the check digit: elsewhere a failed one means nothing."""
    number = plain(value)
    if own.is_vin(number) and own.has_vin_check(number):
        return Verdict.VALID
    is_free = own.is_vin(number) and number[0] not in "12345"
    return Verdict.UNCHECKED if is_free else Verdict.INVALID


def _email(value: str) -> Verdict:
    name, _, host = value.strip().rpartition("@")
    is_plain = not any(letter.isspace() for letter in name + host)
    return _said(is_plain and bool(name) and "." in host.strip("."))


_RULES: Mapping[str, Callable[[str], Verdict]] = MappingProxyType(
    {
        Type.IMO: _by(imo),
        Type.IMO_COMPANY: lambda value: _said(own.is_imo_company(plain(value))),
        Type.MMSI: lambda value: _said(own.is_mmsi(digits(value))),
        Type.CONTAINER: _by(iso6346),
        Type.IBAN: _by(iban),
        Type.IMEI: _by(imei),
        Type.VIN: _vin,
        Type.ACCOUNT: _account,
        Type.EMAIL: _email,
        Type.TAX_RU: lambda value: _by_country(Type.TAX, value, ("ru",)),
    }
)
