"""What tables of a later version hold of a time before them: read once, from the audit log."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from node.audit import Framed
from node.store.instants import microseconds

_FRAMED = msgspec.json.Decoder(Framed)
_INSERT = "INSERT INTO exchange (member, book, at, entry, question, word) VALUES (?, ?, ?, ?, ?, ?)"


def exchanges(connection: sqlite3.Connection) -> None:
    """Questions asked and heard, how each ended, and the places that members gave for answers.

    What was said was not noted then. An entry that cannot be read is left to those who verify.
    """
    for one in _entries(connection):
        entry, at = one.entry, microseconds(one.at)
        if entry.event == "asked":
            asked = [member for member in entry.recipients if member != one.node]
            rows = [(member, "asked", at, one.seq, entry.question, "") for member in asked]
            connection.executemany(_INSERT, rows)
        elif entry.event == "gathered":
            words = [(*outcome.split(" ", 1), entry.question) for outcome in entry.counts]
            connection.executemany(
                "UPDATE exchange SET word = ?2"
                " WHERE member = ?1 AND book = 'asked' AND question = ?3",
                words,
            )
        elif entry.event in ("answered", "refused") and entry.peer != one.node:
            row = (entry.peer, "heard", at, one.seq, entry.question, entry.event)
            connection.execute(_INSERT, row)
    connection.execute(
        "UPDATE exchange SET theirs = r.entry FROM log_receipt r WHERE exchange.book = 'asked'"
        " AND r.member = exchange.member AND r.question = exchange.question"
    )


def _entries(connection: sqlite3.Connection) -> Iterator[Framed]:
    rows: Iterator[tuple[Any]]
    rows = connection.execute("SELECT CAST(data AS BLOB) FROM audit ORDER BY seq")
    for (data,) in rows:
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield _FRAMED.decode(data)
