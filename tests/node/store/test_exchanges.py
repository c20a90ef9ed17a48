"""Exchanges: what was so before there was a table of them is read from the log."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from federation.accounts import Book, Line
from federation.messages import MemberId, QuestionId
from federation.witness import EMPTY, TreeHead
from node import store
from node.audit import Entry, Operation
from node.store.exchanges import Reply
from tests.node.store.shelf import EE, NOW, Shelf

LV, PL = MemberId("LV"), MemberId("PL")


def lines(shelf: Shelf, member: MemberId, book: Book, until: datetime = NOW) -> list[Line]:
    with shelf.store.view() as view:
        return store.exchanges.questions(view, member, book, since=NOW, until=until, most=-1)


def test_books_of_before_are_made_of_the_log(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    disclosure, consultation = Operation.DISCLOSURE, Operation.CONSULTATION
    entries = [
        Entry(operation=consultation, event="asked", question="q-1", recipients=(EE, LV, PL)),
        Entry(operation=consultation, event="answered", question="q-1", peer=EE),
        Entry(
            operation=Operation.COMBINATION,
            event="gathered",
            question="q-1",
            counts={"EE answered": 0, "LV answered": 2, "PL late": 0},
        ),
        Entry(operation=disclosure, event="answered", question="q-2", peer=LV),
        Entry(operation=Operation.REFUSAL, event="refused", question="q-3", peer=LV),
    ]
    with shelf.store.write() as tx:
        for entry in entries:
            store.audit.append(tx, entry)
        store.witness.keep_receipt(tx, QuestionId("q-1"), 17, TreeHead(LV, 20, EMPTY, NOW))
    shelf.close()
    with closing(sqlite3.connect(shelf.file)) as database, database:
        database.execute("DROP TABLE exchange")
        database.execute("DROP INDEX mail_out_queued_at")
        database.execute("ALTER TABLE mail_out DROP COLUMN entry")
        database.execute("ALTER TABLE mail_in DROP COLUMN entry")
        database.execute("ALTER TABLE witnessed DROP COLUMN witnessed_at")
        database.execute("ALTER TABLE witnessed DROP COLUMN unproven")
        database.execute("ALTER TABLE rumour DROP COLUMN unproven")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = 'exchanges'")
        database.execute("INSERT INTO audit VALUES (6, 'edited', zeroblob(32), zeroblob(32))")

    again = Shelf(tmp_path)

    assert lines(again, LV, Book.ASKED) == [Line(NOW, "answered", 1, id="q-1", theirs=17)]
    assert lines(again, PL, Book.ASKED) == [Line(NOW, "late", 1, id="q-1")]
    assert lines(again, LV, Book.HEARD) == [
        Line(NOW, "answered", 4, id="q-2"),
        Line(NOW, "refused", 5, id="q-3"),
    ]
    assert lines(again, EE, Book.ASKED) == lines(again, EE, Book.HEARD) == []
    again.close()


def test_a_book_is_read_from_behind_a_line_on(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        for entry in (1, 2, 3):
            store.exchanges.hear(tx, LV, entry, f"q-{entry}", Reply("answered"))

    with shelf.store.view() as view:
        found = store.exchanges.questions(
            view, LV, Book.HEARD, since=NOW, until=NOW, after=1, most=1
        )

    assert [one.id for one in found] == ["q-2"]


def test_what_was_said_is_known_of_those_questions_alone_of_which_it_was_noted(
    shelf: Shelf,
) -> None:
    with shelf.store.write() as tx:
        store.exchanges.ask(tx, [LV], 1, QuestionId("q-1"), "keyed")
        store.exchanges.ask(tx, [LV, PL], 2, QuestionId("q-2"), "")

    with shelf.store.view() as view:
        assert store.exchanges.said(view, LV, ["q-1", "q-2", "q-3"]) == {"q-1": "keyed"}
        assert store.exchanges.first(view, LV, Book.HEARD, "q-1") is None
        assert store.exchanges.sequences(view, LV, Book.SENT, NOW, NOW) == (1, 0)
