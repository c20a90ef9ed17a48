"""Figures over pairs of names: F1 at one common cut, recall at few false ones, bands, scripts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scripts.benches.quality.figures import NOTHING, Figure, Held, at_false_rate, averaged, pooled
from scripts.benches.quality.measures import Scored, best_cut, f1_rows, hit_rows
from scripts.benches.quality.sources import SEEN, Pair, part_of

_HELD = {
    "persons": (Held(0.804, 0.85), Held(0.850, 0.89), Held(0.617, 0.75)),
    "organisations": (Held(0.582, 0.65), NOTHING, NOTHING),
    "tokens": (NOTHING, NOTHING, NOTHING),
}
#: A pair of scripts with fewer pairs than these is not shown.
_FEWEST_OF_SCRIPTS = 50
_HARD = "hard"


def scored_of(pairs: Sequence[Pair], scores: Sequence[float]) -> list[Scored]:
    """The pairs with what a name score says of each."""
    return [
        Scored(pair.source, pair.group, pair.is_same, score)
        for pair, score in zip(pairs, scores, strict=True)
    ]


def cut_of(scored: Sequence[Scored]) -> float:
    """The one cut for all files, best on what a fit may see and nothing else."""
    return best_cut([one for one in scored if part_of(one.source, one.subject) == SEEN])


def figures(
    name: str, pairs: Sequence[Pair], scored: Sequence[Scored], cut: float
) -> Iterator[Figure]:
    """Every figure over one family of files."""
    group = f"pairs of {name}"
    whole, across, few_false = _HELD[name]
    both = list(zip(pairs, scored, strict=True))
    crossing = [one for pair, one in both if pair.is_across]
    yield from averaged(group, "macro F1", f1_rows(scored, cut), whole)
    yield from pooled(group, "F1 across scripts", f1_rows(crossing, cut), across)
    yield from at_false_rate(group, "recall at 1 % false, macro", scored, few_false)
    yield from at_false_rate(group, "recall at 1 % false, pooled", scored, is_pooled=True)
    hard = [one for pair, one in both if pair.band == _HARD]
    yield from pooled(group, "false at the cut among hard", hit_rows(hard, cut, are_same=False))
    yield from _bands(group, both, cut)
    yield from _scripts(group, both, cut)
    for source in sorted({pair.source for pair in pairs}):
        rows = [one for one in scored if one.source == source]
        yield from pooled(group, f"F1 of {source}", f1_rows(rows, cut))


def _bands(group: str, both: list[tuple[Pair, Scored]], cut: float) -> Iterator[Figure]:
    """F1 of each band of positives, with the negatives of the same subjects beside them."""
    for band in ("near", "mid", "far", "unlike"):
        groups = {(pair.source, pair.group) for pair, _ in both if pair.band == band}
        rows = [
            one
            for pair, one in both
            if pair.band == band or (not pair.is_same and (pair.source, pair.group) in groups)
        ]
        yield from pooled(group, f"F1 of {band} and their negatives", f1_rows(rows, cut))
        same = [one for pair, one in both if pair.band == band]
        yield from pooled(group, f"recall of {band}", hit_rows(same, cut, are_same=True))


def _scripts(group: str, both: list[tuple[Pair, Scored]], cut: float) -> Iterator[Figure]:
    """F1 of each pair of scripts, whichever side stands first."""
    found: defaultdict[str, list[Scored]] = defaultdict(list)
    for pair, one in both:
        found["-".join(sorted(pair.scripts.split("-")))].append(one)
    for scripts, rows in sorted(found.items(), key=lambda one: -len(one[1])):
        if len(rows) >= _FEWEST_OF_SCRIPTS:
            yield from pooled(group, f"F1 of {scripts}", f1_rows(rows, cut))
