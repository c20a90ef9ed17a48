"""Turns: first come, first served."""

import os
import signal
import threading

import pytest

from node.errors import StoreError
from node.store.turns import Turns


def waiting(turns: Turns, count: int) -> None:
    """Wait until so many threads stand in line."""
    while len(turns._waiting) < count:
        threading.Event().wait(0.001)


def test_whoever_asks_first_is_served_first() -> None:
    turns, served = Turns(), list[int]()

    def take(number: int) -> None:
        with turns:
            served.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    with turns:
        for number, thread in enumerate(threads):
            thread.start()
            waiting(turns, number + 1)
    for thread in threads:
        thread.join()

    assert served == [0, 1, 2, 3, 4]


def test_whoever_gives_a_turn_up_stands_behind_those_who_wait() -> None:
    turns, served = Turns(), list[str]()

    def take() -> None:
        with turns:
            served.append("other")

    thread = threading.Thread(target=take)
    with turns:
        thread.start()
        waiting(turns, 1)
    with turns:
        served.append("again")
    thread.join()

    assert served == ["other", "again"]


def test_a_turn_inside_a_turn_is_refused_and_the_first_one_stays() -> None:
    turns = Turns()

    with turns, pytest.raises(StoreError), turns:
        pass

    with turns:
        assert turns._holder == threading.get_ident()


def test_a_turn_ends_when_its_holder_fails() -> None:
    turns = Turns()

    with pytest.raises(KeyError), turns:
        raise KeyError

    assert not turns._holder


def test_whoever_is_interrupted_while_waiting_leaves_the_line() -> None:
    class CalledAwayError(Exception):
        pass

    def interrupt(*_: object) -> None:
        raise CalledAwayError

    def hold() -> None:
        with turns:
            held.set()
            waiting(turns, 1)
            os.kill(os.getpid(), signal.SIGUSR1)
            ended.wait()

    turns, held, ended = Turns(), threading.Event(), threading.Event()
    before = signal.signal(signal.SIGUSR1, interrupt)
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()

    with pytest.raises(CalledAwayError), turns:
        pass

    assert not turns._waiting
    ended.set()
    holder.join()
    signal.signal(signal.SIGUSR1, before)
    assert not turns._holder


def test_whoever_leaves_the_line_is_not_waited_for() -> None:
    turns, mine = Turns(), threading.Lock()

    with turns:
        turns._waiting.append((1, mine))
        turns._leave(1, mine)

    assert (turns._holder, list(turns._waiting)) == (0, [])


def test_a_turn_that_came_while_leaving_is_passed_on() -> None:
    turns, mine = Turns(), threading.Lock()
    turns._holder = 1

    turns._leave(1, mine)

    assert not turns._holder
