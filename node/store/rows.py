"""SQL for the files of this package: run on a View's or Tx's connection, rows as tuples."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from node.store.engine import Tx, View

#: SQLite takes at most 32,766 variables; a batch this long keeps statements cacheable too.
BATCH = 500
#: Rows that one statement inserts.
_AT_ONCE = 16

Values = Sequence[Any]
Value = TypeVar("Value")


def select(view: View, sql: str, values: Values = ()) -> sqlite3.Cursor:
    """Rows of a query."""
    return _connection(view).execute(sql, values)


def one(view: View, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The first row of a query, or None."""
    row: tuple[Any, ...] | None = select(view, sql, values).fetchone()
    return row


def run(tx: Tx, sql: str, values: Values = ()) -> sqlite3.Cursor:
    """Run one statement that writes."""
    return _connection(tx).execute(sql, values)


def run_all(tx: Tx, sql: str, rows: Iterable[Values]) -> None:
    """Run one statement for each row."""
    _connection(tx).executemany(sql, rows)


def insert_all(tx: Tx, table: str, rows: Sequence[Values]) -> None:
    """Insert rows that are many and short, several in a statement: a quarter of the time less."""
    if not rows:
        return
    of_one = f"({marks(rows[0])})"
    whole = len(rows) - len(rows) % _AT_ONCE
    many = (chain.from_iterable(rows[at : at + _AT_ONCE]) for at in range(0, whole, _AT_ONCE))
    sql = f"INSERT INTO {table} VALUES "  # noqa: S608
    run_all(tx, sql + ",".join([of_one] * _AT_ONCE), map(list, many))
    run_all(tx, sql + of_one, rows[whole:])


def parts(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values in lists that are short enough for one statement."""
    every = list(values)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))


def marks(values: Sequence[Any]) -> str:
    """Placeholders for so many values."""
    return ",".join("?" * len(values))


def _connection(view: View) -> sqlite3.Connection:
    return view._live()  # noqa: SLF001 - this package owns it and nobody else sees it
