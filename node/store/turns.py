"""Turns: a lock that serves in the order of asking."""

import threading
from collections import deque
from types import TracebackType

from node.errors import StoreError


class Turns:
    """One holder at a time, first come first served.

    A plain lock lets the thread that just gave it up take it again: during a load, questions
    would wait for the whole of it and not for one batch.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder = 0
        self._waiting: deque[tuple[int, threading.Lock]] = deque()

    def __enter__(self) -> None:
        me, mine = threading.get_ident(), threading.Lock()
        self.check_free()
        with self._guard:
            if not self._holder:
                self._holder = me
                return
            mine.acquire()
            self._waiting.append((me, mine))
        try:
            mine.acquire()
        except BaseException:  # interrupted while waiting: nobody must be handed our turn
            self._leave(me, mine)
            raise

    def check_free(self) -> None:
        """Raise `StoreError` when whoever asks has the turn: it would wait for itself."""
        if self._holder == threading.get_ident():
            raise StoreError("a write was begun inside a write")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._guard:
            self._pass_on()

    def _leave(self, me: int, mine: threading.Lock) -> None:
        with self._guard:
            if (me, mine) in self._waiting:
                self._waiting.remove((me, mine))
            else:
                self._pass_on()

    def _pass_on(self) -> None:
        if not self._waiting:
            self._holder = 0
            return
        self._holder, turn = self._waiting.popleft()
        turn.release()
