"""Searchers: processes of their own that find as a search does, in order, and end with us."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from federation.messages import Sought
from node.errors import SearcherError, StoreError
from node.searchers import AHEAD, BATCH, Rows, Searchers, _answer, _NoKey, matched
from node.store import House, Reading
from tests.node.search.register import EE, NOW, Notary, Register, person

HOUSE = House(EE, lambda: NOW, Notary())


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    made.holds(
        person("Anna Nowak", id="P-1", birthDate="1970-05-03"),
        person("Anna Nowak", id="P-2", birthDate="1988"),
        person("Jan Kowalski", id="P-3"),
    )
    yield made
    made.store.close()


def ids(register: Register, *questions: Sought, limit: int = 5) -> list[str]:
    with register.store.view() as view:
        found = matched(view, questions, limit=limit).found
    return [one.held.record.entity.id for one in found]


def test_a_row_finds_what_any_of_its_questions_finds_best_first(register: Register) -> None:
    kowalski, nowak = Sought("Jan Kowalsky"), Sought("Anna Nowak", "1970-05-03")

    assert ids(register, kowalski, nowak)[0] == "P-1"
    assert set(ids(register, kowalski, nowak)) == {"P-1", "P-2", "P-3"}
    assert ids(register, kowalski, nowak, limit=1) == ["P-1"]


def test_a_record_counts_by_the_question_that_it_fits_best(register: Register) -> None:
    near, right = Sought("Anna Novakova"), Sought("Anna Nowak", "1988")

    with register.store.view() as view:
        both, alone = (
            {one.held.record.entity.id: one.score for one in matched(view, asked, limit=5).found}
            for asked in ((right, near), (right,))
        )

    assert both["P-2"] == alone["P-2"]


def test_a_question_too_wide_is_left_out_beside_another_and_alone_a_fault(
    register: Register,
) -> None:
    wide, right = Sought("Anna"), Sought("Anna Nowak")

    with register.store.view() as view:
        beside = matched(view, (wide, right), limit=5)
        alone = matched(view, (wide,), limit=5)

    assert (len(beside.found), beside.left_out, beside.fault) == (2, 1, "")
    assert (alone.found, alone.left_out) == ((), 0)
    assert "birth date" in alone.fault


def test_answers_come_in_the_order_of_the_rows_and_as_a_search_finds(
    register: Register, tmp_path: Path
) -> None:
    rows = [(Sought("Anna Nowak"),), (), (Sought("Jan Kowalski"),), (Sought("Anna"),)] * BATCH
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]

    with Searchers(tmp_path / "amber.db", count=2, limit=5) as searchers:
        found = list(searchers.match(batches))

    with register.store.view() as view:
        assert found == [matched(view, questions, limit=5) for questions in rows]


def test_no_more_is_read_than_is_soon_asked(register: Register, tmp_path: Path) -> None:
    read = 0

    def batches() -> Iterator[list[tuple[Sought, ...]]]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield [(Sought("Anna Nowak"),)]

    with Searchers(tmp_path / "amber.db", count=1, limit=5) as searchers:
        next(searchers.match(batches()))

    assert register.ids(Sought("Anna Nowak"))
    assert read <= AHEAD


def test_a_searcher_that_is_killed_is_a_fault_and_none_is_left(
    register: Register, tmp_path: Path
) -> None:
    with Searchers(tmp_path / "amber.db", count=1, limit=5) as searchers:
        (process,) = [one._process for one in searchers._searchers]
        pid = process.pid
        assert pid is not None
        assert [one.found for one in searchers.match([[(Sought("Jan Kowalski"),)]])] != [()]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(SearcherError, match="before its time"):
            list(searchers.match([[(Sought("Jan Kowalski"),)]]))

    assert register.ids(Sought("Jan Kowalski")) == ["P-3"]
    assert not Path(f"/proc/{pid}").exists()


def test_a_searcher_hears_no_ctrl_c(register: Register, tmp_path: Path) -> None:
    with Searchers(tmp_path / "amber.db", count=1, limit=5) as searchers:
        pid = searchers._searchers[0]._process.pid
        assert pid is not None
        os.kill(pid, signal.SIGINT)
        (found,) = searchers.match([[(Sought("Jan Kowalski"),)]])

    assert [one.held.record.entity.id for one in found.found] == register.ids(
        Sought("Jan Kowalski")
    )


def test_what_a_searcher_meets_is_told_and_of_what_nobody_foresaw_its_kind_alone(
    register: Register, tmp_path: Path
) -> None:
    nonsense: Any = [(None,)]

    unforeseen = _answer(register.store, Rows(nonsense, 5))
    (tmp_path / "amber.db").rename(tmp_path / "elsewhere.db")
    foreseen = _answer(Reading(tmp_path / "amber.db", HOUSE), Rows([], 5))

    assert isinstance(unforeseen, SearcherError)
    assert str(unforeseen) == "AttributeError"
    assert isinstance(foreseen, StoreError)


def test_a_searcher_has_no_key() -> None:
    with pytest.raises(SearcherError):
        _NoKey().sign(b"anything")
    assert not _NoKey().holds(b"anything", b"signature")
