"""Reindexing: by what records are found is made anew from what was typed, while they stay found."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from node import store
from node.audit import Entry, Operation
from node.keeping import Keeping, Why
from node.store import Store, Tx

#: Records of one transaction: short enough that no question waits long for its turn.
BATCH = 250
#: Records that are marked as due in one transaction.
MARKED = 5_000

#: Hears how many records are done, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reindexing:
    """Makes keys and forms of an earlier version, or all of them, anew; one at a time.

    A record changes from its old keys to its new ones in one transaction: it is found before and
    after. What was killed goes on with the records that are still due.
    """

    store: Store
    keeping: Keeping
    version: int
    turn: threading.Lock

    def due(self) -> int:
        """How many records are found by keys of an earlier version."""
        with self.store.view() as view:
            return store.keys.due(view, self.version)

    def reindex(
        self, why: Why, *, is_all: bool = False, progress: Progress = lambda _done, _all: None
    ) -> int:
        """Reindex every record that is due; returns how many were. Written down twice."""
        with self.turn:
            if is_all:
                self._mark()
            every = self.due()
            with self.store.write() as tx:
                _write_down(tx, "reindexing", why, every)
            done = 0
            while count := self._reindexed():
                done += count
                progress(done, max(every, done))
            with self.store.write() as tx:
                _write_down(tx, "reindexed", why, done)
            return done

    def _mark(self) -> None:
        """Let every record be due, whatever its keys are."""
        last = 0
        while True:
            with self.store.write() as tx:
                marked = store.keys.mark_due(tx, after=last, limit=MARKED)
            if marked is None:
                return
            last = marked

    def _reindexed(self) -> int:
        """Reindex the next batch, its content read in the transaction that writes its keys."""
        with self.store.write() as tx:
            numbers = store.keys.outdated(tx, self.version, limit=BATCH)
            if numbers:
                self.keeping.refind(tx, numbers)
            return len(numbers)


def _write_down(tx: Tx, event: str, why: Why, count: int) -> None:
    entry = Entry(
        operation=Operation.ADMINISTRATION,
        event=event,
        person=why.by,
        role=why.role,
        reason=why.reason,
        counts={"records": count},
    )
    store.audit.append(tx, entry)
