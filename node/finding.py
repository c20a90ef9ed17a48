"""Finding for the gate: one question at a time here, or in searchers beside the node."""

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from federation.messages import Reason, Sought
from node import store
from node.errors import SearcherError
from node.search import Found, find
from node.searchers import Searcher
from node.store import View
from node.store.keys import RecordNumber
from node.store.markings import MarkingNumber


class Finder(Protocol):
    """Finds as `search.find` does; called from several threads."""

    def __call__(
        self,
        view: View,
        sought: Sought,
        *,
        markings: Collection[MarkingNumber] | None,
        limit: int,
    ) -> Sequence[Found]:
        """The records that fit, best first."""

    def close(self) -> None:
        """Let go of what it needed; nobody may be using it any more."""


class Here:
    """Finds in this process, one question at a time.

    Search is Python, of which one thread runs at a time anyway: questions in hand together would
    only take the turn from one another, with every row that they read.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def __call__(
        self,
        view: View,
        sought: Sought,
        *,
        markings: Collection[MarkingNumber] | None,
        limit: int,
    ) -> Sequence[Found]:
        """The records that fit, best first."""
        with self._turn:
            return find(view, sought, markings=markings, limit=limit)

    def close(self) -> None:
        """Nothing is to be let go of."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What a searcher tells of a record that fits; its content is not handed about."""

    number: RecordNumber
    score: float
    is_strong: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A question as a searcher is asked it: what is sought, and among which markings."""

    sought: Sought
    markings: Collection[MarkingNumber] | None
    limit: int

    def done(self, view: View) -> list[Lead]:
        """The records that fit, best first."""
        found = find(view, self.sought, markings=self.markings, limit=self.limit)
        return [Lead(one.held.number, one.score, one.is_strong, one.reasons) for one in found]


class Beside:
    """Finds in so many searchers, from making this until `close`.

    One that ended before its time fails the question in its hands and is replaced.
    """

    def __init__(self, database: Path, *, count: int) -> None:
        self._start: Callable[[], Searcher] = lambda: Searcher(database)
        self._idle: SimpleQueue[Searcher] = SimpleQueue()
        self._count = count
        for _ in range(count):
            self._idle.put(self._start())

    def __call__(
        self,
        view: View,
        sought: Sought,
        *,
        markings: Collection[MarkingNumber] | None,
        limit: int,
    ) -> Sequence[Found]:
        """The records that fit, best first, as far as this view knows them."""
        leads = self._asked(Wish(sought, markings, limit))
        held = {one.number: one for one in store.records.load(view, [one.number for one in leads])}
        return [
            Found(held[one.number], one.score, one.is_strong, one.reasons)
            for one in leads
            if one.number in held
        ]

    def close(self) -> None:
        """End every searcher, once the question in its hands is answered."""
        with ExitStack() as stack:
            for _ in range(self._count):
                stack.callback(self._idle.get().end)

    def _asked(self, wish: Wish) -> list[Lead]:
        searcher = self._idle.get()
        try:
            return searcher.ask(wish)
        except SearcherError:
            searcher.end()
            searcher = self._start()
            raise
        finally:
            self._idle.put(searcher)
