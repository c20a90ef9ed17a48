"""Expected records that were never found: not fetched to be scored, or scored too little."""

from collections.abc import Callable, Iterator, Sequence

from scripts.benches.quality.figures import Figure, pooled
from scripts.benches.quality.measures import Row
from scripts.benches.quality.stores import Answer

_BANDS = {"near and mid": ("near", "mid"), "far": ("far",), "unlike": ("unlike",)}
_CAUSES: dict[str, Callable[[Answer], int]] = {
    "never fetched though it would score": lambda one: one.unfetched,
    "scored too little to be a hit": lambda one: one.unlike,
}


def figures(answers: Sequence[Answer]) -> Iterator[Figure]:
    """The share of expected records that each cause kept away, by kind and band."""
    named = [one for one in answers if one.query.type in ("alias", "alias+year")]
    for cause, count in _CAUSES.items():
        for kind in ("person", "organisation"):
            for label, bands in _BANDS.items():
                some = [
                    one
                    for one in named
                    if one.query.sought.kind == kind and one.query.band in bands
                ]
                rows = [_row(one, count(one)) for one in some]
                yield from pooled(f"expected but {cause}", f"{kind}, {label}", rows)


def _row(answer: Answer, lost: int) -> Row:
    query = answer.query
    return Row(query.source, query.cluster, lost, len(query.expected))
