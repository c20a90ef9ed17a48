"""Slips of the pen: what a number would be if one sign were another, or two neighbours swapped."""

from collections.abc import Iterator
from string import ascii_uppercase, digits

from node.codes import IdentifierType as Type

#: Numbers longer than that are not corrected.
_MOST_SIGNS = 36
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
#: Types in which a letter may be a slip for another one.
_LETTERED = (Type.CONTAINER, Type.IBAN)

#: Types whose check digit tells that there was a slip.
GUARDED = frozenset(
    {
        Type.IMO,
        Type.IMO_COMPANY,
        Type.CONTAINER,
        Type.IBAN,
        Type.IMEI,
        Type.VIN,
        Type.NATIONAL_ID,
        Type.TAX,
        Type.TAX_RU,
        Type.REGISTRATION,
    }
)


def neighbours(number: str, type_: str) -> Iterator[str]:
    """Every number one slip away: a digit for a digit or letter, or neighbours swapped.

    Nothing for types whose check digit, if any, we do not know.
    """
    if type_ not in GUARDED or len(number) > _MOST_SIGNS:
        return
    for at in range(len(number) - 1):
        if number[at] != number[at + 1]:
            yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    for at, sign in enumerate(number):
        for other in _signs(sign, type_):
            if other != sign:
                yield number[:at] + other + number[at + 1 :]


def is_neighbour(number: str, other: str, type_: str) -> bool:
    """Whether another number is among the neighbours of this one, without making them."""
    if type_ not in GUARDED or len(number) != len(other) or len(number) > _MOST_SIGNS:
        return False
    apart = [at for at, sign in enumerate(number) if sign != other[at]]
    if len(apart) == 1:
        return other[apart[0]] in _signs(number[apart[0]], type_)
    if len(apart) != 2 or apart[1] - apart[0] != 1:  # noqa: PLR2004 - two neighbours
        return False
    return number[apart[0]] == other[apart[1]] and number[apart[1]] == other[apart[0]]


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
