"""A database whose disk fails: it fills up, a commit fails, or the process dies beside it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from node.errors import StoreError
from node.store import House, Store, Tx

#: Pages beyond any that a simulation needs.
_MANY = 1_000_000


class Crash(BaseException):
    """The process ends here, as by kill -9: nobody catches it but whoever started the process."""


class Disk:
    """What goes wrong with the next transactions, and who is told of those that went well.

    `meanwhile` is done before each transaction, as by another thread whose turn came first.
    """

    def __init__(self, committed: Callable[[], None], undone: Callable[[], None]) -> None:
        self.meanwhile: Callable[[], None] = lambda: None
        self._committed, self.undone = committed, undone
        self.fails_once = self.is_torn = self.is_gone = False

    def begins(self) -> None:
        """A transaction is about to begin."""
        self.meanwhile()

    def commits(self) -> None:
        """A transaction is whole and not on disk."""
        if self.fails_once:
            self.fails_once = False
            raise StoreError("the disk does not read or write (simulated)")
        if self.is_torn:
            raise Crash

    def committed(self) -> None:
        """A transaction is on disk, and whoever made it has not heard so."""
        self._committed()
        if self.is_gone:
            raise Crash

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.fails_once = self.is_torn = self.is_gone = False


class Faulty(Store):
    """A real store on such a disk."""

    def __init__(self, path: Path, house: House, disk: Disk) -> None:
        super().__init__(path, house, is_durable=False)
        self._disk = disk

    @contextlib.contextmanager
    def write(self) -> Iterator[Tx]:
        """As of any store, where the disk lets it."""
        self._disk.begins()
        try:
            with super().write() as tx:
                yield tx
                self._disk.commits()
        except BaseException:
            self._disk.undone()
            raise
        self._disk.committed()

    def fill(self) -> None:
        """From now on the file cannot grow: the database itself says that the disk is full."""
        (pages,) = self._writer.execute("PRAGMA page_count").fetchone()
        self._writer.execute(f"PRAGMA max_page_count = {pages}")

    def heal(self) -> None:
        """There is room again."""
        self._writer.execute(f"PRAGMA max_page_count = {_MANY}")
