"""Finding for the gate: the same records, wherever they are searched for."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from federation.messages import Marking, Share, Sought
from node import store
from node.errors import SearcherError
from node.finding import Beside, Finder, Here
from node.search import Found, find
from node.store.markings import MarkingNumber
from tests.node.search.register import Register, person

NOWAK = Sought("Anna Nowak", kind="person")
SEEN = Marking(share=Share.FULL, audience=frozenset({"LV"}))


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    made.holds(person("Anna Nowak", id="P-1"), person("Anna Novak", id="P-2"), marking=SEEN)
    made.holds(person("Anna Nowak", id="P-3"))
    yield made
    made.store.close()


def found(
    register: Register, finder: Finder, markings: frozenset[MarkingNumber] | None = None
) -> list[Found]:
    with register.store.view() as view:
        return list(finder(view, NOWAK, markings=markings, limit=5))


def seen(register: Register) -> frozenset[MarkingNumber]:
    with register.store.view() as view:
        return frozenset(store.markings.reaching(view, {"LV"}))


@pytest.mark.parametrize("is_seen", [True, False])
def test_here_and_beside_find_what_a_search_finds(
    register: Register, tmp_path: Path, *, is_seen: bool
) -> None:
    markings = seen(register) if is_seen else None

    with closing(Beside(tmp_path / "amber.db", count=1)) as beside:
        both = [found(register, Here(), markings), found(register, beside, markings)]

    with register.store.view() as view:
        assert both == [find(view, NOWAK, markings=markings, limit=5)] * 2
    assert len(both[0]) == (2 if is_seen else 3)


def test_a_record_that_came_after_the_view_is_not_found_beside(
    register: Register, tmp_path: Path
) -> None:
    with closing(Beside(tmp_path / "amber.db", count=1)) as beside, register.store.view() as view:
        before = [one.held.number for one in beside(view, NOWAK, markings=None, limit=5)]
        register.holds(person("Anna Nowak", id="P-4"))
        after = [one.held.number for one in beside(view, NOWAK, markings=None, limit=5)]

    assert len(before) == 3
    assert before == after


def test_a_searcher_that_ended_fails_one_question_and_is_replaced(
    register: Register, tmp_path: Path
) -> None:
    with closing(Beside(tmp_path / "amber.db", count=1)) as beside:
        first = beside._idle.get()
        beside._idle.put(first)
        pid = first._process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

        with pytest.raises(SearcherError, match="before its time"):
            found(register, beside)
        again = found(register, beside)

    assert again == found(register, Here())
    assert not Path(f"/proc/{pid}").exists()


def test_none_is_left_when_it_is_closed(register: Register, tmp_path: Path) -> None:
    beside = Beside(tmp_path / "amber.db", count=2)
    both = [beside._idle.get() for _ in range(2)]
    for one in both:
        beside._idle.put(one)
    pids = [one._process.pid for one in both]

    beside.close()

    assert all(pid and not Path(f"/proc/{pid}").exists() for pid in pids)
    assert register.ids(NOWAK)
