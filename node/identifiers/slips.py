"""Slips of the pen: what a number would be if one sign were another, or two neighbours swapped."""

import unicodedata
from collections.abc import Callable, Iterator
from string import ascii_uppercase, digits
from types import MappingProxyType

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.codes import Verdict
from node.identifiers.forms import digits as digits_of
from node.identifiers.forms import plain
from node.identifiers.verdicts import verdict

#: Corrections of one number that are kept; a check digit lets one in ten or more pass.
MOST_CORRECTIONS = 64
#: Numbers longer than that are not corrected.
_MOST_SIGNS = 36
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
#: Types in which a letter may be a slip for another one.
_LETTERED = (Type.CONTAINER, Type.IBAN)


def _with_century(value: str) -> str:
    """As typed, for a hyphen may be the sign of a century."""
    return unicodedata.normalize("NFKC", value).strip().upper()


#: Type -> what its check digit is computed from.
_WRITTEN: MappingProxyType[str, Callable[[str], str]] = MappingProxyType(
    dict.fromkeys(
        (
            Type.IMO,
            Type.IMO_COMPANY,
            Type.CONTAINER,
            Type.IBAN,
            Type.VIN,
            Type.TAX,
            Type.TAX_RU,
            Type.REGISTRATION,
        ),
        plain,
    )
    | {Type.IMEI: digits_of, Type.NATIONAL_ID: _with_century}
)


def corrections(identifier: Identifier, countries: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The numbers one slip away that keep the rule which this one breaks, at most 64 of them."""
    found: list[str] = []
    written = _WRITTEN.get(identifier.type, str)(identifier.value)
    for text in neighbours(written, identifier.type):
        if verdict(Identifier(identifier.type, text), countries) is Verdict.VALID:
            found.append(text)
            if len(found) == MOST_CORRECTIONS:
                break
    return tuple(found)


def neighbours(number: str, type_: str) -> Iterator[str]:
    """Every number one slip away: a digit for a digit or letter, or neighbours swapped.

    Nothing for types whose check digit, if any, we do not know.
    """
    if type_ not in _WRITTEN or len(number) > _MOST_SIGNS:
        return
    for at in range(len(number) - 1):
        if number[at] != number[at + 1]:
            yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    for at, sign in enumerate(number):
        for other in _signs(sign, type_):
            if other != sign:
                yield number[:at] + other + number[at + 1 :]


def shortened(number: str) -> Iterator[str]:
    """A number without each of its signs in turn: two that are one slip apart share one of them."""
    for at in range(len(number)):
        yield number[:at] + number[at + 1 :]


def _signs(sign: str, type_: str) -> str:
    """What a sign may be a slip for: a letter for a letter, and where only digits are, for them."""
    if type_ == Type.VIN:
        return digits + _VIN_LETTERS
    if sign in digits:
        return digits
    if type_ == Type.NATIONAL_ID:
        return ascii_uppercase + digits
    return ascii_uppercase if type_ in _LETTERED and sign in ascii_uppercase else digits
