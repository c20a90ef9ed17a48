"""Exact keys of a thing: many for each name and number, so that another catches what one misses.

Search, watches, screening and blind matching all use these families. A family is one letter,
because the database holds millions of them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, islice, product

from federation.messages import Entity, Sought
from node.codes import IdentifierType as Type
from node.identifiers import Number, number
from node.identifiers.plates import alike, ends
from node.identifiers.prepared import slipped
from node.identifiers.slips import GUARDED, neighbours, shortened
from node.kinds import Kind
from node.search.addresses import address, keys_of_address
from node.search.names import Name, acronyms, names, runs, spelt_as_one, telling
from node.search.parts import Part, Role
from node.search.spelling import heard_in, sound
from node.search.subjects import Subject, countries_asked, kinds_of, packed, subject_of
from node.store.keys import NO_YEAR, Findable, numbered

#: To be counted up whenever a change here makes other keys: records must then be read again.
KEYS_VERSION = 8

#: A whole name without its order; two parts by their consonants; one part; its consonants; a
#: word that firms have in common; a number of its type; a number whatever its type; what is left
#: of a number or address in which a sign or word is another one.
WHOLE, PAIR, PART, SOUND, COMMON = "n", "p", "t", "s", "c"
NUMBER, VALUE, LEFT = "i", "v", "l"

Key = tuple[str, str]

#: Parts that make pairs, ways in which each is heard, letters of parts written as one.
_MOST_PAIRED, _MOST_HEARD, _MOST_JOINED = 6, 2, 16
#: Parts of a name that may be misspelt, the consonants one needs for it beside another one and
#: alone, and keys tried in all.
_MOST_MISSPELT, _LEAST_MISSPELT, _LEAST_ALONE, MOST_GUESSES = 3, 2, 3, 512
#: Parts beside which one that is misspelt is tried; parts that are left of a longer name.
_MOST_BESIDE, _MOST_LEFT = 2, 2
#: What stands before the text of a name's key, so that a firm is not sought among persons.
_MARKS = {kind: "thing:" for kind in Kind} | {
    kind: f"{kind}:" for kind in (Kind.PERSON, Kind.ORGANISATION)
}
#: All that `sound` leaves of a word.
_CONSONANTS = "acklmnprstv"
#: Signs at the end of a number by which it is found when only they are known, or the rest is
#: written otherwise.
TAIL = 8
_TAILED = frozenset({Type.PHONE, Type.VIN, Type.IBAN, Type.ACCOUNT})
#: Numbers in which one sign is read for another, and those whose slips no check digit shows; of a
#: VIN a slip is looked for in its tail, for one before it leaves the tail as a key.
CONFUSED = frozenset({Type.PLATE, Type.VIN, Type.PASSPORT, Type.CALLSIGN})
SLIPPING = frozenset({Type.PLATE, Type.PASSPORT, Type.VIN})
LEAST_SLIPPING, _MOST_SLIPPING = 5, 17
#: Those in which a check digit shows them.
_CHECKED = GUARDED - SLIPPING


def findable(entity: Entity) -> Findable:
    """All by which a record is found, made at once."""
    subject = subject_of(entity)
    years = {date[0] for date in subject.dates} or {NO_YEAR}
    return Findable(numbered(_keys(subject)), sorted(years), packed(subject), KEYS_VERSION)


def keys(entity: Entity) -> frozenset[Key]:
    """Every key of a record; pure, and the same families as a question is turned into."""
    return frozenset(_keys(subject_of(entity)))


def _keys(subject: Subject) -> list[Key]:
    found: list[Key] = []
    for _, name in subject.names:
        found += _of_name(name, subject.kind)
    for place in subject.places:
        found += [(LEFT, key) for key in keys_of_address(place)]
    for prepared in subject.numbers:
        found += keys_of_number(prepared)
    return found


def keys_of(sought: Sought) -> frozenset[Key]:
    """Every key of a question; without a kind its name is read as a person's and as a thing's."""
    found: set[Key] = set()
    for kind in _kinds(sought):
        for name in names(sought.name, kind):
            found.update(_of_name(name, kind))
        if kind is Kind.PLACE:
            found.update((LEFT, key) for key in keys_of_address(address(sought.name)))
    for identifier in sought.identifiers:
        found.update(keys_of_number(number(identifier, countries_asked(sought))))
    return frozenset(found)


def names_that_decide(sought: Sought) -> frozenset[Key]:
    """Keys of its name that decide without a score: the whole of it, two parts that tell enough.

    Of two parts of a person one is no given name and none a father's; of a thing only all decide.
    """
    found: set[Key] = set()
    for kind in _kinds(sought):
        for parts in map(telling, names(sought.name, kind)):
            found.add(_whole(parts, kind))
            words = [part for part in _paired(parts) if part.role in (Role.WORD, Role.GIVEN)]
            for pair in combinations(words if kind is Kind.PERSON else (), 2):
                if any(part.role is Role.WORD for part in pair):
                    heard = product(*map(_heard, pair))
                    found.update(_pair(one, other, _MARKS[kind]) for one, other in heard)
    return frozenset(found)


def guesses_of(sought: Sought) -> list[Key]:
    """Keys of what may have been meant: names with parts left out, and pairs with one slip.

    They are tried on the question's side alone, for parts and consonants are few: records need no
    key more, and no list of the words that others hold is read.
    """
    found: dict[Key, None] = {}
    for kind in _kinds(sought):
        for name in names(sought.name, kind):
            found |= dict.fromkeys(_shorter(telling(name), kind))
            found |= dict.fromkeys(_slips(_paired(telling(name)), _MARKS[kind]))
            if kind is not Kind.PERSON:
                found |= dict.fromkeys(_slips_of_one(_paired(telling(name)), _MARKS[kind]))
    return list(found)[:MOST_GUESSES]


def number_guesses_of(sought: Sought) -> list[Key]:
    """Keys of numbers of which one is a slip: of this one, or this one of another.

    A number that fails its check digit is looked for as all that it may be a slip for, one that
    does not by what it shares with a slip of it. A VIN's slips have keys that need no guess.
    """
    found: dict[Key, None] = {}
    for identifier in sought.identifiers:
        found |= dict.fromkeys(guesses_of_number(number(identifier, countries_asked(sought))))
    return list(found)[:MOST_GUESSES]


def guesses_of_number(prepared: Number) -> Iterator[Key]:
    """What one number may be a slip for, or what it shares with a slip of it."""
    if prepared.type not in _CHECKED:
        return
    texts = slipped(prepared)
    for text in texts:
        yield from ((VALUE, other) for other in neighbours(text, prepared.type))
    if not texts:
        yield from map(_slip_of, shortened(prepared.normal))


def _slip_of(left: str) -> Key:
    """What is left, without one sign, of a number that fails its check digit."""
    return LEFT, f"!{left}"


def _shorter(parts: list[Part], kind: Kind) -> Iterator[Key]:
    """Whole names of one or two of the parts of a longer one."""
    for count in range(1, min(len(parts), _MOST_LEFT + 1)):
        for some in combinations(parts[:_MOST_PAIRED], count):
            yield _whole(some, kind)


def _slips(parts: list[Part], mark: str) -> Iterator[Key]:
    """One part misspelt, beside each of the first others; given names are known in their forms."""
    words = [part for part in parts if part.role is Role.WORD]
    for part in words[:_MOST_MISSPELT]:
        heard = part.sounds[0]
        others = dict.fromkeys(other for other in (*words, *parts) if other is not part)
        if len(heard) >= _LEAST_MISSPELT:
            slips = _one_slip_away(heard)
            for beside in islice(others, _MOST_BESIDE):
                yield from [_pair(slip, _heard(beside)[0], mark) for slip in slips]


def _slips_of_one(parts: list[Part], mark: str) -> Iterator[Key]:
    """The one word of a thing's name misspelt: nothing stands beside it by which it is found."""
    if len(parts) == 1 and len(parts[0].sounds[0]) >= _LEAST_ALONE:
        yield from ((SOUND, mark + slip) for slip in _one_slip_away(parts[0].sounds[0]))


