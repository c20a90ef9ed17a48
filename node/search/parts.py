"""Parts of names: one word in forms that grow coarser, and what kind of part it is."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from node.search.concepts import concept, form
from node.search.rarity import rarity
from node.search.spelling import folded, other_sounds, sound, stem, stem_of_thing
from node.search.words import FATHERS, GENERIC, GIVEN, PARTICLES, SHORT, bare

_PATRONYMIC = re.compile(r"(?P<of>.{2,}?)[oeai]v(?:ich|its|na)$")
_SHORT_PATRONYMIC = re.compile(r"(?P<of>.{2,}?)(?:in)?ich(?:na)?$")
_LEAST_HEARD = 3
#: Vowels that Arabic does not write; a word without them may have a `v` where it was read as `u`,
#: for one letter stands for both.
_SHORT_VOWELS = frozenset("aeo")


class Role(StrEnum):
    """What kind of part it is, as far as its form alone tells."""

    WORD = "word"
    GIVEN = "given"
    PATRONYMIC = "patronymic"
    INITIAL = "initial"
    NUMBER = "number"
    PARTICLE = "particle"
    GENERIC = "generic"


#: What a part has to say by its kind; a name is told by its words.
SAYS = {
    Role.WORD: 1.0,
    Role.NUMBER: 1.0,
    Role.GIVEN: 0.75,
    Role.PATRONYMIC: 0.6,
    Role.INITIAL: 0.3,
    Role.GENERIC: 0.5,
    Role.PARTICLE: 0.15,
}


class Part(msgspec.Struct, frozen=True, array_like=True, eq=False, gc=False):
    """One part of a name in forms that grow coarser, and what kind of part it is.

    `heard` are the sounds long enough to say something; `is_unvowelled` that it was written
    without vowels, as Arabic and Hebrew are; `says` is what it has to say, 1 for a rare word;
    `sign` is by what it is known among all others: parts of one sign are alike in everything. It
    is stored with its record, and read back by the
    thousand, hence a struct. Parts are equal only to themselves.
    """

    plain: str
    fold: str
    stem: str
    sounds: tuple[str, ...]
    role: Role
    heard: frozenset[str]
    is_unvowelled: bool
    sign: str
    says: float


@lru_cache(maxsize=65_536)
def part(plain: str, *, of_consonants: bool = False) -> Part:
    """A part that stands by itself, also as other schools read it.

    `of_consonants` tells that it was written with hardly any vowels.
    """
    fold = folded(plain)
    short = stem(fold)
    heard = sound(short)
    sounds = [heard, *other_sounds(plain)]
    if "u" in plain and not _SHORT_VOWELS.intersection(plain):
        sounds.append(sound(stem(folded(plain.replace("u", "v")))))
    stem_of = GIVEN.get(fold, short)
    return _made(plain, fold, stem_of, tuple(dict.fromkeys(sounds)), of_consonants)


@lru_cache(maxsize=16_384)
def joined(run: str, *, of_consonants: bool = False) -> Part:
    """Several parts written as one, read in the likeliest way alone."""
    fold = folded(run)
    short = stem(fold)
    return _made(run, fold, GIVEN.get(fold, short), (sound(short),), of_consonants)


@lru_cache(maxsize=32_768)
def patronymic(part: Part) -> Part:
    """The part as a patronymic, known by the father's name, when it has the form of one."""
    found = _PATRONYMIC.match(part.fold)
    father = found and FATHERS.get(bare(found["of"]), bare(found["of"]))
    if not found and (found := _SHORT_PATRONYMIC.match(part.fold)):
        father = FATHERS.get(bare(found["of"]))
    return _as(part, stem=f"{father}'", role=Role.PATRONYMIC) if father else part


@lru_cache(maxsize=32_768)
def of_thing(part: Part) -> Part:
    """The part as one of a thing's name: no given names, but words that languages translate."""
    meant = concept(part.fold)
    if meant:
        return _as(part, stem=meant, role=Role.GENERIC)
    if part.plain in GENERIC or part.role is Role.PARTICLE:
        return _as(part, stem=part.fold, role=Role.GENERIC)
    role = Role.WORD if part.role is Role.GIVEN else part.role
    stem = form(stem_of_thing(part.fold))
    sounds = tuple(dict.fromkeys((sound(stem_of_thing(part.fold)), sound(part.fold), *part.sounds)))
    return _as(replace(part, sounds=sounds, heard=_heard(sounds)), stem=stem, role=role)


def _as(part: Part, *, stem: str, role: Role) -> Part:
    is_person = role is Role.PATRONYMIC
    says = _says(stem, role, is_person=is_person)
    sign = _sign(part.plain, stem, role, part.is_unvowelled)
    return replace(part, stem=stem, role=role, sign=sign, says=says)


def _sign(plain: str, stem: str, role: Role, is_unvowelled: bool) -> str:
    return f"{plain} {stem} {role}{' -' if is_unvowelled else ''}"


def _says(stem: str, role: Role, *, is_person: bool) -> float:
    """What a part says by its kind, less where many bear it."""
    if role is Role.PATRONYMIC:
        return SAYS[role]
    return SAYS[role] * rarity(stem, is_person=is_person)


def _made(plain: str, fold: str, stem: str, sounds: tuple[str, ...], of_consonants: bool) -> Part:
    role = _role(plain, fold)
    return Part(
        plain=plain,
        fold=fold,
        stem=stem,
        sounds=sounds,
        role=role,
        heard=_heard(sounds),
        is_unvowelled=of_consonants,
        sign=_sign(plain, stem, role, of_consonants),
        says=_says(stem, role, is_person=True),
    )


def _heard(sounds: Iterable[str]) -> frozenset[str]:
    return frozenset([sound for sound in sounds if len(sound) >= _LEAST_HEARD])


def _role(plain: str, fold: str) -> Role:
    if plain.isdigit():
        return Role.NUMBER
    if len(plain) == 1:
        return Role.INITIAL
    if plain in PARTICLES:
        return Role.PARTICLE
    return Role.GIVEN if fold in GIVEN or fold in SHORT else Role.WORD
