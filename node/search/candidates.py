"""Candidates: the records that share most with a question; bounded work whatever it asks."""

import math
from collections import defaultdict
from collections.abc import Collection

from node import store
from node.search.keying import LEFT, NUMBER, PAIR, PART, SOUND, VALUE, WHOLE, Key
from node.store import View
from node.store.keys import RecordNumber
from node.store.markings import MarkingNumber

#: What a key says, rarity aside, and how many records are read for it: a common given name alone
#: is no lead, but two parts of a name together are. Registers hold the neighbours of every number:
#: what a slip leaves of one says so little that they never crowd out a name.
_SAYS = {NUMBER: 20.0, VALUE: 15.0, WHOLE: 2.0, PAIR: 1.2, PART: 1.0, SOUND: 0.6, LEFT: 1.0}
_CAPS = {NUMBER: 500, VALUE: 500, WHOLE: 500, PAIR: 500, PART: 300, SOUND: 300, LEFT: 100}

#: Keys that are looked up and records that are scored for one question.
MOST_KEYS, MOST = 96, 80


def candidates(
    view: View, keys: Collection[Key], *, markings: Collection[MarkingNumber] | None
) -> list[RecordNumber]:
    """The records worth scoring, those that share the rarest keys first.

    Rarity is counted among the records with these markings alone, so that what an asker may not
    see leaves no trace in the order or the time.
    """
    found: dict[RecordNumber, float] = defaultdict(float)
    for key in _most_telling(keys):
        family, cap = key[0], _CAPS[key[0]]
        records = store.keys.probe(view, key, markings=markings, cap=cap)
        says = _SAYS[family] * math.log1p(cap / (len(records) or 1))
        for record in records:
            found[record] += says
    ranked = sorted(found, key=lambda record: (-found[record], record))
    return ranked[:MOST]


def _most_telling(keys: Collection[Key]) -> list[Key]:
    """The keys that say most, when a question has more than are looked up."""
    return sorted(keys, key=lambda key: (-_SAYS[key[0]], key))[:MOST_KEYS]
