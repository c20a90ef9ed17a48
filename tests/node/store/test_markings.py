"""Markings: one row for each distinct one, and who they reach."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.messages import Marking, MemberId, Share
from node import store
from tests.node.store.shelf import NOW, SHOWN, Notary, Shelf, shown_to

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
markings = st.builds(
    Marking,
    share=st.sampled_from(Share),
    audience=st.frozensets(words, max_size=3),
    handling=st.frozensets(words, max_size=3),
    handling_text=words,
    topic=words,
    category=words,
    grade_scheme=words,
    source_grade=words,
    information_grade=words,
    review_on=st.none() | st.dates(),
    owner=words.map(MemberId),
    tell=words,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(markings)
def test_a_marking_comes_back_as_it_was(shelf: Shelf, marking: Marking) -> None:
    with shelf.store.write() as tx:
        number = store.markings.number(tx, marking)
    shelf.store._known.forget()

    with shelf.store.view() as view:
        assert store.markings.read(view, [number]) == {number: marking}


def test_a_marking_is_one_row_however_often_it_is_used(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        first = store.markings.number(tx, SHOWN)
    shelf.store._known.forget()

    with shelf.store.write() as tx:
        again = store.markings.number(tx, replace(SHOWN))
        another = store.markings.number(tx, replace(SHOWN, review_on=date(2030, 1, 1)))

    assert first == again != another


def test_a_marking_of_before_there_was_tell_is_the_same_row(tmp_path: Path) -> None:
    file = tmp_path / "amber.db"
    with closing(sqlite3.connect(file)) as database:
        golden = Path(__file__).parents[2] / "golden" / "store_v2.sql"
        database.executescript(golden.read_text(encoding="utf-8"))
    opened = store.open(file, store.House(MemberId("EE"), lambda: NOW, Notary()))

    with closing(opened), opened.write() as tx:
        held = store.records.by_source(tx, "ours", ["P-1"])["P-1"]
        again = store.markings.number(tx, replace(held.record.marking))

    assert (held.record.marking.tell, again) == ("", held.marking)


def test_a_store_knows_whether_any_owner_is_told_first(shelf: Shelf) -> None:
    known = []
    with shelf.store.write() as tx:
        for tell in ("", "silently", "openly", "first"):
            store.markings.number(tx, replace(SHOWN, tell=tell))
            known.append(store.markings.has_told_first(tx))

    assert known == [False, False, False, True]


@pytest.mark.parametrize(
    ("marking", "is_reached"),
    [
        (shown_to("LV"), True),
        (shown_to("ALL"), True),
        (shown_to("group:baltic"), True),
        (shown_to("LV", "LT"), True),
        (shown_to("LT"), False),
        (shown_to("group:nordic"), False),
        (shown_to(), False),
        (shown_to("lv"), False),
        (shown_to("ALL", share=Share.HIDDEN), False),
        (shown_to("LV", share=Share.HIT), True),
        (Marking(), False),
    ],
)
def test_a_marking_reaches_whom_it_names_unless_it_is_hidden(
    shelf: Shelf, marking: Marking, is_reached: bool
) -> None:
    with shelf.store.write() as tx:
        number = store.markings.number(tx, marking)

    with shelf.store.view() as view:
        reached = store.markings.reaching(view, {"LV", "ALL", "group:baltic"})

    assert reached == ({number: marking} if is_reached else {})
