"""How rare a part of a name is: what many bear says less of one.

Counted once on public lists (see `scripts/fit/rarity.py`), the same on every node, so that a
score does not depend on who holds the record.
"""

import math
from functools import lru_cache

from node.search.tables import lines

#: What is left of a part that nearly everybody bears, of persons and of things.
_LEAST_PERSON, _LEAST_THING = 0.35, 0.3
#: From this share of bearers on, as a power of ten, a part counts as common.
_RARE, _COMMON = -3.3, -0.9


@lru_cache(maxsize=32_768)
def rarity(stem: str, *, is_person: bool) -> float:
    """1 for a rare part, less for a common one, by the share of all names that have it."""
    share = _shares()[is_person].get(stem)
    if share is None:
        return 1.0
    commonness = (math.log10(share) - _RARE) / (_COMMON - _RARE)
    least = _LEAST_PERSON if is_person else _LEAST_THING
    return 1.0 - (1.0 - least) * min(1.0, max(0.0, commonness))


@lru_cache(maxsize=1)
def _shares() -> dict[bool, dict[str, float]]:
    """Whether of a person -> stem -> share of the counted who have it in a name."""
    shares: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for line in lines("rarity.tsv"):
        kind, stem, count, of = line.split("\t")
        shares[kind == "person"][stem] = int(count) / int(of)
    return shares
