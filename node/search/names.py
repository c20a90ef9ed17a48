"""Names taken apart into their parts, and what neighbouring parts make together."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from rigour.names import remove_org_types, tokenize_name

from node.kinds import Kind
from node.search.concepts import russian_letter, spelt_out
from node.search.parts import Part, Role, of_thing, part, patronymic
from node.search.scripts import latin
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
#: What stands before a ship's name and is no part of it: M/V, M.T., SS, т/х.
_SHIP = re.compile(r"^\s*(?:m[/. ]?[vtsfy]|s[/. ]?[sy]|f[/. ]?v|т/х|т\.х\.|тх|мв)\b[.\s\"'«]*")
#: With fewer other words a patronymic's form is more likely a surname's: Petrovic, Jankowicz.
_LEAST_BESIDE_PATRONYMIC = 3
_BESIDE_PATRONYMIC = (Role.WORD, Role.GIVEN)
LEAST_ACRONYM = 3

Name = tuple[Part, ...]

#: Places of neighbouring parts in a name, and of those of them that are spelt.
Run = tuple[tuple[int, ...], tuple[int, ...]]


def names(text: str, kind: Kind) -> tuple[Name, ...]:
    """The names in a text, usually one, taken apart; empty when nothing of it can be read."""
    return _names(text[:MAX_LETTERS], kind)


def runs(name: Name, *, most: int = MAX_RUN_LETTERS) -> list[Run]:
    """Neighbouring parts that are often written as one: two or three of at most so many letters.

    A particle between two parts is swallowed as often as it is kept: Badr al-Din, Badreddin.
    """
    most = min(most, MAX_RUN_LETTERS)
    lengths = [len(part.fold) for part in name]
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
    return found


def spelt_as_one(name: Name, run: Run) -> str:
    """The spelt parts of a run written as one word."""
    return "".join([name[place].plain for place in run[1]])


def acronyms(name: Sequence[Part]) -> frozenset[str]:
    """What a name is called by its first letters, folded; empty for fewer than three words.

    In its own words with and without particles, and without the last one; and in Russian, where
    its words are known there, with and without what only names it.
    """
    own = [part.plain[0] for part in name]
    telling = [part.plain[0] for part in name if part.plain not in PARTICLES]
    words = [part for part in name if part.plain not in PARTICLES]
    russian = [_russian_letter(part) for part in words]
    meant = [_russian_letter(part) for part in words if part.role is Role.GENERIC]
    found = {"".join(own), "".join(telling), "".join(telling[:-1])}
    found |= {"".join(russian), "".join(meant)}
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
    parts = _parts(tokenize_name(_HUMP.sub(" ", text).replace(".", " ").lower()))
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
    return tuple(of_thing(part(ROMAN.get(one.plain, one.plain))) for one in found)


def _firm(lower: str) -> Name:
    """A firm's name without its legal form, abbreviations of the trade spelt out."""
    lower = _HOST.sub("", lower)
    found = _parts(tokenize_name(remove_org_types(lower)) or tokenize_name(lower))
    spelt = tuple(part(word) for one in found for word in spelt_out(one.plain))
    return tuple(of_thing(one) for one in spelt[:MAX_PARTS])


def _parts(words: list[str]) -> Name:
    found = (plain for word in words for plain in latin(word[:MAX_PART_LETTERS]))
    return tuple([part(plain) for plain in islice(found, MAX_PARTS)])


def _undotted(found: re.Match[str]) -> str:
    return found[0].replace(".", "")
