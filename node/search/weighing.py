"""What the agreeing, contradicting and missing parts of two names make of their score."""

from dataclasses import dataclass

from node.search.alignment import Alignment, Pair, aligned
from node.search.names import Name
from node.search.parts import Role

#: What it costs when a part contradicts another, and when only one name has it.
_AGAINST, _MISSING = 1.2, 0.25
#: What is left when several words stand on both sides and only one of them agrees: a namesake.
_NAMESAKE = 0.8
_TELLING = (Role.WORD, Role.GIVEN, Role.NUMBER)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The score of two names, 0 to 1, step by step.

    `agreeing` is how alike the agreeing parts are; each further value is what is left after what
    contradicts, after what only one name has, and, as `score`, after a mere namesake.
    """

    pairs: tuple[Pair, ...] = ()
    agreeing: float = 0.0
    contradicted: float = 0.0
    incomplete: float = 0.0
    score: float = 0.0


NOTHING = Weighed()


def weighed(one: Name, other: Name) -> Weighed:
    """Weigh two names; swapping them changes nothing."""
    found = aligned(one, other)
    if not found.pairs:
        return NOTHING
    says = sum([pair.says for pair in found.pairs])
    agrees = sum([pair.says * pair.alike for pair in found.pairs])
    less, more = sorted((found.left, found.right))
    all_says = says + _AGAINST * less
    incomplete = agrees / (all_says + _MISSING * (more - less))
    return Weighed(
        pairs=found.pairs,
        agreeing=agrees / says,
        contradicted=agrees / all_says,
        incomplete=incomplete,
        score=incomplete * (_NAMESAKE if _is_namesake(one, other, found) else 1.0),
    )


def _is_namesake(one: Name, other: Name, found: Alignment) -> bool:
    if min(len(one), len(other)) == 1 or not found.left + found.right:
        return False
    words = [pair for pair in found.pairs if pair.role in _TELLING]
    return len(words) == 1 and len(words[0].mine) == len(words[0].theirs)
