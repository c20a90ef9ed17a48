"""Cells: places and times as nodes of trees, so that what overlaps shares a token; pure.

A time or a place is covered by the fewest nodes of a tree; whatever is in two covers lies in a
node of each, of which one holds the other or is it. One side therefore offers its cover and what
holds it, the other one asks for it the other way round: they have a token in common exactly when
some node of one cover holds a node of the other. Which level either is on makes no difference.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Hours as the leaves of a binary tree; its top holds some 85 days.
_TOP_OF_TIMES = 11
#: The sides of cells in metres, each four of the one before it: some 125 m to 32 km.
_SIDES_M = (125, 500, 2_000, 8_000, 32_000)
_STEP = 4
#: The widest circle is one that the largest cells are not smaller than.
MOST_RADIUS_M = _SIDES_M[-1] / 2
#: Metres of one degree of latitude; further north than this a degree of longitude says little.
_METRES, MOST_LATITUDE = 111_195.0, 84.0
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Node = str


@dataclass(frozen=True, slots=True)
class Cover:
    """The nodes that cover something, and every node that holds one of them."""

    exact: frozenset[Node]
    above: frozenset[Node]

    def asked(self) -> frozenset[str]:
        """Its tokens on the side that asks."""
        return _labelled(self.exact, "c") | _labelled(self.above, "a")

    def offered(self) -> frozenset[str]:
        """Its tokens on the side that answers."""
        return _labelled(self.exact | self.above, "c") | _labelled(self.exact, "a")


def hours(begins_at: datetime, ends_at: datetime) -> Cover:
    """The hours of a time: one that has begun counts whole."""
    low = (begins_at - _EPOCH) // _HOUR
    high = max(-((_EPOCH - ends_at) // _HOUR), low + 1)
    exact = list(_spanned(low, high))
    above = {
        (level, place >> (level - leaf))
        for leaf, place in exact
        for level in range(leaf + 1, _TOP_OF_TIMES + 1)
    }
    return _cover(exact, above)


def circle(latitude: float, longitude: float, radius_m: float) -> Cover:
    """The cells of a circle on the map, of about its size: at most a few.

    A degree of longitude is as long as in the middle of its band of latitude, which is one row of
    the largest cells; so each point lies in exactly one cell of every size.
    """
    level = next(level for level, side in enumerate(_SIDES_M) if side >= 2 * radius_m)
    side, middle = _SIDES_M[level], latitude * _METRES
    exact = [
        (level, row, column)
        for row in _range(middle - radius_m, middle + radius_m, side)
        for column in _columns(row, level, (latitude, longitude), radius_m)
    ]
    above = {
        (higher, row // _STEP ** (higher - level), column // _STEP ** (higher - level))
        for _, row, column in exact
        for higher in range(level + 1, len(_SIDES_M))
    }
    return _cover(exact, above)


def _spanned(low: int, high: int) -> Iterable[tuple[int, int]]:
    """The fewest nodes of the binary tree that hold the leaves from `low` to before `high`."""
    level = 0
    while low < high:
        if low & 1 or level == _TOP_OF_TIMES:
            yield level, low
            low += 1
        if high & 1 and low < high:
            high -= 1
            yield level, high
        if level < _TOP_OF_TIMES:
            low, high, level = low >> 1, high >> 1, level + 1


def _columns(row: int, level: int, at: tuple[float, float], radius_m: float) -> range:
    latitude, longitude = at
    band = row // _STEP ** (len(_SIDES_M) - 1 - level)
    middle = (band + 0.5) * _SIDES_M[-1] / _METRES
    metres = _METRES * math.cos(math.radians(middle))
    furthest = min(abs(latitude) + radius_m / _METRES, 89.0)
    reach = radius_m / (_METRES * math.cos(math.radians(furthest)))
    return _range((longitude - reach) * metres, (longitude + reach) * metres, _SIDES_M[level])


def _range(low: float, high: float, side: int) -> range:
    return range(math.floor(low / side), math.floor(high / side) + 1)


def _cover(exact: Iterable[tuple[int, ...]], above: Iterable[tuple[int, ...]]) -> Cover:
    return Cover(frozenset(map(_node, exact)), frozenset(map(_node, above)))


def _node(place: tuple[int, ...]) -> Node:
    return "/".join(map(str, place))


def _labelled(nodes: Iterable[Node], label: str) -> frozenset[str]:
    return frozenset(f"{label}{node}" for node in nodes)
