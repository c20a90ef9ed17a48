"""Accounts: the number by which a bank knows the account that an IBAN names.

Where it lies in an IBAN is told by the registry of ISO 13616.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_BANK_AT = 4
#: Country -> where its account numbers begin in an IBAN, the bank's own number left out.
_ACCOUNT_AT = MappingProxyType(
    {
        "DE": 12,
        "DK": 8,
        "EE": 6,
        "FI": 10,
        "IS": 8,
        "LT": 9,
        "LV": 8,
        "NO": 8,
        "PL": 12,
        "SE": 7,
    }
)
_LEAST_SIGNS = 6
#: Finnish numbers are filled up with zeros in the middle, in some banks one digit later.
_FILLED_AT, _FILLED_LATER, _LATER_BANKS = 10, 11, "45"


def inside(number: str) -> Iterator[str]:
    """What may be written for the account of this IBAN; nothing for any other number."""
    country = number[:2]
    if country not in _ACCOUNT_AT or not _IBAN.fullmatch(number):
        return
    yield number[_BANK_AT:]
    yield number[_ACCOUNT_AT[country] :]
    account = number[_ACCOUNT_AT[country] :].lstrip("0")
    if len(account) >= _LEAST_SIGNS:
        yield account
    if country == "FI":
        at = _FILLED_LATER if number[_BANK_AT] in _LATER_BANKS else _FILLED_AT
        yield number[_BANK_AT:at] + number[at:].lstrip("0")
