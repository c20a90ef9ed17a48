"""Shares: who of many that wait is next, and that nobody has most of it."""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from federation.messages import MemberId
from federation.shares import LATELY_S, Shares
from tests.federation.test_refusals import Hand
from tests.federation.world import EE, LT, LV


class Room:
    """Shares, and threads that take turns and keep them until they are told to end."""

    def __init__(self, at_once: int) -> None:
        self.hand = Hand()
        self.shares = Shares(at_once, self.hand)
        self.working: list[MemberId] = []
        self.begun: list[MemberId] = []
        self.threads = ThreadPoolExecutor(40)
        self.ends: list[tuple[MemberId, threading.Event]] = []
        self._all: list[threading.Event] = []
        self._over = 0

    def calls(self, member: MemberId, count: int = 1) -> None:
        """So many calls come, and either are worked on or wait."""
        for _ in range(count):
            came, end = threading.Event(), threading.Event()
            self._all.append(end)
            self.threads.submit(self._turn, member, came, end)
            came.wait(5)
            self.settle()

    def _turn(self, member: MemberId, came: threading.Event, end: threading.Event) -> None:
        came.set()
        with self.shares.turn(member):
            self.working.append(member)
            self.begun.append(member)
            self.ends.append((member, end))
            end.wait(10)
            self.working.remove(member)

    def ends_one(self, member: MemberId) -> None:
        """The oldest call of a member's that is worked on ends."""
        place = next(place for place, (whose, _) in enumerate(self.ends) if whose == member)
        self.ends.pop(place)[1].set()
        self._over += 1
        self.settle()

    def settle(self) -> None:
        """Let every thread go on until each call is worked on, or waits, or is over."""
        until = time.monotonic() + 5
        while not self._is_settled():
            assert time.monotonic() < until, "a call neither waits nor is worked on"
            time.sleep(0.001)

    def _is_settled(self) -> bool:
        waiting = sum(map(len, self.shares._waiting.values()))
        at_work = self.shares._at_work.total()
        is_whole = waiting + at_work == len(self._all) - self._over
        return is_whole and len(self.working) == len(self.ends) == at_work

    def close(self) -> None:
        for end in self._all:
            end.set()
        self.threads.shutdown()


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room(at_once=4)
    yield made
    made.close()


def test_a_member_alone_has_all_there_is(room: Room) -> None:
    room.calls(EE, 6)

    assert room.working == [EE] * 4


def test_a_member_of_which_nothing_is_worked_on_never_waits(room: Room) -> None:
    room.calls(EE, 10)

    room.calls(LV)
    room.calls(LT)

    assert sorted(room.working) == [EE, EE, EE, EE, LT, LV]


def test_among_those_that_called_lately_each_has_its_part_and_no_more(room: Room) -> None:
    room.calls(EE, 10)
    room.calls(LV, 3)

    for _ in range(3):
        room.ends_one(EE)

    assert sorted(room.working) == [EE, EE, LV, LV]


def test_the_part_of_a_member_that_calls_no_more_is_free_again(room: Room) -> None:
    room.calls(LV)
    room.calls(EE, 10)
    room.ends_one(LV)
    assert room.working == [EE, EE]

    room.hand.now += 2 * LATELY_S
    room.ends_one(EE)

    assert room.working == [EE] * 4


def test_who_has_least_at_work_is_next_and_then_who_has_waited_longest() -> None:
    room = Room(at_once=3)
    room.calls(EE, 3)
    room.calls(LT, 2)
    room.calls(LV, 2)
    room.hand.now += 2 * LATELY_S  # nobody called lately: whoever ends has all there is

    for _ in range(4):
        room.ends_one(room.working[0])

    room.close()
    assert room.begun[:7] == [EE, EE, EE, LT, LV, LT, LV]


def test_a_turn_ends_also_with_a_fault(room: Room) -> None:
    for _ in range(20):
        with pytest.raises(KeyError), room.shares.turn(EE):
            raise KeyError

    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(room.shares.turn(EE))


def test_turns_are_never_lost_under_many_threads() -> None:
    shares, members = Shares(3), [EE, LV, LT]
    done: list[MemberId] = []

    def work(number: int) -> None:
        with shares.turn(members[number % 3]):
            done.append(members[number % 3])

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(3_000)))

    assert {member: done.count(member) for member in members} == dict.fromkeys(members, 1_000)


def test_a_process_that_was_stopped_in_the_midst_of_a_turn_still_deals_them_out() -> None:
    """So long after it called that nobody called lately, its own call among them."""
    seconds = itertools.count(step=2 * LATELY_S)
    shares = Shares(2, lambda: next(seconds))

    with shares.turn(EE), shares.turn(EE), shares.turn(LV):
        pass

    with shares.turn(EE):  # nobody's turn was lost
        pass
