"""Measures and their bootstrap intervals: nearly every one is a mean of ratios of sums."""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import NamedTuple, TypeVar

ROUNDS, SEED = 500, 20
#: What lies between is where nineteen of twenty resamples fall.
_TAIL = 0.025
_CUTS = [cut / 100 for cut in range(20, 100)]

#: The low and the high end of an interval.
Interval = tuple[float, float]


class Row(NamedTuple):
    """What one observation adds to a ratio: `got` above the line, `of` below it."""

    source: str
    subject: str
    got: float
    of: float = 1.0


class Scored(NamedTuple):
    """The score of one pair of names, and whether they are one subject's."""

    source: str
    subject: str
    is_same: bool
    score: float


One = TypeVar("One", Row, Scored)


def ratio(rows: Iterable[Row]) -> float:
    """The ratio of the sums; 0 of nothing."""
    got = of = 0.0
    for row in rows:
        got, of = got + row.got, of + row.of
    return got / of if of else 0.0


def macro(rows: Iterable[Row]) -> float:
    """The mean of the sources' ratios."""
    return fmean([ratio(one) for one in _by_source(rows).values()])


def f1_rows(scored: Iterable[Scored], cut: float) -> list[Row]:
    """Rows whose ratio is F1 at this cut: twice the hits, of all said and all that are the same."""
    found = []
    for one in scored:
        is_hit = one.score >= cut
        found.append(
            Row(one.source, one.subject, 2 * (is_hit and one.is_same), is_hit + one.is_same)
        )
    return found


def hit_rows(scored: Iterable[Scored], cut: float, *, are_same: bool) -> list[Row]:
    """Rows whose ratio is recall at this cut, or for pairs that are not the same the false rate."""
    return [
        Row(one.source, one.subject, float(one.score >= cut))
        for one in scored
        if one.is_same is are_same
    ]


def best_cut(scored: Sequence[Scored]) -> float:
    """The one cut of a hundred that makes macro F1 highest."""
    return max(_CUTS, key=lambda cut: (macro(f1_rows(scored, cut)), -cut))


def recall_at_false_rate(scored: Iterable[Scored], rate: float = 0.01) -> float:
    """The mean over sources of the recall at a cut that this share of other subjects' passes."""
    return fmean([_recall_at(_falling(one), rate, None) for one in _by_source(scored).values()])


def interval(rows: Iterable[Row]) -> Interval:
    """Where the mean of the sources' ratios falls when their subjects are drawn anew.

    Give rows one source to have their pooled ratio.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same draws in every run
    strata = [_sums(one) for one in _by_source(rows).values()]
    return _middle([fmean([_drawn(sums, chance) for sums in strata]) for _ in range(ROUNDS)])


def interval_at_false_rate(scored: Iterable[Scored], rate: float = 0.01) -> Interval:
    """Where `recall_at_false_rate` falls when subjects are drawn anew."""
    chance = random.Random(SEED)  # noqa: S311 - the same draws in every run
    strata = [_falling(one) for one in _by_source(scored).values()]
    subjects = [sorted({one.subject for one in falling}) for falling in strata]
    rounds = []
    for _ in range(ROUNDS):
        drawn = [_weights(names, chance) for names in subjects]
        both = zip(strata, drawn, strict=True)
        rounds.append(fmean([_recall_at(falling, rate, weights) for falling, weights in both]))
    return _middle(rounds)


def calibration_error(rows: Iterable[tuple[float, bool]], width: float) -> float:
    """The mean distance, over all hits, of a bin's mean score from its share of right ones."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for score, is_right in rows:
        bins[bin_of(score, width)].append((score, is_right))
    every = sum(map(len, bins.values()))
    off = [
        len(one) * abs(fmean([s for s, _ in one]) - fmean([float(right) for _, right in one]))
        for one in bins.values()
    ]
    return sum(off) / every if every else 0.0


def bin_of(score: float, width: float) -> int:
    """The number of the bin of this width that a score falls in; 1 falls in the last."""
    return min(math.floor(score / width + 1e-9), round(1 / width) - 1)


def _by_source(rows: Iterable[One]) -> dict[str, list[One]]:
    found: defaultdict[str, list[One]] = defaultdict(list)
    for row in rows:
        found[row.source].append(row)
    return dict(sorted(found.items()))


def _sums(rows: list[Row]) -> list[tuple[float, float]]:
    """What each subject adds above and below the line."""
    found: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for row in rows:
        got, of = found[row.subject]
        found[row.subject] = got + row.got, of + row.of
    return [found[subject] for subject in sorted(found)]


def _drawn(sums: list[tuple[float, float]], chance: random.Random) -> float:
    drawn = chance.choices(sums, k=len(sums))
    of = sum([one[1] for one in drawn])
    return sum([one[0] for one in drawn]) / of if of else 0.0


def _falling(scored: Iterable[Scored]) -> list[Scored]:
    return sorted(scored, key=lambda one: (-one.score, one.is_same))


def _weights(subjects: list[str], chance: random.Random) -> Callable[[str], int]:
    """How often each subject was drawn."""
    weights = dict.fromkeys(subjects, 0)
    for subject in chance.choices(subjects, k=len(subjects)):
        weights[subject] += 1
    return weights.__getitem__


def _recall_at(falling: list[Scored], rate: float, weight: Callable[[str], int] | None) -> float:
    """The recall above the score of the first false one too many; equal scores do not count."""
    weights = [weight(one.subject) if weight else 1 for one in falling]
    both = list(zip(falling, weights, strict=True))
    same = sum([count for one, count in both if one.is_same])
    allowed = int((sum(weights) - same) * rate)
    got = tied = false = 0
    last = math.inf
    for one, count in both:
        if one.score < last:
            last, got, tied = one.score, got + tied, 0
        if one.is_same:
            tied += count
        else:
            false += count
        if false > allowed:
            return got / same if same else 0.0
    return (got + tied) / same if same else 0.0


def _middle(rounds: list[float]) -> Interval:
    rounds.sort()
    cut = round(len(rounds) * _TAIL)
    return rounds[cut], rounds[-1 - cut]
