"""Finding, which is not releasing: names and numbers -> keys -> candidates -> score and reasons."""

from collections.abc import Collection
from dataclasses import dataclass

from federation.messages import Reason, Sought
from node import store
from node.search.candidates import candidates
from node.search.keying import KEYS_VERSION, keys, keys_of
from node.search.scoring import LEAST, STRONG, compared, score
from node.search.subjects import subject_of, wanted_of
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
    wanted = wanted_of(sought)
    scored = []
    numbers = candidates(view, keys_of(sought), markings=markings)
    for held in store.records.load(view, numbers):
        subject = subject_of(held.record.entity)
        one = compared(wanted, subject)
        if one.value:
            scored.append((one, subject, held))
    scored.sort(key=lambda one: -one[0].value)
    return [
        Found(held, one.value, one.value >= STRONG, one.reasons(subject))
        for one, subject, held in scored[: min(limit, MOST_HITS)]
    ]
