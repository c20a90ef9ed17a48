"""Leaving: which alert leaves at once, which is gathered, and that nothing is without a way."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from node import store
from node.alerts.leaving import MOST_TOLD, Leaving, Way
from node.store.letters import Letter, Line
from tests.node.store.shelf import Shelf
from tests.node.store.test_letters import LINE

AT_ONCE = Way("webhook", timedelta(0))
GATHERED = Way("email", timedelta(minutes=5))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as made:
        yield made


def leave(shelf: Shelf, *lines: Line, ways: Sequence[Way] = (GATHERED,)) -> int:
    """Have lines leave; how often whoever carries them was rung."""
    rung: list[str] = []
    numbers = iter(range(10_000))
    leaving = Leaving(lambda: f"L-{next(numbers)}", ways, lambda: rung.append("rung"))
    for line in lines:
        with shelf.store.write() as tx:
            leaving.leave(tx, line)
    return len(rung)


def due(shelf: Shelf, way: str = "email") -> list[Letter]:
    """Every letter that is due now, each taken."""
    letters = []
    with shelf.store.write() as tx:
        while letter := store.letters.take(tx, way):
            letters.append(letter)
            store.letters.taken(tx, letter.id)
    return letters


def test_without_a_way_nothing_is_written(shelf: Shelf) -> None:
    assert leave(shelf, LINE, ways=()) == 0

    with shelf.store.view() as view:
        assert store.letters.states(view) == []


def test_each_way_has_a_letter_of_its_own(shelf: Shelf) -> None:
    assert leave(shelf, LINE, LINE, ways=(AT_ONCE, GATHERED)) == 2

    assert [len(letter.lines) for letter in due(shelf, "webhook")] == [1, 1]
    assert due(shelf) == []
    shelf.now += timedelta(minutes=5)
    assert [len(letter.lines) for letter in due(shelf)] == [2]


@pytest.mark.parametrize(
    "pressing",
    [replace(LINE, is_urgent=True), replace(LINE, purpose="threat-to-life")],
    ids=["urgent", "threat to life"],
)
def test_what_presses_is_never_gathered(shelf: Shelf, pressing: Line) -> None:
    leave(shelf, LINE, pressing, LINE)

    [letter] = due(shelf)
    assert (letter.lines, letter.is_urgent) == ((pressing,), True)
    shelf.now += timedelta(minutes=5)
    assert [one.lines for one in due(shelf)] == [(LINE, LINE)]


def test_a_letter_is_bounded(shelf: Shelf) -> None:
    leave(shelf, *[LINE] * (MOST_TOLD + 1))
    shelf.now += timedelta(minutes=5)

    assert [len(letter.lines) for letter in due(shelf)] == [MOST_TOLD, 1]


def test_what_is_undone_does_not_leave(shelf: Shelf) -> None:
    with pytest.raises(RuntimeError):
        _leave_in_vain(shelf)

    assert due(shelf, "webhook") == []


def _leave_in_vain(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        Leaving(lambda: "L-1", (AT_ONCE,)).leave(tx, LINE)
        raise RuntimeError
