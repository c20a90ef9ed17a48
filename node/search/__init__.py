"""Finding, which is not releasing: names and numbers -> keys -> candidates -> score and reasons."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from federation.messages import Reason, Sought
from node import store
from node.search.addresses import address
from node.search.candidates import candidates
from node.search.keying import KEYS_VERSION, findable, keys, names_that_decide
from node.search.plain import plain
from node.search.scoring import LEAST, NO_SCORE, STRONG, Score, compared, compared_all, score
from node.search.standing import standing_keys
from node.search.subjects import Subject, Wanted, subject_of, unpacked, wanted_of
from node.search.width import check_width
from node.store import View
from node.store.keys import RecordNumber
from node.store.markings import MarkingNumber
from node.store.records import Held

__all__ = [
    "KEYS_VERSION",
    "LEAST",
    "NO_SCORE",
    "STRONG",
    "Found",
    "Score",
    "Subject",
    "Wanted",
    "address",
    "check_width",
    "compared",
    "find",
    "findable",
    "keys",
    "names_that_decide",
    "plain",
    "score",
    "standing_keys",
    "subject_of",
    "unpacked",
    "wanted_of",
]

MOST_HITS = 100

#: Candidates that are scored in any case, and how many more as long as one of them is a hit among
#: the best: they come with the likeliest first.
_AT_FIRST, _MORE = 24, 12


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
    best: list[_Scored] = []
    for numbers in _stretches(candidates(view, sought, markings=markings)):
        scored = _scored(view, wanted, numbers)
        before, best = best, sorted(best + scored, key=_value)[: min(limit, MOST_HITS)]
        if best == before:
            break
    held = {one.number: one for one in store.records.load(view, [one.number for one in best])}
    return [
        Found(
            held=held[one.number],
            score=one.score.value,
            is_strong=one.score.value >= STRONG,
            reasons=one.score.reasons(one.subject),
        )
        for one in best
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """A record on its way to be found."""

    number: RecordNumber
    subject: Subject
    score: Score


def _value(one: _Scored) -> float:
    return -one.score.value


def _stretches(numbers: Sequence[RecordNumber]) -> Iterator[Sequence[RecordNumber]]:
    """The likeliest candidates at once, the others while they are worth it."""
    ends = (*range(_AT_FIRST, len(numbers), _MORE), len(numbers))
    for start, end in pairwise((0, *ends)):
        yield numbers[start:end]


def _scored(view: View, wanted: Wanted, numbers: Sequence[RecordNumber]) -> list[_Scored]:
    subjects = dict(_subjects(view, numbers))
    scores = compared_all(wanted, list(subjects.values()))
    every = map(_Scored, subjects.keys(), subjects.values(), scores)
    return [one for one in every if one.score.value]


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
