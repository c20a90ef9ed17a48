"""Names taken apart into their parts, and what neighbouring parts make together."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from rigour.names import remove_org_types, tokenize_name

from node.kinds import Kind
from node.search.concepts import russian_letter, spelt_out
from node.search.legal import without_form
from node.search.parts import Part, Role, of_thing, part, patronymic
from node.search.scripts import is_of_consonants, latin
from node.search.spelling import folded
from node.search.words import PARTICLES, ROMAN

#: What stands behind these bounds is not looked at, so that a hostile name stays cheap.
MAX_LETTERS, MAX_PART_LETTERS, MAX_PARTS, MAX_NAMES = 300, 40, 16, 4
#: Words longer than this are rarely two written as one.
MAX_RUN_LETTERS = 24

#: Between two names in one field; "Aka" is a surname, too.
_BETWEEN_NAMES = re.compile(
    r"\s/\s|[;|]|\s(?:[aAfF]\.[kK]\.[aA]\.?|aka|AKA|fka|FKA|formerly|also known as)\s"
)
_BETWEEN_FIRMS = re.compile(r"[;|]|\s[/·•]\s|\s(?:[aAfF]\.[kK]\.[aA]\.?|aka|AKA|fka|FKA)\s")
#: A given name and a patronymic that lost the space between them.
_HUMP = re.compile(r"(?<=[a-zа-яіїєґў]{2})(?=[A-ZА-ЯІЇЄҐЎ][a-zа-яіїєґў]{2})")
#: First letters with a dot behind each: I.A.C.
_DOTTED = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?")
#: What makes a name the address of a page.
_HOST = re.compile(r"^(?:https?://)?www\.|\.(?:com|net|org|info|biz|[a-z]{2})$")
#: A full stop between two words that lacks its space.
_STOP = re.compile(r"(?<=[^\W\d]{2})\.(?=[^\W\d]{3})")
#: What stands before a ship's name and is no part of it: M/V, M.T., SS, т/х.
_SHIP = re.compile(r"^\s*(?:m[/. ]?[vtsfy]|s[/. ]?[sy]|f[/. ]?v|т/х|т\.х\.|тх|мв)\b[.\s\"'«]*")
#: A first `h` that would make another consonant of the letter before it; a `q` has its sound.
_BEFORE_H = frozenset("cdgkpstz")
#: With fewer other words a patronymic's form is more likely a surname's: Petrovic, Jankowicz.
_LEAST_BESIDE_PATRONYMIC = 3
_VOWELS = frozenset("aeiouy")
_BESIDE_PATRONYMIC = (Role.WORD, Role.GIVEN)
LEAST_ACRONYM = 3
#: Words that join others and have no letter in an acronym; what is of the state begins with more.
_JOINING = PARTICLES | frozenset("for in on to with by from fur para pour aux et con".split())
_STATE, _OF_STATE = "state", "gos"

Name = tuple[Part, ...]

#: Places of neighbouring parts in a name, and of those of them that are spelt.
Run = tuple[tuple[int, ...], tuple[int, ...]]


def names(text: str, kind: Kind) -> tuple[Name, ...]:
    """The names in a text, usually one, taken apart; empty when nothing of it can be read."""
    return _names(text[:MAX_LETTERS], kind)


def runs(name: Name, *, most: int = MAX_RUN_LETTERS) -> list[Run]:
    """Neighbouring parts that are often written as one: two or three of at most so many letters.

    A particle between two parts is swallowed as often as it is kept: Badr al-Din, Badreddin. A
    letter is written as one with other letters alone, for it stands for a word.
    """
    most = min(most, MAX_RUN_LETTERS)
    lengths = [len(part.fold) for part in name]
    initials = {place for place, part in enumerate(name) if part.role is Role.INITIAL}
    found: list[Run] = []
    for i in range(len(name) - 1):
        two = lengths[i] + lengths[i + 1]
        if two <= most:
            found.append(((i, i + 1), (i, i + 1)))
        if i + 2 < len(name) and two + lengths[i + 2] <= most:
            three = (i, i + 1, i + 2)
            found.append((three, three))
            if name[i + 1].role in (Role.PARTICLE, Role.INITIAL):
                found.append((three, (i, i + 2)))
    if not initials:
        return found
    return [run for run in found if initials.isdisjoint(run[1]) or initials.issuperset(run[1])]


def spelt_as_one(name: Name, run: Run) -> str:
    """The spelt parts of a run written as one word, no two of whose letters become another one."""
    first, *others = [name[place].plain for place in run[1]]
    for word in others:
        is_other = word[0] == "h" and first[-1] in _BEFORE_H
        first += f"q{word[1:]}" if is_other else word
    return first


def acronyms(name: Sequence[Part]) -> frozenset[str]:
    """What a name is called by its first letters, folded; empty for fewer than three words.

    In its own words with and without particles, and without the last one; and in Russian, where
    its words are known there, with and without what only names it.
    """
    own = [part.plain[0] for part in name]
    words = [part for part in name if part.plain not in _JOINING]
    telling = [part.plain[0] for part in words]
    russian = [_russian_letter(part) for part in words]
    meant = [_russian_letter(part) for part in words if part.role is Role.GENERIC]
    found = {"".join(own), "".join(telling), "".join(telling[:-1])}
    found |= {"".join(russian), "".join(meant)}
    if words and words[0].stem == _STATE:
        found |= {_OF_STATE + "".join(letters[1:]) for letters in (russian, meant)}
    return frozenset(short for one in found if len(short := folded(one)) >= LEAST_ACRONYM)


def _russian_letter(part: Part) -> str:
    letter = russian_letter(part.stem)
    return part.plain[0] if letter is None else letter


def telling(name: Name) -> list[Part]:
    """The parts that tell one name from another; all of them when none does."""
    silent = (Role.PARTICLE, Role.INITIAL)
    return [part for part in name if part.role not in silent] or list(name)


@lru_cache(maxsize=2_048)
def _names(text: str, kind: Kind) -> tuple[Name, ...]:
    clean = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode())
    if kind is Kind.PERSON:
        read = [_person(piece) for piece in _BETWEEN_NAMES.split(clean)[:MAX_NAMES]]
    else:
        read = [_thing(piece, kind) for piece in _BETWEEN_FIRMS.split(clean)[:MAX_NAMES]]
    return tuple(name for name in read if name)


def _person(text: str) -> Name:
    words = tokenize_name(_HUMP.sub(" ", text).replace(".", " ").lower())
    parts = _parts(words, is_person=True)
    beside = [part for part in parts if part.role in _BESIDE_PATRONYMIC]
    if len(beside) < _LEAST_BESIDE_PATRONYMIC:
        return parts
    return tuple([patronymic(part) for part in parts])


def _thing(text: str, kind: Kind) -> Name:
    lower = _DOTTED.sub(_undotted, text).lower()
    if kind is Kind.ORGANISATION:
        return _firm(lower)
    if kind is Kind.VESSEL:
        lower = _SHIP.sub("", lower) or lower
    found = _parts(tokenize_name(lower))
    return tuple(of_thing(part(ROMAN[one.plain]) if one.plain in ROMAN else one) for one in found)


def _firm(lower: str) -> Name:
    """A firm's name without its legal form, abbreviations of the trade spelt out."""
    lower = without_form(_STOP.sub(" ", _HOST.sub("", lower)))
    found = _parts(tokenize_name(remove_org_types(lower)) or tokenize_name(lower))
    spelt = (word for one in found for word in _spelt_out(one))
    return tuple([of_thing(one) for one in islice(spelt, MAX_PARTS)])


def _spelt_out(one: Part) -> Iterable[Part]:
    words = spelt_out(one.plain)
    return (one,) if words == (one.plain,) else map(part, words)


def _parts(words: list[str], *, is_person: bool = False) -> Name:
    found = [part for word in words for part in _read(word[:MAX_PART_LETTERS], is_person)]
    return tuple(found[:MAX_PARTS])


@lru_cache(maxsize=65_536)
def _read(word: str, is_person: bool) -> Name:
    """The parts of one word; a person's without vowels lacks them, a firm's is an acronym."""
    is_short = is_of_consonants(word)
    return tuple(
        [
            part(plain, of_consonants=is_short or (is_person and _VOWELS.isdisjoint(plain)))
            for plain in latin(word)
        ]
    )


def _undotted(found: re.Match[str]) -> str:
    return found[0].replace(".", "")
