"""The database file: made once, opened at its own version, brought up to date.

Trust: whoever can write the file can change what this agency holds. Edits of the audit log are
found by `audit verify`; an edit of a record is found only against a backup.
"""

import contextlib
import os
import sqlite3
from pathlib import Path

from sqlite_utils import Database

from node.errors import ConfigError, HomeError
from node.store.connection import reader, translated, writer
from node.store.engine import House, Reading, Store
from node.store.migrations import APPLICATION_ID, NAMES, migrations

MODE = 0o600


def create(path: Path) -> None:
    """Make a new, empty database that only its owner can read; never over an existing one.

    When it cannot be made whole, nothing is left of it.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, MODE))
    except FileExistsError:
        raise HomeError(f"{path.name} is there already: nothing was changed") from None
    try:
        with translated(), contextlib.closing(writer(path)) as connection:
            migrations.apply(_database(connection))
    except BaseException:
        path.unlink()
        raise


def open(  # noqa: A001 - store.open, as io.open
    path: Path, house: House, *, secret: bytes | None = None, is_durable: bool = True
) -> Store:
    """Open a database and bring its schema up to date; never makes one.

    `secret` is for a driver that encrypts, which this build does not have. What is not durable
    may lose what it acknowledged when the power fails: for tests alone.

    Raises `HomeError` for a file that is missing, is not ours or is of a newer Amber.
    """
    if secret is not None:
        raise ConfigError("an encrypted database is not supported by this build: give no secret")
    if not path.is_file():
        raise HomeError(f"{path.name} is missing: restore it from a backup, or make a new home")
    with translated():
        _check(path)
        with contextlib.closing(writer(path)) as connection:
            migrations.apply(_database(connection))
        return Store(path, house, is_durable=is_durable)


def look(path: Path, house: House) -> Reading:
    """Open a database to be read alone, beside the process that has it open to write.

    Raises `HomeError` as `open` does; it brings nothing up to date.
    """
    with translated():
        _check(path)
        return Reading(path, house)


def _check(path: Path) -> None:
    """Look before anything is written: the file may be none of ours, or of a later day."""
    with contextlib.closing(reader(path)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        applied = {one.name for one in migrations.applied(_database(connection))}
    if application != APPLICATION_ID:
        raise HomeError(f"{path.name} is not a database of Amber")
    if newer := sorted(applied - NAMES):
        raise HomeError(
            f"{path.name} was written by a newer Amber ({', '.join(newer)}): install that one"
        )


def _database(connection: sqlite3.Connection) -> Database:
    """sqlite-utils over our connection, without the plugins that happen to be installed."""
    return Database(connection, execute_plugins=False)
