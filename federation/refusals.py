"""Refusals: every call that a door ended by a fault, counted by member and reason."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from federation.errors import Code
from federation.messages import MemberId

#: Of one member and reason the log names the first, then how many there were, this often.
TOLD_EVERY_S = 10.0

#: What no node sends that is in order: a thousand of these a moment are meant to hurt.
NO_CALLS = frozenset(
    {Code.UNFINISHED, Code.UNKNOWN_METHOD, Code.INVALID, Code.BROKEN_SEAL, Code.STRANGER}
)

#: Whose call it was, and why it was refused.
Kind = tuple[MemberId, Code]


class Refusals:
    """Counts since the node began. May be used from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._guard = clock, threading.Lock()
        self._counts: Counter[Kind] = Counter()
        self._told: dict[Kind, tuple[int, float]] = {}

    def count(self, member: MemberId, reason: Code) -> int:
        """Count one more; returns of how many the log is to be told now, 0 when of none."""
        kind = member, reason
        with self._guard:
            self._counts[kind] += 1
            told, at = self._told.get(kind, (0, -TOLD_EVERY_S))
            if self._clock() - at < TOLD_EVERY_S:
                return 0
            self._told[kind] = self._counts[kind], self._clock()
            return self._counts[kind] - told

    def counts(self) -> Mapping[Kind, int]:
        """How many there were of each kind, in the order of members and reasons."""
        with self._guard:
            return dict(sorted(self._counts.items()))


class Flood:
    """Tells a flood at one door from what may happen: so many of `NO_CALLS` in so many seconds."""

    def __init__(
        self, most: int, within_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._within_s, self._clock = most, within_s, clock
        self._since, self._count = -within_s, 0

    def rises(self, reason: Code) -> bool:
        """Count one more; whether it is a flood now. After that it begins anew."""
        if reason not in NO_CALLS:
            return False
        now = self._clock()
        if now - self._since >= self._within_s:
            self._since, self._count = now, 0
        self._count += 1
        if self._count < self._most:
            return False
        self._since = -self._within_s
        return True
