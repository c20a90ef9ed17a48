"""A crowd of made-up persons, the same for every run: names as frequent as in the region.

Given names, surnames and their other-script forms come from the public frequency lists where
those are at hand, combined at random into nobody; else from syllables.
"""

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice
from pathlib import Path

from rigour.text.translit import ascii_text
from stdnum.ee import ik
from stdnum.pl import pesel

from federation.messages import Entity, Identifier
from node.kinds import Kind, property_for

NAMES = Path("../shared/data/names")
#: How many of a hundred of the crowd, and the column of the list of given names.
_COUNTRIES = {
    "ru": (30, 68),
    "ua": (12, 71),
    "by": (5, 69),
    "pl": (14, 53),
    "de": (12, 42),
    "se": (6, 48),
    "fi": (5, 49),
    "lt": (4, 52),
    "lv": (3, 51),
    "ee": (3, 50),
    "no": (2, 47),
    "dk": (2, 46),
    "tr": (2, 76),
}
_SLAVIC = ("ru", "ua", "by")
_FEMALE = "F"
#: Surnames rank by Zipf's law, a little flattened at the head.
_HEAD_RANKS = 5
_CHUNK = 4_096

_HEADS = "Bal Dor Ek Fal Gri Hal Jur Kel Lom Mar Nor Ost Pel Rad Sil Tam Ul Ves Zor Žem".split()
_TAILS = "anov eris oja ienė ūnas kova mäe berg son iņš ska enko ulis ström vik ević akis".split()
_GIVEN = "Ada Bruno Cilla Darius Elsa Fjodor Greta Hanno Ilze Jurgis Kaja Linas Mirja Olev".split()


@dataclass(frozen=True, slots=True)
class Pool:
    """Names with how often each is drawn, summed up."""

    names: Sequence[str]
    weights: Sequence[float]

    def draw(self, chance: random.Random) -> Iterator[str]:
        """Names for ever."""
        while True:
            yield from chance.choices(self.names, cum_weights=self.weights, k=_CHUNK)


def crowd(count: int, seed: int = 1) -> Iterator[Entity]:
    """So many persons, each with a name, mostly a birth date, sometimes a number."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    named = _listed(chance) if NAMES.is_dir() else _made_up(chance)
    for number, (name, country) in enumerate(islice(named, count)):
        yield _person(f"{seed}-{number}", name, country, chance)


def _person(id_: str, name: str, country: str, chance: random.Random) -> Entity:
    properties: dict[str, tuple[str, ...]] = {"name": (name,), "nationality": (country,)}
    born = (chance.randint(1940, 2005), chance.randint(1, 12), chance.randint(1, 28))
    if chance.random() < 0.8:  # noqa: PLR2004 - four of five
        properties["birthDate"] = ("{}-{:02}-{:02}".format(*born),)
    if chance.random() < 0.3:  # noqa: PLR2004
        word, value = property_for(_number(country, born, chance), Kind.PERSON)
        properties[word] = (value,)
    return Entity(id_, "Person", properties)


def _number(country: str, born: tuple[int, int, int], chance: random.Random) -> Identifier:
    """A number by its country's rule for check digits, or of a passport."""
    year, month, day = born
    century = 3 + 2 * (year >= 2000) + chance.randint(0, 1)  # noqa: PLR2004
    date = f"{year % 100:02}{month:02}{day:02}"
    if country in ("ee", "lt"):
        digits = f"{century}{date}{chance.randint(0, 999):03}"
        return Identifier("national_id", digits + ik.calc_check_digit(digits))
    if country == "pl" and year < 2000:  # noqa: PLR2004
        digits = f"{date}{chance.randint(0, 9999):04}"
        return Identifier("national_id", digits + pesel.calc_check_digit(digits))
    return Identifier("passport", f"{country.upper()}{chance.randint(10**6, 10**7)}")


