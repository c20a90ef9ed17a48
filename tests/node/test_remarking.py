"""Remarking: another word on how we are told, written down, and none that no list knows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from federation.errors import InvalidError, NotFoundError
from federation.messages import PersonId
from node import store
from node.audit import Entry, decode
from node.errors import RowError
from node.people import Role, person
from node.records import RecordId
from node.remarking import Remarking
from tests.node.store.shelf import SHOWN, Shelf, draft

ANN = person(PersonId("ann"), ["analyst"])


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as made:
        made.keep(draft())
        yield made


def tell(shelf: Shelf, word: str, record: str = "R1") -> None:
    remarking = Remarking(shelf.store, shelf.keeping)
    remarking.tell(RecordId(record), word, by=ANN, role=Role.ANALYST)


def last(shelf: Shelf) -> Entry:
    with shelf.store.view() as view:
        return [decode(row) for row in store.audit.read(view)][-1]


def test_nothing_but_the_word_changes_and_it_is_written_down(shelf: Shelf) -> None:
    tell(shelf, "first")

    record = shelf.held().record
    assert (record.marking, record.version) == (replace(SHOWN, tell="first"), 2)
    entry = last(shelf)
    assert (entry.event, entry.person, entry.role) == ("remarked", "ann", "analyst")
    assert entry.records == ("R1",)
    tell(shelf, "")
    assert shelf.held().record.marking == SHOWN


def test_a_word_that_no_list_knows_changes_nothing(shelf: Shelf) -> None:
    with pytest.raises(RowError, match="silently, openly, first"):
        tell(shelf, "loudly")

    assert shelf.held().record.marking == SHOWN


@pytest.mark.parametrize("name", ["P-1", "ours/P-1"])
def test_a_record_is_named_as_its_source_names_it(shelf: Shelf, name: str) -> None:
    tell(shelf, "first", name)

    assert shelf.held().record.marking.tell == "first"


def test_of_two_records_with_one_id_neither_changes_until_one_is_named(shelf: Shelf) -> None:
    shelf.keep(replace(draft(), source="other"))

    with pytest.raises(InvalidError, match="SOURCE/ID, of other, ours"):
        tell(shelf, "first", "P-1")
    tell(shelf, "first", "ours/P-1")

    assert shelf.held().record.marking.tell == "first"


def test_a_record_that_is_not_here_any_more_is_not_found(shelf: Shelf) -> None:
    shelf.withdraw("P-1")

    for record in ("R1", "R9"):
        with pytest.raises(NotFoundError):
            tell(shelf, "first", record)
