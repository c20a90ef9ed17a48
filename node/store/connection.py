"""Connections to the database file as SQLite wants them, and its faults in our words."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from federation.errors import BusyError
from node.errors import StoreError

BUSY_TIMEOUT_S = 5
STATEMENTS = 512

#: Pages in the log before the writer checkpoints. The default of 1,000 makes a load write the
#: same pages of the key tree again and again; this many are 32 MiB.
CHECKPOINT_PAGES = 8_000
WRITER_CACHE_KIB, READER_CACHE_KIB = 128 * 1024, 16 * 1024

_SAID = {
    sqlite3.SQLITE_FULL: "the disk is full: make room, then do it again",
    sqlite3.SQLITE_IOERR: "the disk does not read or write",
    sqlite3.SQLITE_CORRUPT: "the database is damaged: restore the last backup",
    sqlite3.SQLITE_NOTADB: "the file is no database, or is damaged: restore the last backup",
    sqlite3.SQLITE_READONLY: "the database cannot be written: look at its owner and mode",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened: look at its owner and mode",
}


def writer(path: Path, *, is_durable: bool = True) -> sqlite3.Connection:
    """The one connection that writes and checkpoints.

    What is not durable may lose what it acknowledged when the power fails: for tests alone.
    """
    connection = _connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'OFF'}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
    connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {CHECKPOINT_PAGES * 4096 * 2}")
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """A connection that reads and never checkpoints."""
    connection = _connect(path)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """The driver's faults as ours: one sentence and the driver's name for it, never content."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise BusyError(f"another process writes to the database ({name})") from error
        raise StoreError(f"{_SAID.get(primary, str(error))} ({name})") from error


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that leaves transactions to us and never makes a file."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri,
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_S,
        cached_statements=STATEMENTS,
    )
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection
