"""Work done ahead: results come in order, and a process that died takes nothing with it."""

import os
from collections.abc import Iterator

import pytest

from node.ahead import Ahead


def doubled(number: int) -> int:
    """Twice a number; of none, the process dies."""
    if not number:
        os._exit(1)
    return 2 * number


@pytest.fixture
def ahead() -> Iterator[Ahead[int, int]]:
    made = Ahead(doubled)
    yield made
    made.close()


def test_each_task_has_its_result(ahead: Ahead[int, int]) -> None:
    results = []
    for number in (1, 2, 3):
        ahead.start(number)
        results.append(ahead.taken())

    assert results == [2, 4, 6]


def test_nothing_begun_is_nothing_done(ahead: Ahead[int, int]) -> None:
    assert ahead.taken() is None


def test_of_a_process_that_died_nothing_comes_and_nothing_breaks(ahead: Ahead[int, int]) -> None:
    ahead.start(0)
    gone = ahead.taken()
    ahead.start(1)

    assert (gone, ahead.taken()) == (None, None)


def test_what_was_begun_may_be_left(ahead: Ahead[int, int]) -> None:
    ahead.start(1)

    ahead.close()

    assert not ahead._process.is_alive()
