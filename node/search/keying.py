"""Exact keys of a thing: many for each name and number, so that another catches what one misses.

Search, watches, screening and blind matching all use these families. A family is one letter,
because the database holds millions of them.
"""

from collections.abc import Iterator
from itertools import combinations

from federation.messages import Entity, Sought
from node.codes import IdentifierType as Type
from node.identifiers import Number, number
from node.identifiers.plates import alike, ends
from node.identifiers.slips import shortened
from node.kinds import Kind, identifiers_of, kind_of, names_of
from node.search.addresses import address, addresses_of, keys_of_address
from node.search.names import Name, acronyms, names, runs, spelt_as_one, telling
from node.search.parts import Role, joined
from node.search.subjects import MOST_NAMES, countries_of, kinds_of

#: To be counted up whenever a change here makes other keys: records must then be read again.
KEYS_VERSION = 2

#: A whole name without its order; two parts by their consonants; one part; its consonants;
#: a number of its type; a number whatever its type; what is left of a number or address in which
#: a sign or word is another one.
WHOLE, PAIR, PART, SOUND, NUMBER, VALUE, LEFT = "n", "p", "t", "s", "i", "v", "l"

Key = tuple[str, str]

#: Parts that make pairs; letters of parts written as one that make a key.
_MOST_PAIRED, _MOST_JOINED = 6, 16
#: Signs at the end of a number by which it is found when only they are known, or the rest is
#: written otherwise.
TAIL = 8
_TAILED = frozenset({Type.PHONE, Type.VIN, Type.IBAN, Type.ACCOUNT})
#: Numbers in which one sign is read for another, and those whose slips no check digit shows; of a
#: VIN a slip is looked for in its tail, for one before it leaves the tail as a key.
CONFUSED = frozenset({Type.PLATE, Type.VIN, Type.PASSPORT, Type.CALLSIGN})
SLIPPING = frozenset({Type.PLATE, Type.PASSPORT, Type.VIN})
LEAST_SLIPPING, _MOST_SLIPPING = 5, 17


def keys(entity: Entity) -> frozenset[Key]:
    """Every key of a record; pure, and the same families as a question is turned into."""
    kind = kind_of(entity.schema)
    found: set[Key] = set()
    for _, text in names_of(entity)[:MOST_NAMES]:
        found |= _of_text(text, kind)
    if kind is Kind.PLACE:
        for place in addresses_of(entity):
            found.update((LEFT, key) for key in keys_of_address(place))
    for identifier in identifiers_of(entity):
        found.update(keys_of_number(number(identifier, countries_of(entity))))
    return frozenset(found)


def keys_of(sought: Sought) -> frozenset[Key]:
    """Every key of a question; without a kind its name is read as a person's and as a thing's."""
    found: set[Key] = set()
    for kind in kinds_of(sought):
        found |= _of_text(sought.name, kind)
        if kind is Kind.PLACE:
            found.update((LEFT, key) for key in keys_of_address(address(sought.name)))
    for identifier in sought.identifiers:
        countries = (sought.nationality,) if sought.nationality else ()
        found.update(keys_of_number(number(identifier, countries)))
    return frozenset(found)


def keys_of_number(prepared: Number) -> Iterator[Key]:
    """Every key of a number: its forms, its other readings, its end, and what a slip leaves."""
    normal = prepared.normal
    if not normal:
        return
    yield NUMBER, f"{prepared.type}:{normal}"
    yield VALUE, normal
    yield from ((VALUE, reading[1:]) for reading in prepared.readings)
    if prepared.type in _TAILED and len(normal) >= TAIL:
        yield VALUE, f"~{normal[-TAIL:]}"
    if prepared.type in CONFUSED:
        yield VALUE, f"?{alike(normal)}"
    if prepared.type in SLIPPING and LEAST_SLIPPING <= len(normal) <= _MOST_SLIPPING:
        core = normal[-TAIL:] if prepared.type == Type.VIN else normal
        yield from ((LEFT, left) for left in shortened(alike(core)))
    if prepared.type == Type.PLATE:
        yield from ((LEFT, left) for left in ends(alike(normal)))


def _of_text(text: str, kind: Kind) -> set[Key]:
    found = {key for name in names(text, kind) for key in _of_name(name)}
    if kind is Kind.ORGANISATION:
        found.update((PART, short) for name in names(text, kind) for short in acronyms(name))
    return found


def _of_name(name: Name) -> Iterator[Key]:
    parts = telling(name)
    yield WHOLE, " ".join(sorted(part.stem for part in parts))
    for part in parts:
        yield PART, part.stem
        yield from ((SOUND, sound) for sound in part.sounds)
    for word in (spelt_as_one(name, run) for run in runs(name)):
        if len(word) <= _MOST_JOINED:
            yield SOUND, joined(word).sounds[0]
    words = [part for part in parts if part.role is not Role.GENERIC][:_MOST_PAIRED]
    for first, second in combinations(words, 2):
        yield PAIR, " ".join(sorted((first.sounds[0], second.sounds[0])))
