"""A number prepared for comparing: nothing of it is parsed or normalised while two are compared."""

from functools import lru_cache

import msgspec

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.codes import Verdict
from node.identifiers.births import UNSAID, born
from node.identifiers.forms import MAX_LENGTH, normal_form, plain
from node.identifiers.national import LENGTHS
from node.identifiers.readings import Ground, readings
from node.identifiers.slips import corrections
from node.identifiers.verdicts import verdict


class Number(msgspec.Struct, frozen=True, array_like=True):
    """An identifier as it is compared, with the verdict on its check digit.

    `mark` is the country, register or series written with it; `readings` what it may be written
    as, each after the sign of its `Ground`; `birth_date` and `sex` what a national number says.
    """

    type: str
    normal: str
    verdict: str
    mark: str = ""
    readings: frozenset[str] = frozenset()
    birth_date: str = ""
    sex: str = ""


@lru_cache(maxsize=8192)
def number(identifier: Identifier, countries: tuple[str, ...] = ()) -> Number:
    """Prepare a number, with the two-letter codes of the countries it may be from; never raises."""
    normal = normal_form(identifier, countries)
    said = verdict(identifier, countries)
    mark, texts = readings(identifier, countries)
    birth = born(identifier, countries) if said is Verdict.VALID else UNSAID
    return Number(
        type=identifier.type,
        normal=normal,
        verdict=said,
        mark=mark,
        readings=texts | _corrected(identifier, countries, said) - {Ground.CORRECTED + normal},
        birth_date=birth.date,
        sex=birth.sex,
    )


def _corrected(identifier: Identifier, countries: tuple[str, ...], said: Verdict) -> frozenset[str]:
    """What it would be without a slip, when its check digit fails.

    The national number of an unknown country fails when it is as long as some but passes nowhere.
    """
    is_homeless = identifier.type == Type.NATIONAL_ID and not countries and _is_as_long(identifier)
    if said is Verdict.VALID or (said is Verdict.UNCHECKED and not is_homeless):
        return frozenset()
    found = corrections(identifier, countries)
    normals = (normal_form(Identifier(identifier.type, text), countries) for text in found)
    return frozenset(Ground.CORRECTED + normal for normal in normals)


def _is_as_long(identifier: Identifier) -> bool:
    length = len(plain(identifier.value[:MAX_LENGTH]))
    return any(length in lengths for lengths in LENGTHS.values())
