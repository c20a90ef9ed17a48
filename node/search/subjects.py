"""The two sides of a comparison, prepared: nothing is parsed or normalised while scoring.

What is prepared of a record is stored beside it; it follows from what was typed, and is made
anew whenever `KEYS_VERSION` goes up.
"""

from collections.abc import Iterable, Mapping

import msgspec

from federation.messages import Entity, Sought
from node.dates import PartialDate
from node.identifiers import Number, number
from node.kinds import Kind, identifiers_of, kind_of, names_of
from node.search.addresses import Address, address, addresses_of
from node.search.names import Name, names

#: Names of one record that are read, for lists hold some with hundreds.
MOST_NAMES = 64

_COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "flag")
_DATE_OF = {
    Kind.PERSON: "birthDate",
    Kind.ORGANISATION: "incorporationDate",
    Kind.VEHICLE: "buildDate",
    Kind.VESSEL: "buildDate",
    Kind.AIRCRAFT: "buildDate",
}
#: Properties in which a record says itself which part of its name is which.
_LABELS = {
    "firstName": "given name",
    "secondName": "given name",
    "middleName": "given name",
    "fatherName": "patronymic",
    "lastName": "surname",
}


class Subject(msgspec.Struct, frozen=True, array_like=True):
    """A record as it is compared: its names with their use, dates, countries and numbers.

    `labels` name the parts (plain) of which the record says itself what they are; `carried` are
    birth dates that only a national number says; `places` the addresses of a place.
    """

    kind: Kind
    names: tuple[tuple[str, Name], ...]
    dates: tuple[tuple[int, int, int], ...]
    countries: frozenset[str]
    numbers: tuple[Number, ...]
    labels: Mapping[str, str]
    carried: tuple[tuple[int, int, int], ...] = ()
    places: tuple[Address, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """A question as it is compared; its name is read as of the kind of each record."""

    name: str
    kind: str
    date: PartialDate
    nationality: str
    numbers: tuple[Number, ...]
    place: Address


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Subject).decode


def subject_of(entity: Entity) -> Subject:
    """Everything of a record that is compared; pure, and never raises for any text."""
    kind = kind_of(entity.schema)
    countries = countries_of(entity)
    read = [
        (use, name) for use, text in names_of(entity)[:MOST_NAMES] for name in names(text, kind)
    ]
    dates = _days(entity.all(_DATE_OF.get(kind, "date")))
    numbers = tuple([number(one, countries) for one in identifiers_of(entity)])
    carried = _days([one.birth_date for one in numbers]) if kind is Kind.PERSON else ()
    return Subject(
        kind=kind,
        names=tuple(dict.fromkeys(read)),
        dates=dates,
        countries=frozenset([code.lower() for code in countries if code.isascii()]),
        numbers=numbers,
        labels=_labels(entity) if kind is Kind.PERSON else {},
        carried=tuple([date for date in carried if date not in dates]),
        places=addresses_of(entity) if kind is Kind.PLACE else (),
    )


def wanted_of(sought: Sought) -> Wanted:
    """Everything of a question that is compared; what cannot be read of it is left out."""
    countries = countries_asked(sought)
    return Wanted(
        name=sought.name,
        kind=sought.kind,
        date=PartialDate.read(sought.birth_date),
        nationality=sought.nationality.lower(),
        numbers=tuple(number(one, countries) for one in sought.identifiers),
        place=address(sought.name),
    )


def countries_asked(sought: Sought) -> tuple[str, ...]:
    """The country of a question, whose rules its numbers may follow."""
    return (sought.nationality,) if sought.nationality else ()


def packed(subject: Subject) -> bytes:
    """A subject as it is stored."""
    return _encode(subject)


def unpacked(data: bytes) -> Subject:
    """A subject that was stored."""
    return _decode(data)


def kinds_of(sought: Sought) -> tuple[Kind, ...]:
    """The kinds as which the name of a question is read; none for a word that is no kind."""
    if not sought.kind:
        return Kind.PERSON, Kind.ORGANISATION
    return tuple(kind for kind in Kind if kind == sought.kind)


def countries_of(entity: Entity) -> tuple[str, ...]:
    """Every country that a record is tied to, as two-letter codes."""
    return tuple(dict.fromkeys([code for name in _COUNTRIES for code in entity.all(name)]))


def _days(texts: Iterable[str]) -> tuple[tuple[int, int, int], ...]:
    """Every date that can be read, once."""
    dates = [PartialDate.read(text) for text in texts]
    return tuple(dict.fromkeys([(one.year, one.month, one.day) for one in dates if one.year]))


def _labels(entity: Entity) -> Mapping[str, str]:
    if _LABELS.keys().isdisjoint(entity.properties):
        return {}
    return {
        part.plain: label
        for name, label in _LABELS.items()
        for text in entity.all(name)
        for parts in names(text, Kind.PERSON)
        for part in parts
    }
