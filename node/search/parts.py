"""Parts of names: one word in forms that grow coarser, and what kind of part it is."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from node.search.spelling import folded, other_sounds, sound, stem
from node.search.words import FATHERS, GENERIC, GIVEN, PARTICLES, SHORT, bare

_PATRONYMIC = re.compile(r"(?P<of>.{2,}?)[oeai]v(?:ich|its|na)$")
_SHORT_PATRONYMIC = re.compile(r"(?P<of>.{2,}?)(?:in)?ich(?:na)?$")
_LEAST_HEARD = 3


class Role(StrEnum):
    """What kind of part it is, as far as its form alone tells."""

    WORD = "word"
    GIVEN = "given"
    PATRONYMIC = "patronymic"
    INITIAL = "initial"
    NUMBER = "number"
    PARTICLE = "particle"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a name in forms that grow coarser, and what kind of part it is.

    `heard` are the sounds long enough to say something; `is_unvowelled` that it was written
    without vowels, as Arabic and Hebrew are. Parts are equal only to themselves, because pairs of
    them are looked up by the million.
    """

    plain: str
    fold: str
    stem: str
    sounds: tuple[str, ...]
    role: Role
    heard: frozenset[str]
    is_unvowelled: bool


@lru_cache(maxsize=32_768)
def part(plain: str) -> Part:
    """A part that stands by itself, also as other schools read it."""
    fold = folded(plain)
    short = stem(fold)
    sounds = tuple(dict.fromkeys((sound(short), *other_sounds(plain))))
    return _made(plain, fold, GIVEN.get(fold, short), sounds)


@lru_cache(maxsize=16_384)
def joined(run: str) -> Part:
    """Several parts written as one: no given name, and read in the likeliest way alone."""
    fold = folded(run)
    short = stem(fold)
    return _made(run, fold, short, (sound(short),))


@lru_cache(maxsize=32_768)
def patronymic(part: Part) -> Part:
    """The part as a patronymic, known by the father's name, when it has the form of one."""
    found = _PATRONYMIC.match(part.fold)
    father = found and FATHERS.get(bare(found["of"]), bare(found["of"]))
    if not found and (found := _SHORT_PATRONYMIC.match(part.fold)):
        father = FATHERS.get(bare(found["of"]))
    return replace(part, stem=f"{father}'", role=Role.PATRONYMIC) if father else part


@lru_cache(maxsize=32_768)
def of_thing(part: Part) -> Part:
    """The part as one of a thing's name: no given names, but words that half of them have."""
    is_generic = part.plain in GENERIC or part.role is Role.PARTICLE
    role = Role.GENERIC if is_generic else part.role
    return replace(part, stem=part.fold, role=Role.WORD if role is Role.GIVEN else role)


def _made(plain: str, fold: str, stem: str, sounds: tuple[str, ...]) -> Part:
    return Part(
        plain=plain,
        fold=fold,
        stem=stem,
        sounds=sounds,
        role=_role(plain, fold),
        heard=frozenset(sound for sound in sounds if len(sound) >= _LEAST_HEARD),
        is_unvowelled=len(fold) <= len(sounds[0]) + 1,
    )


def _role(plain: str, fold: str) -> Role:
    if plain.isdigit():
        return Role.NUMBER
    if len(plain) == 1:
        return Role.INITIAL
    if plain in PARTICLES:
        return Role.PARTICLE
    return Role.GIVEN if fold in GIVEN or fold in SHORT else Role.WORD
