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
        return _LOOKS[kind](posed, self)


def misses(posed: Iterable[Posed]) -> int:
    """How many questions were answered without a strong hit."""
    return sum(one.is_miss is True for one in posed)


def _misses(posed: Sequence[Posed], measure: Measure) -> bool:
    answered = sum(one.is_miss is not None for one in posed)
    is_enough = bool(measure.miss_least) and answered >= measure.miss_least
    return is_enough and misses(posed) > measure.miss_share * answered


def _walk(posed: Sequence[Posed], measure: Measure) -> bool:
    """Names forwards or backwards in the order of the alphabet, by their first or their last word.

    Others may stand between them, and what was asked at the same time may come in any order.
    """
    if not 0 < measure.walk_least <= len(posed):
        return False
    words = list(dict.fromkeys(_read(posed, measure).values()))
    if len(words) < measure.walk_least:
        return False
    least = _BEYOND_CHANCE * math.sqrt(len(words))
    turned = [" ".join(reversed(one.split())) for one in words]
    rows = (words, words[::-1], turned, turned[::-1])
    return any(_in_order(row) >= least for row in rows)


def _in_order(words: Sequence[str]) -> int:
    """How long the longest row of words is that rises, whatever stands between them."""
    ends: list[str] = []
    for word in words:
        place = bisect_left(ends, word)
        ends[place : place + 1] = [word]
    return len(ends)


def _variation(posed: Sequence[Posed], measure: Measure) -> bool:
    """Forms of one name, or one name with ever other dates and numbers."""
    if not 0 < measure.variation_least <= len(posed):
        return False
    every = [" ".join(sorted(words.split())) for words in _read(posed, measure).values()]
    return any(_alike(form, every) >= measure.variation_least for form in set(every))


def _alike(form: str, every: Sequence[str]) -> int:
    found = process.extract(form, every, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None)
    return len(found)


def _read(posed: Sequence[Posed], measure: Measure) -> dict[bytes, str]:
    """What the last questions sought, each once, in plain words."""
    read = {one.sought: measure.words(one.sought) for one in posed[-COMPARED:]}
    return {sought: words for sought, words in read.items() if words}


def _over(posed: Sequence[Posed], _: Measure) -> bool:
    return any(one.is_over for one in posed)


_LOOKS: dict[AlarmKind, Callable[[Sequence[Posed], Measure], bool]] = {
    AlarmKind.MISSES: _misses,
    AlarmKind.WALK: _walk,
    AlarmKind.VARIATION: _variation,
    AlarmKind.QUOTA: _over,
}