def _made_up(chance: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        surname = "".join(chance.choices(_HEADS, k=2)).title() + chance.choice(_TAILS)
        yield f"{chance.choice(_GIVEN)} {surname}", chance.choice(list(_COUNTRIES))


def _listed(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Full names with their country, a third of them in the other script where it is known."""
    shares = list(accumulate(share for share, _ in _COUNTRIES.values()))
    countries = Pool(list(_COUNTRIES), shares).draw(chance)
    draws: dict[tuple[str, str], Iterator[str]] = {}

    def drawn(what: str, of: str, pool: Callable[[str], Pool]) -> str:
        if (what, of) not in draws:
            draws[what, of] = pool(of).draw(chance)
        return next(draws[what, of])

    for country in countries:
        sex = chance.choice("MF")
        given = drawn("given", country + sex, _given)
        if country in _SLAVIC:
            parts = [given, drawn("surname", sex, _slavic)]
            if chance.random() < 0.6:  # noqa: PLR2004
                parts.insert(1, _patronymic(drawn("given", country + "M", _given), sex))
        else:
            parts = [given, drawn("surname", country, _western)]
        yield _written(parts, chance), country


def _written(parts: list[str], chance: random.Random) -> str:
    """A name in Latin letters, a third of the time in the other script that all parts have."""
    if chance.random() < 1 / 3:
        other = [
            part if _is_cyrillic(part) else _other_script().get(part.lower()) for part in parts
        ]
        if all(other):
            return " ".join(str(part).title() for part in other)
    latin = [_latin(part).title() if _is_cyrillic(part) else part for part in parts]
    if chance.random() < 1 / 4:
        latin = [latin[-1].upper(), *latin[:-1]]
    return " ".join(latin)


def _is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[:1] <= "\u04ff"


@cache
def _latin(word: str) -> str:
    return _latin_forms().get(word.lower()) or ascii_text(word.lower())


def _patronymic(father: str, sex: str) -> str:
    stem = father.removesuffix("y").removesuffix("i")
    return stem + ("ovna" if sex == _FEMALE else "ovich")


@cache
def _given(of: str) -> Pool:
    """Given names of a country and sex; the list grades them by powers of two."""
    column = _COUNTRIES[of[:-1]][1]
    names, weights = [], []
    for line in (NAMES / "freq/nam_dict.txt").read_text(encoding="utf-8").splitlines():
        if line[0] not in "#=" and of[-1] in line[:2] and line[29] != "+" and line[column] != " ":
            names.append(line[3:29].strip().replace("+", " "))
            weights.append(2.0 ** int(line[column], 16))
    return Pool(names, list(accumulate(weights)))


@cache
def _slavic(sex: str) -> Pool:
    rows = (NAMES / "freq/surnames.gender.tsv").read_text(encoding="utf-8").splitlines()[1:]
    mark = "жр" if sex == _FEMALE else "мр"
    return _zipf([row.split("\t")[0] for row in rows if mark in row.split("\t")[1]], _SLAVIC[0], ())


@cache
def _western(country: str) -> Pool:
    """The commonest surnames of a country, then the parts of names that are written in Latin."""
    with (NAMES / "freq/common-surnames-by-country.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["Country"] == country.upper()]
    common = [row["Localized Name"].title() for row in rows]
    return _zipf([form.title() for form in _other_script()], country, common)


def _zipf(names: list[str], seed: str, first: Sequence[str]) -> Pool:
    random.Random(seed).shuffle(names)  # noqa: S311
    ranked = [*first, *names]
    weights = (1 / (rank + _HEAD_RANKS) for rank in range(len(ranked)))
    return Pool(ranked, list(accumulate(weights)))


@cache
def _groups() -> list[list[str]]:
    """Forms of one part of a name, in many scripts."""
    text = (NAMES / "rigour_person_parts.txt").read_text(encoding="utf-8")
    return [line.split(" => ")[0].split(", ") for line in text.splitlines() if " => " in line]


@cache
def _other_script() -> dict[str, str]:
    """Latin form -> its Cyrillic form, of the parts that have both."""
    found: dict[str, str] = {}
    for group in _groups():
        cyrillic = next((form for form in group if _is_cyrillic(form)), None)
        if cyrillic:
            found |= {form: cyrillic for form in group if form.isascii() and form.isalpha()}
    return found


@cache
def _latin_forms() -> dict[str, str]:
    return {cyrillic: latin for latin, cyrillic in _other_script().items()}
