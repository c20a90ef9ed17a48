"""The named slices of failures: how many of each are found now, and how many are false."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scripts.benches.quality import rules, synthesis
from scripts.benches.quality.figures import Figure, pooled
from scripts.benches.quality.measures import Row, hit_rows
from scripts.benches.quality.names import Texts
from scripts.benches.quality.pairs import scored_of
from scripts.benches.quality.sources import Pair

GROUP = "slice"
_UNLIKE, _RANDOM = "unlike", "random"

Rule = Callable[[Pair], bool]

#: Where band `unlike` is left out, a name of war or a translation makes the rule true by chance.
_OF_PERSONS: dict[str, Rule] = {
    "Arabic letters": rules.in_arabic,
    "Persian letters": rules.in_persian,
    "Arabic names in two Latin spellings": rules.arabic_in_latin,
    "two Cyrillic spellings": rules.two_in_cyrillic,
    "Ukrainian, Belarusian letters on one side": rules.ukrainian_or_belarusian,
    "patronymics spelt in two ways": rules.patronymics,
    "given name, patronymic shared, not surname": rules.another_surname,
    "one word shared, others on both sides": rules.one_word_shared,
    "words left out": rules.left_out,
    "words joined or split": rules.joined,
    "words reordered": rules.reordered,
}
_OF_ORGANISATIONS: dict[str, Rule] = {
    "acronym of an organisation": rules.acronym,
    "words of an organisation translated": rules.translated,
    "words of an organisation left out": rules.left_out,
}


class Made(NamedTuple):
    """A slice that is made: its name, the pairs as they were, and as they are changed."""

    name: str
    before: list[Pair]
    after: list[Pair]


def texts_of(pairs: Iterable[Pair]) -> list[Texts]:
    """What is scored of these pairs."""
    return [(pair.left, pair.right, pair.kind) for pair in pairs]


def found(
    family: str, pairs: Sequence[Pair], scores: Sequence[float], cut: float
) -> Iterator[Figure]:
    """Every slice that is cut out of the pairs by a rule."""
    both = list(zip(pairs, scores, strict=True))
    slices = _OF_PERSONS if family == "persons" else _OF_ORGANISATIONS
    for name, rule in slices.items():
        some = [one for one in both if one[0].band != _RANDOM and rule(one[0])]
        if rule not in (rules.acronym, rules.translated):
            some = [one for one in some if one[0].band != _UNLIKE]
        yield from _figures(name, [one[0] for one in some], [one[1] for one in some], cut)


def makings(persons: Sequence[Pair]) -> list[Made]:
    """Every slice that is made from pairs of persons."""
    changes: dict[str, synthesis.Change] = {
        "look-alike letters": synthesis.with_look_alikes,
        "initial for the first name": synthesis.with_initial,
        "first two words joined": synthesis.joined,
        "last word set first": synthesis.surname_first,
        "several names in one field": synthesis.several(synthesis.others_of(persons)),
    }
    solvable = [pair for pair in persons if pair.band != _UNLIKE]
    made = {name: synthesis.made(solvable, change) for name, change in changes.items()}
    return [Made(name, [a for a, _ in some], [b for _, b in some]) for name, some in made.items()]


def made(
    one: Made, scores: Sequence[float], unchanged: Mapping[Pair, float], cut: float
) -> Iterator[Figure]:
    """A made slice, with the scores of its changed pairs, beside the same pairs as they were."""
    yield from _figures(one.name, one.after, scores, cut)
    before = [unchanged[pair] for pair in one.before]
    yield from _figures(f"{one.name}, unchanged", one.before, before, cut)


def _figures(
    name: str, pairs: Sequence[Pair], scores: Sequence[float], cut: float
) -> Iterator[Figure]:
    scored = scored_of(pairs, scores)
    for words, are_same in (("found", True), ("false", False)):
        rows: list[Row] = hit_rows(scored, cut, are_same=are_same)
        yield from pooled(GROUP, f"{name}, {words}", rows)
