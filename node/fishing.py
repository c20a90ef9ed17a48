"""Fishing: what a row of questions looks like that seeks not somebody but whoever is there."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from federation.alarms import AlarmKind

#: Questions whose words are compared with one another.
COMPARED = 256
#: How alike two names are, of 100, that count as one name varied.
_ALIKE = 80
#: How long a row in order among n names is, in roots of n, that chance does not make. Of names in
#: any order it makes one of 2 roots; 2.6 were the most in 20,000 tries of 25 to 256 names, and in
#: lists that were honestly asked. Of 100 in order, asked 16 at once, 4 are left.
_BEYOND_CHANCE = 3.5


@dataclass(frozen=True, slots=True)
class Posed:
    """One question: what it sought, and whether it brought a strong hit.

    `is_miss` is None of a question that was not answered; `is_over` says that a quota was spent.
    """

    sought: bytes
    is_miss: bool | None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """From where on questions look like fishing; a `least` of 0 never does.

    `miss_share` is the share of misses that more is too many, of at least `miss_least` answers.
    Of `walk_least` names or more, many of them in order are a walk through the alphabet, and
    `variation_least` forms of one name are one name varied again and again. `words` reads what was
    sought in plain words.
    """

    words: Callable[[bytes], str]

    miss_share: float
    miss_least: int
    walk_least: int
    variation_least: int

    def fits(self, kind: AlarmKind, posed: Sequence[Posed]) -> bool:
        """Whether questions of one person, in their order, look like fishing of this kind."""
        return bool(self.looking(kind, posed))

    def looking(self, kind: AlarmKind, posed: Sequence[Posed]) -> list[int]:
        """The places of those questions that look so, in their order; none when nothing does.

        What was asked between them for another reason is not among them.
        """
        looks = _LOOKS[kind](posed, self)
        return [place for place, one in enumerate(posed) if looks(one)]


def misses(posed: Iterable[Posed]) -> int:
    """How many questions were answered without a strong hit."""
    return sum(one.is_miss is True for one in posed)


#: Tells which questions look so.
Looks = Callable[[Posed], bool]


def _misses(posed: Sequence[Posed], measure: Measure) -> Looks:
    """All that were answered: each counts for the share."""
    answered = sum(one.is_miss is not None for one in posed)
    is_enough = bool(measure.miss_least) and answered >= measure.miss_least
    if not is_enough or misses(posed) <= measure.miss_share * answered:
        return _none
    return lambda one: one.is_miss is not None


def _walk(posed: Sequence[Posed], measure: Measure) -> Looks:
    """Names forwards or backwards in the order of the alphabet, by their first or their last word.

    Others may stand between them, and what was asked at the same time may come in any order. The
    last ones decide; before them the walk is followed back to where it began.
    """
    if not 0 < measure.walk_least <= len(posed):
        return _none
    words = list(dict.fromkeys(_read(posed[-COMPARED:], measure).values()))
    least = max(1, _BEYOND_CHANCE * math.sqrt(len(words)))
    if len(words) < measure.walk_least or len(_in_order(words)) < least:
        return _none
    read = _read(posed, measure)
    walked = set(_in_order(list(dict.fromkeys(read.values()))))
    return lambda one: read.get(one.sought) in walked


def _in_order(words: Sequence[str]) -> list[str]:
    """The longest row of words in the order of the alphabet, whatever stands between them."""
    turned = [" ".join(reversed(one.split())) for one in words]
    places = range(len(words))
    rows = [
        [order[step] for step in _rising([keys[place] for place in order])]
        for keys in (words, turned)
        for order in (places, places[::-1])
    ]
    return [words[place] for place in max(rows, key=len)]


def _rising(words: Sequence[str]) -> list[int]:
    """The places of the longest row of words that rises, the last one first."""
    ends: list[str] = []
    at: list[int] = []
    before: list[int] = []
    for place, word in enumerate(words):
        height = bisect_left(ends, word)
        ends[height : height + 1], at[height : height + 1] = [word], [place]
        before.append(at[height - 1] if height else -1)
    row = at[-1:]
    while row and before[row[-1]] >= 0:
        row.append(before[row[-1]])
    return row


def _variation(posed: Sequence[Posed], measure: Measure) -> Looks:
    """Forms of one name, or one name with ever other dates and numbers."""
    if not 0 < measure.variation_least <= len(posed):
        return _none
    every = _sorted(_read(posed[-COMPARED:], measure))
    for form in dict.fromkeys(every.values()):
        if len(_alike(form, every)) >= measure.variation_least:
            varied = _alike(form, _sorted(_read(posed, measure)))
            return lambda one: one.sought in varied
    return _none


def _sorted(read: dict[bytes, str]) -> dict[bytes, str]:
    """The same words of each in one order."""
    return {sought: " ".join(sorted(words.split())) for sought, words in read.items()}


def _alike(form: str, every: dict[bytes, str]) -> set[bytes]:
    found = process.extract(form, every, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None)
    return {sought for _, _, sought in found}


def _read(posed: Sequence[Posed], measure: Measure) -> dict[bytes, str]:
    """What questions sought, each once, in plain words."""
    read = {one.sought: measure.words(one.sought) for one in posed}
    return {sought: words for sought, words in read.items() if words}


def _over(posed: Sequence[Posed], _: Measure) -> Looks:
    """All of them: each counts for the quota that is spent."""
    return _all if any(one.is_over for one in posed) else _none


def _none(_: Posed) -> bool:
    return False


def _all(_: Posed) -> bool:
    return True


_LOOKS: dict[AlarmKind, Callable[[Sequence[Posed], Measure], Looks]] = {
    AlarmKind.MISSES: _misses,
    AlarmKind.WALK: _walk,
    AlarmKind.VARIATION: _variation,
    AlarmKind.QUOTA: _over,
}
