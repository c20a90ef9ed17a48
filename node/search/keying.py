"""Exact keys of a thing: many for each name and number, so that another catches what one misses.

Search, watches, screening and blind matching all use these families. A family is one letter,
because the database holds millions of them.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from federation.messages import Entity, Identifier, Sought
from node.codes import IdentifierType
from node.identifiers import normal_form
from node.kinds import Kind, identifiers_of, kind_of, names_of
from node.search.names import Name, acronyms, names, runs, spelt_as_one, telling
from node.search.parts import Role, joined
from node.search.subjects import MOST_NAMES, PHONE_TAIL, countries_of, kinds_of

#: To be counted up whenever a change here makes other keys: records must then be read again.
KEYS_VERSION = 2

#: A whole name without its order; two parts by their consonants; one part; its consonants;
#: a number of its type; a number whatever its type.
WHOLE, PAIR, PART, SOUND, NUMBER, VALUE = "n", "p", "t", "s", "i", "v"

Key = tuple[str, str]

#: Parts that make pairs.
_MOST_PAIRED = 6


def keys(entity: Entity) -> frozenset[Key]:
    """Every key of a record; pure, and the same families as a question is turned into."""
    kind = kind_of(entity.schema)
    found: set[Key] = set()
    for _, text in names_of(entity)[:MOST_NAMES]:
        found |= _of_text(text, kind)
    for identifier in identifiers_of(entity):
        found.update(_of_number(identifier, countries_of(entity)))
    return frozenset(found)


def keys_of(sought: Sought) -> frozenset[Key]:
    """Every key of a question; without a kind its name is read as a person's and as a thing's."""
    found: set[Key] = set()
    for kind in kinds_of(sought):
        found |= _of_text(sought.name, kind)
    for identifier in sought.identifiers:
        found.update(_of_number(identifier, (sought.nationality,) if sought.nationality else ()))
    return frozenset(found)


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
    for run in runs(name):
        yield SOUND, joined(spelt_as_one(name, run)).sounds[0]
    words = [part for part in parts if part.role is not Role.GENERIC][:_MOST_PAIRED]
    for first, second in combinations(words, 2):
        yield PAIR, " ".join(sorted((first.sounds[0], second.sounds[0])))


def _of_number(identifier: Identifier, countries: Iterable[str]) -> Iterator[Key]:
    normal = normal_form(identifier, tuple(countries))
    if normal:
        yield NUMBER, f"{identifier.type}:{normal}"
        yield VALUE, normal
    if identifier.type == IdentifierType.PHONE and len(normal) >= PHONE_TAIL:
        yield VALUE, f"~{normal[-PHONE_TAIL:]}"
