"""The open database: one transaction writes at a time, any number of snapshots read."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from federation.messages import MemberId
from node.audit import Notary
from node.errors import StoreError
from node.store.connection import reader, translated, writer
from node.store.known import Known
from node.store.together import Together
from node.store.turns import Turns

SomeView = TypeVar("SomeView", bound="View")
Result = TypeVar("Result")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class House:
    """Whose database it is: the member, its clock, and who signs its audit log."""

    member: MemberId
    clock: Clock
    notary: Notary


class View:
    """A snapshot of the database, to be handed to the verbs of this package while it lasts."""

    def __init__(self, connection: sqlite3.Connection, house: House, known: Known) -> None:
        self._connection: sqlite3.Connection | None = connection
        self.house = house
        self.known = known

    def _live(self) -> sqlite3.Connection:
        """The connection, as long as this lasts."""
        if self._connection is None:
            raise StoreError("a view was used after its end")
        return self._connection

    def _finish(self) -> None:
        """What is still to be done when its user is done without a fault."""

    def _end(self) -> None:
        """From now on using this view is an error, not a look into somebody else's snapshot."""
        self._connection = None


class Tx(View):
    """A transaction that writes; `now` is the same instant for everything in it."""

    def __init__(
        self, connection: sqlite3.Connection, house: House, known: Known, *, now: datetime
    ) -> None:
        super().__init__(connection, house, known)
        self.now = now
        self._last: dict[Callable[[Tx], None], None] = {}
        self._afterwards: dict[tuple[Callable[..., None], tuple[str | int, ...]], None] = {}

    @property
    def is_open(self) -> bool:
        """Whether it can still be committed: a full disk, say, undoes all of it at once."""
        return self._live().in_transaction

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        """What is done in this is undone alone when it raises; the rest stays."""
        connection = self._live()
        with translated():
            connection.execute("SAVEPOINT apart")
            try:
                yield
            except BaseException:
                self.known.forget()
                if self.is_open:
                    connection.execute("ROLLBACK TO apart")
                    connection.execute("RELEASE apart")
                raise
            connection.execute("RELEASE apart")

    def at_last(self, do: "Callable[[Tx], None]") -> None:
        """Have something done right before the commit, once however often it is said."""
        self._last[do] = None

    def once_kept(self, do: Callable[..., None], *about: str | int) -> None:
        """Have something done as soon as this is on disk, once however often it is said.

        It may never be done: whoever relies on it must find the same in the database at start.
        """
        self._afterwards[do, about] = None

    def kept(self) -> None:
        """It is on disk: do what was to be done then."""
        for do, about in self._afterwards:
            do(*about)

    def _finish(self) -> None:
        """Do what was to be done at last."""
        for do in self._last:
            do(self)


class Reading:
    """An open database that is read alone. Every use is a `view`, and ends with it.

    May be shared by threads. Readers never checkpoint.
    """

    def __init__(self, path: Path, house: House) -> None:
        self._path, self._house, self._known = path, house, Known()
        self._readers: list[sqlite3.Connection] = []
        self._idle: list[sqlite3.Connection] = []

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """A snapshot as of now that no writer disturbs."""
        with translated():
            connection = self._reader()
            try:
                connection.execute("BEGIN")
                connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
                yield from _until_end(View(connection, self._house, self._known))
            finally:
                connection.rollback()
                self._idle.append(connection)

    def close(self) -> None:
        """Close every connection; nobody may be using it any more."""
        with translated():
            for connection in self._readers:
                connection.close()

    def _reader(self) -> sqlite3.Connection:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        connection = reader(self._path)
        self._readers.append(connection)
        return connection


class Store(Reading):
    """An open database. Every use is a `view` or a `write`, and ends with it.

    May be shared by threads. One connection writes and checkpoints; readers never do.
    """

    def __init__(self, path: Path, house: House, *, is_durable: bool = True) -> None:
        super().__init__(path, house)
        self._turns = Turns()
        self._together = Together(self.write)
        self._writer = writer(path, is_durable=is_durable)

    @contextlib.contextmanager
    def write(self) -> Iterator[Tx]:
        """The one writing transaction: on disk when this ends, or nothing of it when it raises.

        Others wait for it in the order in which they came; a write inside a write is an error.
        """
        with self._turns, translated():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                tx = Tx(self._writer, self._house, self._known, now=self._house.clock())
                yield from _until_end(tx)
                self._writer.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        tx.kept()

    def together(self, work: Callable[[Tx], Result]) -> Result:
        """Work in a transaction shared with whoever else waits for one, and its result.

        It is on disk when this returns. What it raises undoes it alone; when the transaction as a
        whole fails, so does everything in it. Shorter than a `write` of one's own where many
        write a little: they wait for the disk once.
        """
        self._turns.check_free()
        return self._together.do(work)

    def close(self) -> None:
        """Close every connection, the writer last; nobody may be using the store any more."""
        super().close()
        with translated():
            self._writer.close()

    def _roll_back(self) -> None:
        """Undo what was written; a full disk may have done so already."""
        self._known.forget()
        self._writer.rollback()


def _until_end(view: SomeView) -> Iterator[SomeView]:
    """Hand a view out; once it comes back it is closed, whatever happened."""
    try:
        yield view
        view._finish()  # noqa: SLF001 - as below
    finally:
        view._end()  # noqa: SLF001 - ended where it was begun
