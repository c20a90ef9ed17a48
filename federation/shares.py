"""Shares: all members' calls are worked on by one machine, and none of them may have most of it."""

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator

from federation.messages import MemberId

#: A member that called so lately has a share.
LATELY_S = 1.0


class Shares:
    """Deals out turns to work on calls, `at_once` of them, in equal shares.

    A member of which nothing is worked on never waits. Of what is left, each that called lately
    has its equal part and no more, for as long as it called lately; among those that wait, who
    has least at work is next, and who has waited longest. May be used from several threads.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        self._guard = threading.Lock()
        self._at_work: Counter[MemberId] = Counter()
        self._waiting: dict[MemberId, deque[threading.Lock]] = {}
        self._lately: dict[MemberId, float] = {}

    @contextlib.contextmanager
    def turn(self, member: MemberId) -> Iterator[None]:
        """Wait for a turn of this member's, and have it until this ends."""
        self._begin(member)
        try:
            yield
        finally:
            self._end(member)

    def _begin(self, member: MemberId) -> None:
        mine = threading.Lock()
        with self._guard:
            self._lately[member] = self._clock()
            if member not in self._waiting and self._may_begin(member):
                self._at_work[member] += 1
                return
            mine.acquire()
            self._waiting.setdefault(member, deque()).append(mine)
        mine.acquire()

    def _end(self, member: MemberId) -> None:
        with self._guard:
            self._lately[member] = self._clock()
            self._at_work[member] -= 1
            while next_ := self._next():
                self._at_work[next_] += 1
                turns = self._waiting.pop(next_)
                turns.popleft().release()
                if turns:
                    self._waiting[next_] = turns  # behind the others now

    def _next(self) -> MemberId | None:
        able = (member for member in self._waiting if self._may_begin(member))
        return min(able, key=lambda member: self._at_work[member], default=None)

    def _may_begin(self, member: MemberId) -> bool:
        working = self._at_work[member]
        if not working:
            return True
        return working < self._share() and self._at_work.total() < self._at_once

    def _share(self) -> int:
        since = self._clock() - LATELY_S
        lately = sum(at >= since for at in self._lately.values())
        return max(1, self._at_once // max(1, lately))
