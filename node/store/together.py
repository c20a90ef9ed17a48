"""Together: pieces of work that share one transaction, and so one wait for the disk."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar


class Divisible(Protocol):
    """A transaction of which a part can be undone alone."""

    @property
    def is_open(self) -> bool:
        """Whether it can still be committed."""

    def apart(self) -> AbstractContextManager[None]:
        """What is done in this is undone alone when it raises."""


SomeTx = TypeVar("SomeTx", bound=Divisible)
Result = TypeVar("Result")


class Together(Generic[SomeTx]):
    """Whoever comes first does the work of all who came by the time of its turn.

    The database has one writer: while one transaction waits for the disk, those who want to
    write gather, and the next one is for all of them. Nobody returns before it is committed.
    """

    def __init__(self, write: Callable[[], AbstractContextManager[SomeTx]]) -> None:
        self._write = write
        self._guard = threading.Lock()
        self._waiting: list[_Piece[SomeTx]] = []

    def do(self, work: Callable[[SomeTx], Result]) -> Result:
        """Do a piece of work; it is on disk when this returns, and nothing of it when it raises.

        What one piece raises undoes that piece alone. Where the transaction as a whole fails,
        every piece in it raises that fault and none is kept.
        """
        piece = _Piece(work)
        with self._guard:
            self._waiting.append(piece)
            is_first = len(self._waiting) == 1
        if is_first:
            self._lead()
        result: Result = piece.ended.result()
        return result

    def _lead(self) -> None:
        pieces: list[_Piece[SomeTx]] = []
        try:
            with self._write() as tx:
                pieces = self._taken()
                for piece in pieces:
                    piece.begin(tx)
        except BaseException as fault:  # noqa: BLE001 - raised by each piece, ours among them
            for piece in pieces or self._taken():
                piece.ended.set_exception(fault)
        else:
            for piece in pieces:
                piece.end()

    def _taken(self) -> "list[_Piece[SomeTx]]":
        """All who wait; whoever comes from now on leads the next transaction."""
        with self._guard:
            taken, self._waiting = self._waiting, []
        return taken


class _Piece(Generic[SomeTx]):
    """One piece of work, and how it ended; that is told only when its transaction did."""

    def __init__(self, work: Callable[[SomeTx], Any]) -> None:
        self._work = work
        self._result: Any = None
        self._fault: Exception | None = None
        self.ended: Future[Any] = Future()

    def begin(self, tx: SomeTx) -> None:
        """Do the work; raises only when the transaction is lost with it."""
        try:
            with tx.apart():
                self._result = self._work(tx)
        except Exception as fault:
            if not tx.is_open:
                raise
            self._fault = fault

    def end(self) -> None:
        """Hand out the result: it is on disk."""
        if self._fault:
            self.ended.set_exception(self._fault)
        else:
            self.ended.set_result(self._result)
