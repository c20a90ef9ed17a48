"""A number prepared for comparing: nothing of it is parsed or normalised while two are compared."""

from functools import lru_cache

import msgspec

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.codes import Verdict
from node.identifiers.births import UNSAID, born
from node.identifiers.forms import form_of, without_century
from node.identifiers.national import LENGTHS
from node.identifiers.readings import Ground, readings
from node.identifiers.slips import GUARDED
from node.identifiers.types import typed
from node.identifiers.verdicts import verdict

#: How many letters and digits the national number of some country has.
_SOMEWHERE = frozenset(length for lengths in LENGTHS.values() for length in lengths)


class Number(msgspec.Struct, frozen=True, array_like=True):
    """An identifier as it is compared, with the verdict on its check digit.

    `mark` is the country, register or series written with it; `readings` what it may be written
    as, each after the sign of its `Ground`; `birth_date` and `sex` what a national number says.
    `name` is what its type was called, of a number of type `other` that has one.
    """

    type: str
    normal: str
    verdict: str
    mark: str = ""
    readings: frozenset[str] = frozenset()
    birth_date: str = ""
    sex: str = ""
    name: str = ""


@lru_cache(maxsize=8192)
def number(identifier: Identifier, countries: tuple[str, ...] = ()) -> Number:
    """Prepare a number, with the two-letter codes of the countries it may be from; never raises."""
    identifier, name = typed(identifier)
    normal = form_of(identifier, countries)
    said = verdict(identifier, countries)
    mark, texts = readings(identifier, countries)
    birth = born(identifier, countries) if said is Verdict.VALID else UNSAID
    return Number(
        type=identifier.type,
        normal=normal,
        verdict=said,
        mark=mark,
        readings=texts | _slipped(identifier.type, normal, said, countries),
        birth_date=birth.date,
        sex=birth.sex,
        name=name,
    )


def slipped(number: Number) -> list[str]:
    """A number whose check digit fails, and what it is without its century; else nothing."""
    return [text[1:] for text in number.readings if text[0] == Ground.SLIPPED]


def _slipped(type_: str, normal: str, said: Verdict, countries: tuple[str, ...]) -> frozenset[str]:
    """How it stands beside numbers that pass, when its check digit fails.

    The national number of an unknown country fails when it is as long as some but passes nowhere.
    """
    is_national = type_ == Type.NATIONAL_ID
    is_homeless = is_national and not countries and len(normal) in _SOMEWHERE
    fails = said is Verdict.INVALID or (said is Verdict.UNCHECKED and is_homeless)
    if not fails or not normal or type_ not in GUARDED:
        return frozenset()
    texts = {normal, without_century(normal)} if is_national else {normal}
    return frozenset(Ground.SLIPPED + text for text in texts)
