"""Finding, which is not releasing: names and numbers -> keys -> candidates -> score and reasons."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from federation.messages import Reason, Sought
from node import store
from node.search.candidates import candidates
from node.search.keying import KEYS_VERSION, findable, keys
from node.search.scoring import LEAST, STRONG, compared, score
from node.search.subjects import Subject, subject_of, unpacked, wanted_of
from node.search.width import check_width
from node.store import View
from node.store.keys import RecordNumber
from node.store.markings import MarkingNumber
from node.store.records import Held

__all__ = [
    "KEYS_VERSION",
    "LEAST",
    "STRONG",
    "Found",
    "check_width",
    "find",
    "findable",
    "keys",
    "score",
]

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
    for number, subject in _subjects(view, candidates(view, sought, markings=markings)):
        one = compared(wanted, subject)
        if one.value:
            scored.append((one, subject, number))
    scored.sort(key=lambda one: -one[0].value)
    best = scored[: min(limit, MOST_HITS)]
    held = {one.number: one for one in store.records.load(view, [number for *_, number in best])}
    return [
        Found(held[number], one.value, one.value >= STRONG, one.reasons(subject))
        for one, subject, number in best
    ]


def _subjects(
    view: View, numbers: Sequence[RecordNumber]
) -> Iterator[tuple[RecordNumber, Subject]]:
    """The prepared forms of records; of one that is not reindexed yet they are made now."""
    forms = store.keys.forms(view, numbers)
    old = [number for number in numbers if forms.get(number, _NOT_MADE)[0] != KEYS_VERSION]
    made = {held.number: subject_of(held.record.entity) for held in store.records.load(view, old)}
    for number in numbers:
        yield number, made[number] if number in made else unpacked(forms[number][1])


_NOT_MADE = (0, b"")
