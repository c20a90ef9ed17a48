"""Check rules of our own, only those that no library we use has: VIN, MMSI, IMO company numbers."""

import re
from itertools import chain

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECK_AT = 8
_VIN_VALUES = dict(
    chain(
        zip("0123456789", range(10), strict=True),
        zip("ABCDEFGH", range(1, 9), strict=True),
        zip("JKLMN", range(1, 6), strict=True),
        zip("PR", (7, 9), strict=True),
        zip("STUVWXYZ", range(2, 10), strict=True),
    )
)

_IMO_COMPANY = re.compile(r"(?:IMO)?([0-9]{6})([0-9])")
_IMO_COMPANY_WEIGHTS = (8, 6, 4, 2, 9, 7)

#: ITU-R M.585: a ship is MIDxxxxxx, a group 0MID, a coast station 00MID, aircraft 111MID, a
#: hand-held set 8MID, a ship's boat 98MID, a mark 99MID; MID, the country, lies in 201 to 775.
#: 970, 972 and 974 begin the numbers of distress beacons.
_MMSI = re.compile(
    r"(?:0|00|111|8|98|99)?(2[0-9]{2}|[3-6][0-9]{2}|7[0-7][0-9])[0-9]*|97[024][0-9]+"
)
_MMSI_LENGTH = 9


def is_vin(number: str) -> bool:
    """Whether a number has the form of ISO 3779: 17 signs, no I, O or Q."""
    return _VIN.fullmatch(number) is not None


def has_vin_check(number: str) -> bool:
    """Whether the ninth sign of a VIN is the check digit that North America asks for."""
    total = sum(
        _VIN_VALUES[sign] * weight for sign, weight in zip(number, _VIN_WEIGHTS, strict=True)
    )
    return number[_VIN_CHECK_AT] == "0123456789X"[total % 11]


def is_imo_company(number: str) -> bool:
    """Whether an IMO number of a company or registered owner has its check digit."""
    found = _IMO_COMPANY.fullmatch(number)
    if not found:
        return False
    total = sum(
        int(sign) * weight for sign, weight in zip(found[1], _IMO_COMPANY_WEIGHTS, strict=True)
    )
    return (11 - total % 11) % 10 == int(found[2])


def is_mmsi(number: str) -> bool:
    """Whether nine digits begin as the number of a ship or another station at sea may."""
    return len(number) == _MMSI_LENGTH and _MMSI.fullmatch(number) is not None
