"""Virtual time: what is to be done next, and when."""

import heapq
import itertools
import random
from collections.abc import Callable

Do = Callable[[], None]


class Agenda:
    """What is to be done, in the order of its time; time goes on by doing it."""

    def __init__(self, chance: random.Random) -> None:
        self.now = 0.0
        self.chance = chance
        self._events: list[tuple[float, int, Do]] = []
        self._order = itertools.count()

    def at(self, time: float, do: Do) -> None:
        """Have something done at a time."""
        heapq.heappush(self._events, (time, next(self._order), do))

    def later(self, least_s: float, most_s: float, do: Do) -> None:
        """Have something done in a while."""
        self.at(self.now + self.chance.uniform(least_s, most_s), do)

    def next(self, *, before: float) -> Do | None:
        """What is done next, at the time that it now is; None when nothing is by then."""
        if not self._events or self._events[0][0] > before:
            self.now = before
            return None
        self.now, _, do = heapq.heappop(self._events)
        return do