def keys_of_number(prepared: Number) -> Iterator[Key]:
    """Every key of a number: its forms, its other readings, its end, and what a slip leaves."""
    normal = prepared.normal
    if not normal:
        return
    yield NUMBER, f"{prepared.type}:{normal}"
    yield VALUE, normal
    yield from ((VALUE, reading[1:]) for reading in prepared.readings)
    if prepared.type in _CHECKED:
        yield from (_slip_of(left) for text in slipped(prepared) for left in shortened(text))
    if prepared.type in _TAILED and len(normal) >= TAIL:
        yield VALUE, f"~{normal[-TAIL:]}"
    if prepared.type in CONFUSED:
        yield VALUE, f"?{alike(normal)}"
    if prepared.type in SLIPPING and LEAST_SLIPPING <= len(normal) <= _MOST_SLIPPING:
        core = normal[-TAIL:] if prepared.type == Type.VIN else normal
        yield from ((LEFT, left) for left in shortened(alike(core)))
    if prepared.type == Type.PLATE:
        yield from ((LEFT, left) for left in ends(alike(normal)))


def _kinds(sought: Sought) -> tuple[Kind, ...]:
    """The kinds among whose keys a question looks: without one, persons, organisations, things."""
    return kinds_of(sought) if sought.kind else (*kinds_of(sought), Kind.OTHER)


