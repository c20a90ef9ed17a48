"""Exchanges: what we asked each member and it asked us, and what of both our books show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.accounts import Book, Kept, Line
from federation.messages import MemberId, QuestionId
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.rows import one, run, run_all, select


@dataclass(frozen=True, slots=True)
class Reply:
    """How a member met our question: the word for it, and of an answer its digest and place."""

    word: str
    answer: str = ""
    theirs: int = 0


def ask(tx: Tx, members: Iterable[MemberId], entry: int, question: QuestionId, said: str) -> None:
    """Note that these members are asked, under the entry that says so."""
    rows = [(one, microseconds(tx.now), entry, question, said) for one in members]
    run_all(
        tx,
        "INSERT INTO exchange (member, book, at, entry, question, said)"
        " VALUES (?, 'asked', ?, ?, ?, ?)",
        rows,
    )


def gather(tx: Tx, member: MemberId, question: QuestionId, reply: Reply) -> None:
    """Note how a member met our question."""
    run(
        tx,
        "UPDATE exchange SET word = ?, answer = ?, theirs = ?"
        " WHERE member = ? AND book = 'asked' AND question = ?",
        (reply.word, reply.answer, reply.theirs, member, question),
    )


def hear(tx: Tx, member: MemberId, entry: int, question: str, reply: Reply) -> None:
    """Note how we met a member's question, under the entry that says so."""
    run(
        tx,
        "INSERT INTO exchange (member, book, at, entry, question, word, answer)"
        " VALUES (?, 'heard', ?, ?, ?, ?, ?)",
        (member, microseconds(tx.now), entry, question, reply.word, reply.answer),
    )


_QUESTION = (
    "SELECT at, word, x.entry, x.question, answer, theirs, q.statement, q.key_id, q.signature"
    " FROM exchange x LEFT JOIN question q"
    " ON x.book = 'heard' AND q.sender = x.member AND q.id = x.question"
)


def questions(  # noqa: PLR0913 - where a page begins and ends
    view: View,
    member: MemberId,
    book: Book,
    *,
    since: datetime,
    until: datetime,
    after: int = 0,
    most: int,
) -> list[Line]:
    """Lines of a book of questions in their order; of the moment `since` behind an entry.

    -1 for `most` is all.
    """
    rows = select(
        view,
        f"{_QUESTION} WHERE x.member = ? AND x.book = ? AND (x.at, x.entry) > (?, ?) AND x.at <= ?"
        " ORDER BY x.at, x.entry LIMIT ?",
        (member, book, microseconds(since), after, microseconds(until), most),
    )
    return [_asked_or_heard(row) for row in rows]


def first(view: View, member: MemberId, book: Book, question: str) -> Line | None:
    """Where a question stands first in a book, whenever that was."""
    row = one(
        view,
        f"{_QUESTION} WHERE x.member = ? AND x.book = ? AND x.question = ?"
        " ORDER BY x.at, x.entry LIMIT 1",
        (member, book, question),
    )
    return _asked_or_heard(row) if row else None


def said(view: View, member: MemberId, questions: Collection[str]) -> dict[str, str]:
    """The keyed digests of what we asked a member; of questions that were noted without, none."""
    found = (
        one(
            view,
            "SELECT question, said FROM exchange"
            " WHERE member = ? AND book = 'asked' AND question = ? AND said <> ''",
            (member, question),
        )
        for question in questions
    )
    return {row[0]: row[1] for row in found if row}


def sequences(
    view: View, member: MemberId, book: Book, since: datetime, until: datetime
) -> tuple[int, int]:
    """The first and last notice put in a member's outbox, or taken of it, in a period.

    Of none (1, 0).
    """
    table, at, _ = _MAIL[book]
    row = one(
        view,
        f"SELECT min(sequence), max(sequence) FROM {table}"  # noqa: S608
        f" WHERE member = ? AND {at} BETWEEN ? AND ?",
        (member, microseconds(since), microseconds(until)),
    )
    return (row[0], row[1]) if row and row[0] else (1, 0)


def notices(  # noqa: PLR0913 - where a page begins and ends
    view: View, member: MemberId, book: Book, *, after: int, through: int, most: int = -1
) -> list[Line]:
    """Lines of a book of notices behind a sequence up to another, in order; -1 is all."""
    table, at, word = _MAIL[book]
    rows = select(
        view,
        f"SELECT sequence, {at}, {word}, entry, statement, key_id, signature FROM {table}"  # noqa: S608
        " WHERE member = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
        (member, after, through, most),
    )
    return [
        Line(instant(row[1]), row[2], row[3], sequence=row[0], kept=Kept(*row[4:])) for row in rows
    ]


def taken(tx: Tx, member: MemberId, book: Book, sequences: range, entry: int) -> None:
    """Note the entry that says that these notices are at their receiver."""
    table, _, _ = _MAIL[book]
    run(
        tx,
        f"UPDATE {table} SET entry = ? WHERE member = ? AND sequence >= ? AND sequence < ?",  # noqa: S608
        (entry, member, sequences.start, sequences.stop),
    )


_MAIL = {
    Book.SENT: ("mail_out", "queued_at", "state"),
    Book.TAKEN: ("mail_in", "received_at", "ground"),
}


def _asked_or_heard(row: tuple[Any, ...]) -> Line:
    at, word, entry, question, answer, theirs, *kept = row
    return Line(
        instant(at),
        word,
        entry,
        id=question,
        answer=answer,
        theirs=theirs,
        kept=Kept(*kept) if kept[0] else None,
    )
