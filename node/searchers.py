"""Searchers: processes beside the node that find and do nothing else.

Trust: a searcher holds no key and no secret, cannot write, and speaks to nobody but the node that
started it; what it returns is released by the gate or not at all. It ends with its node, however
that ends.
"""

import contextlib
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol, TypeVar

from federation.errors import FederationError, InvalidError
from federation.messages import MemberId, Sought
from node import store
from node.errors import SearcherError
from node.search import Found, check_width, find
from node.store import House, View
from node.store.keys import RecordNumber

#: Rows that a searcher is handed at once, and how many such batches are in hand for each searcher.
BATCH, AHEAD = 25, 6
#: A list of names waits for the questions of people.
NICE = 5

Questions = Sequence[Sought]
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Work(Protocol[Result_co]):
    """What a searcher can be asked to do."""

    def done(self, view: View) -> Result_co:
        """What comes of it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found for one row, best first, or the fault for which it cannot be asked.

    `left_out` counts the questions of the row that are too wide where another is not.
    """

    found: tuple[Found, ...] = ()
    fault: str = ""
    left_out: int = 0


def matched(view: View, questions: Questions, *, limit: int) -> Matched:
    """The records that fit any question of a row, each by the question that it fits best.

    Looks at every record: for our own people alone, whose role was weighed before.
    """
    best: dict[RecordNumber, Found] = {}
    faults = []
    for sought in questions:
        try:
            check_width(sought)
        except InvalidError as fault:
            faults.append(str(fault))
            continue
        for found in find(view, sought, markings=None, limit=limit):
            known = best.get(found.held.number)
            if known is None or known.score < found.score:
                best[found.held.number] = found
    if faults and len(faults) == len(questions):
        return Matched(fault=faults[0])
    ranked = sorted(best.values(), key=lambda found: -found.score)
    return Matched(tuple(ranked[:limit]), left_out=len(faults))


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a list, to be matched in one go."""

    rows: Sequence[Questions]
    limit: int

    def done(self, view: View) -> list[Matched]:
        """What fits each row."""
        return [matched(view, questions, limit=self.limit) for questions in self.rows]


class Searchers:
    """So many searchers over one database, from entering this to leaving it.

    Each has a thread here that hands it rows and waits; answers come in the order of the rows.
    """

    def __init__(self, database: Path, *, count: int, limit: int) -> None:
        self._limit = limit
        self._searchers = [Searcher(database) for _ in range(count)]
        self._idle: SimpleQueue[Searcher] = SimpleQueue()
        for searcher in self._searchers:
            self._idle.put(searcher)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="searcher")

    def __enter__(self) -> "Searchers":
        return self

    def __exit__(self, *_: object) -> None:
        for searcher in self._searchers:
            searcher.end()
        self._threads.shutdown(cancel_futures=True)

    def match(self, batches: Iterable[Sequence[Questions]]) -> Iterator[Matched]:
        """What fits each row of each batch, in order; reads a few batches ahead and no more.

        Raises `SearcherError` when a searcher ended before its time, and what it met.
        """
        waiting: deque[Future[list[Matched]]] = deque()
        for batch in batches:
            waiting.append(self._threads.submit(self._ask, batch))
            if len(waiting) == AHEAD * len(self._searchers):
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _ask(self, batch: Sequence[Questions]) -> list[Matched]:
        searcher = self._idle.get()
        try:
            return searcher.ask(Rows(batch, self._limit))
        finally:
            self._idle.put(searcher)


class Searcher:
    """One searcher as the node sees it: a process and the line to it."""

    def __init__(self, database: Path) -> None:
        spawn = get_context("spawn")
        self._line, theirs = spawn.Pipe()
        self._process = spawn.Process(
            target=_serve, args=(theirs, database), name="searcher", daemon=True
        )
        # Ctrl-C reaches every process of a terminal; when searchers end is for the node to say.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def ask(self, work: Work[Result]) -> Result:
        """What comes of a piece of work."""
        try:
            self._line.send(work)
            answer: Result | FederationError = self._line.recv()
        except (EOFError, OSError):
            raise SearcherError("a searcher ended before its time") from None
        if isinstance(answer, FederationError):
            raise answer
        return answer

    def end(self) -> None:
        """End the process at once: it holds nothing that could be lost."""
        self._process.kill()
        self._process.join()
        self._process.close()
        with contextlib.suppress(OSError):
            self._line.close()


class _NoKey:
    """The notary of a process that has no key."""

    def sign(self, data: bytes) -> bytes:
        """Never."""
        raise SearcherError(f"a searcher has no key to sign {len(data)} bytes with")

    def holds(self, data: bytes, signature: bytes) -> bool:  # noqa: ARG002 - a notary's signature
        """Never known."""
        return False


def _serve(line: Connection, database: Path) -> None:
    """Do one piece of work after another until the node hangs up or is gone."""
    os.nice(NICE)
    house = House(MemberId(""), lambda: datetime.min.replace(tzinfo=UTC), _NoKey())
    with contextlib.suppress(EOFError, OSError):
        reading = store.look(database, house)
        while True:
            line.send(_answer(reading, line.recv()))
    # Whoever closes a database last checkpoints it, which only the node's writer may.
    os._exit(0)


def _answer(reading: store.Reading, work: Work[Result]) -> Result | FederationError:
    """What comes of a piece of work, or the fault; of what nobody foresaw its kind alone."""
    try:
        with reading.view() as view:
            return work.done(view)
    except FederationError as fault:
        return fault
    except Exception as error:  # noqa: BLE001 - the edge of a process: a text could be personal
        return SearcherError(type(error).__name__)
