"""Candidates: the records that share most with a question; bounded work whatever it asks."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from federation.messages import Sought
from node import store
from node.dates import PartialDate
from node.search.keying import (
    COMMON,
    LEFT,
    NUMBER,
    PAIR,
    PART,
    SOUND,
    VALUE,
    WHOLE,
    Key,
    guesses_of,
    keys_of,
    number_guesses_of,
)
from node.store import View
from node.store.keys import Carrier, RecordNumber
from node.store.markings import MarkingNumber

#: What a key says, rarity aside: a common given name alone is no lead, but two parts of a name
#: together are. A pair that is there but for one slip says less than one that is there; registers
#: hold the neighbours of every number, so what a slip leaves of one never crowds out a name.
SAYS = {NUMBER: 20.0, VALUE: 15.0, WHOLE: 2.0, PAIR: 1.2, PART: 1.0, SOUND: 0.6} | {
    LEFT: 0.7,
    COMMON: 0.3,
}
GUESS_SAYS = 0.8
#: How many records are read for a key of these families, and for one that is guessed; a key of
#: more is common.
_CAPS = ((NUMBER + VALUE + WHOLE + PAIR, 100), (PART + SOUND + LEFT + COMMON, 50))
_GUESS_CAP, _YEAR_CAP = 15, 200
_COMMON = 1_000
#: Records that are read for all keys of some families: a question of many keys reads fewer of each.
_MOST_READ = 4_000
#: What is left of a vote for a record that knows another year than the one asked for.
_OTHER_YEAR = 0.5

#: What a record needs of the votes of the best one, or of as many as a rare name has: on the free
#: scenario one candidate in six has less, and none of 1,281 right ones.
_LEAST_SHARE, _ENOUGH = 1 / 16, 30.0

#: Keys that are looked up and records that are scored for one question.
MOST_KEYS, MOST = 96, 80


def candidates(
    view: View, sought: Sought, *, markings: Collection[MarkingNumber] | None
) -> list[RecordNumber]:
    """The records worth scoring, those that share the rarest keys first.

    Rarity is counted among the records with these markings alone, so that what an asker may not
    see leaves no trace in the order or the time. Of a key that more records carry than are read,
    those of the year asked for are read, too.
    """
    votes = _Votes(view, markings, PartialDate.read(sought.birth_date).year)
    keys, slips = _most_telling(keys_of(sought)), number_guesses_of(sought)
    guesses = dict.fromkeys(slips, SAYS[VALUE]) | dict.fromkeys(guesses_of(sought), GUESS_SAYS)
    caps = _caps(keys)
    found = store.keys.probes(view, dict.fromkeys(guesses, _GUESS_CAP) | caps, markings=markings)
    for key, cap in caps.items():
        carriers = found.get(key, ())
        votes.cast(carriers, cap, SAYS[key[0]])
        if len(carriers) >= cap:
            votes.cast_of_year(key)
    for key, says in guesses.items():
        if key in found:
            votes.cast(found[key][:_GUESS_CAP], _GUESS_CAP, says)
    return votes.best()


@dataclass(frozen=True, slots=True)
class _Votes:
    """What the keys of a question say for each record that carries one of them."""

    view: View
    markings: Collection[MarkingNumber] | None
    year: int
    sums: dict[RecordNumber, float] = field(default_factory=lambda: defaultdict(float))

    def cast(self, carriers: Sequence[Carrier], cap: int, says: float) -> None:
        """Let a key vote; one that more records carry than are read counts as common."""
        is_common = len(carriers) >= cap
        self._count(carriers, _weight(says, _COMMON if is_common else len(carriers)))

    def cast_of_year(self, key: Key) -> None:
        """Let a key vote for those of its records that know the year asked for, if one is."""
        if self.year:
            records = store.keys.probe(
                self.view, key, markings=self.markings, cap=_YEAR_CAP, year=self.year
            )
            weight = _weight(SAYS[key[0]], len(records))
            self._count([(record, self.year) for record in records], weight)

    def best(self) -> list[RecordNumber]:
        """The records that most was said for, none for which next to nothing was."""
        least = min(max(self.sums.values(), default=0.0), _ENOUGH) * _LEAST_SHARE
        worth = [record for record, votes in self.sums.items() if votes >= least]
        return sorted(worth, key=lambda record: (-self.sums[record], record))[:MOST]

    def _count(self, carriers: Iterable[Carrier], weight: float) -> None:
        """Count a vote; for a record that knows another year only in part."""
        less, year, sums = weight * _OTHER_YEAR, self.year, self.sums
        for record, known in carriers:
            is_other = year and known and not -1 <= known - year <= 1
            sums[record] += less if is_other else weight


def _weight(says: float, count: int) -> float:
    return says * math.log1p(_COMMON / (count or 1))


def _caps(keys: Sequence[Key]) -> dict[Key, int]:
    """How many records are read for each key: fewer, where many keys of its families are asked."""
    most: dict[str, int] = {}
    for families, cap in _CAPS:
        count = sum(key[0] in families for key in keys)
        most |= dict.fromkeys(families, min(cap, _MOST_READ // (count or 1)))
    return {key: most[key[0]] for key in keys}


def _most_telling(keys: Iterable[Key]) -> list[Key]:
    """The keys that say most, when a question has more than are looked up."""
    return sorted(keys, key=lambda key: (-SAYS[key[0]], key))[:MOST_KEYS]
