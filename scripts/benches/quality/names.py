"""Amber's own name score of two texts, as a search takes it: the best over the names in each."""

from collections.abc import Iterable

from node.kinds import Kind
from node.search.names import names
from node.search.weighing import weighed

#: Two texts and what they name.
Texts = tuple[str, str, Kind]


def name_score(texts: Texts) -> float:
    """The best score of any name in one text with any in the other."""
    left, right, kind = texts
    return max(
        (
            weighed(mine, theirs).score
            for mine in names(left, kind)
            for theirs in names(right, kind)
        ),
        default=0.0,
    )


def name_scores(many: Iterable[Texts]) -> list[float]:
    """The score of each."""
    return [name_score(texts) for texts in many]
