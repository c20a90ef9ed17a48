"""Whether scores are what they say: of hits scored 0.9, nine in ten should be right."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from scripts.benches.quality.figures import FEWEST, Figure, Held, pooled
from scripts.benches.quality.measures import Row, bin_of, calibration_error
from scripts.benches.quality.sources import ALL, PARTS, Truth, part_of
from scripts.benches.quality.stores import Answer

GROUP = "calibration"
LEAST, WIDTH = 0.3, 0.05
#: Hits scored about 0.9.
_ABOUT = (0.875, 0.925)
_KINDS = ("person", "organisation")

#: A hit: the answer that it stands in, its score, whether it is right.
_Judged = tuple[Answer, float, bool]


def figures(answers: Sequence[Answer], truths: Mapping[str, Truth]) -> Iterator[Figure]:
    """The share of right ones among the hits of every score, and how far off scores are."""
    judged = list(_judged(answers, truths))
    bins: defaultdict[int, list[_Judged]] = defaultdict(list)
    for one in judged:
        bins[bin_of(one[1], WIDTH)].append(one)
    about = [one for one in judged if _ABOUT[0] <= one[1] < _ABOUT[1]]
    yield from pooled(GROUP, "right of hits scored 0.9", _rows(about), Held(target=0.9))
    for number, some in sorted(bins.items()):
        low, high = number * WIDTH, (number + 1) * WIDTH
        yield from pooled(GROUP, f"right of hits scored {low:.2f} to {high:.2f}", _rows(some))
    yield from _errors("all", judged)
    for kind in _KINDS:
        yield from _errors(f"{kind}s", [one for one in judged if one[0].query.sought.kind == kind])


def _judged(answers: Sequence[Answer], truths: Mapping[str, Truth]) -> Iterator[_Judged]:
    """Every hit of every node that is right or wrong; what is ambiguous is neither."""
    for answer in answers:
        known = truths[answer.query.source]
        for hit in answer.hits:
            is_right = known.is_right(answer.query, hit.place)
            if hit.score >= LEAST and (is_right or known.is_wrong(answer.query, hit.place)):
                yield answer, hit.score, is_right


def _rows(judged: Sequence[_Judged]) -> list[Row]:
    return [
        Row(answer.query.source, answer.query.cluster, float(is_right))
        for answer, _, is_right in judged
    ]


def _errors(label: str, judged: Sequence[_Judged]) -> Iterator[Figure]:
    """The expected calibration error of every part; it is biased upwards, so without interval."""
    for part in PARTS:
        some = [
            (score, is_right)
            for answer, score, is_right in judged
            if part in (ALL, part_of(answer.query.source, answer.query.cluster))
        ]
        if len(some) >= FEWEST:
            error = calibration_error(some, WIDTH)
            unit = f"expected error of scores, {label}"
            yield Figure(GROUP, unit, part, error, len(some), None)