def _of_name(name: Name, kind: Kind) -> list[Key]:
    parts, mark = telling(name), _MARKS[kind]
    found = [_whole(parts, kind)]
    for part in parts:
        if part.role is Role.GENERIC:
            found.append((COMMON, mark + part.stem))
            continue
        found.append((PART, mark + part.stem))
        found += [(SOUND, mark + sound) for sound in part.sounds]
    if kind is Kind.ORGANISATION:
        found += [(PART, mark + short) for short in acronyms(name)]
    for word in [spelt_as_one(name, run) for run in runs(name)]:
        if len(word) <= _MOST_JOINED:
            found.append((SOUND, mark + heard_in(word)))
    heard = [_heard(part) for part in _paired(parts)]
    for first, second in combinations(heard, 2):
        found += [_pair(one, other, mark) for one in first for other in second]
    return found


def _whole(parts: Iterable[Part], kind: Kind) -> Key:
    return WHOLE, _MARKS[kind] + " ".join(sorted([part.stem for part in parts]))


def _paired(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.role is not Role.GENERIC][:_MOST_PAIRED]


@lru_cache(maxsize=65_536)
def _heard(part: Part) -> tuple[str, ...]:
    """How a part is heard in a pair: as itself, in another reading, as another form of it."""
    return tuple(dict.fromkeys((sound(part.stem), *part.sounds)))[:_MOST_HEARD]


def _pair(one: str, other: str, mark: str) -> Key:
    return PAIR, f"{mark}{one} {other}" if one < other else f"{mark}{other} {one}"


@lru_cache(maxsize=1_024)
def _one_slip_away(heard: str) -> tuple[str, ...]:
    """Every run of consonants that one slip makes of this one: a letter less, more, another.

    The shortest ones are only lengthened: of two consonants nothing is left when one changes.
    """
    cuts = [(heard[:place], heard[place:]) for place in range(len(heard) + 1)]
    found = {left + letter + right for left, right in cuts for letter in _CONSONANTS}
    if len(heard) > _LEAST_MISSPELT:
        found |= {left + right[1:] for left, right in cuts if right}
        found |= {
            left + letter + right[1:] for left, right in cuts if right for letter in _CONSONANTS
        }
        found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    return tuple(sorted(found - {heard}))
