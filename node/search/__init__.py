"""Finding, which is not releasing: names and numbers -> keys -> candidates -> score and reasons."""

from collections.abc import Collection
from dataclasses import dataclass

from federation.messages import Reason, Sought
from node import store
from node.search.candidates import candidates
from node.search.keying import KEYS_VERSION, keys, keys_of
from node.search.scoring import LEAST, STRONG, score
from node.search.width import check_width
from node.store import View
from node.store.markings import MarkingNumber
from node.store.records import Held

__all__ = ["KEYS_VERSION", "LEAST", "STRONG", "Found", "check_width", "find", "keys", "score"]

MOST_HITS = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A record that fits, how well, whether well enough to raise an alert, and why."""

    held: Held
    score: float
    is_strong: bool
    reasons: tuple[Reason, ...]


def find(
    view: View, sought: Sought, *, markings: Collection[MarkingNumber] | None, limit: int
) -> list[Found]:
    """The records that fit, best first, at most `limit` and never more than 100.

    Only records with one of these markings are looked at; None means any. Of equal scores
    the one that agrees in the rarer parts comes first. The question was found narrow enough by
    `check_width`; what it cannot read of one it does not find, and never raises.
    """
    found = []
    numbers = candidates(view, keys_of(sought), markings=markings)
    for held in store.records.load(view, numbers):
        scored = score(sought, held.record.entity)
        if scored.value:
            found.append(Found(held, scored.value, scored.value >= STRONG, scored.reasons))
    found.sort(key=lambda one: -one.score)
    return found[: min(limit, MOST_HITS)]
