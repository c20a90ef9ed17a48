"""Sparing: a flood of calls that are turned away leaves few entries, and every call is counted."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from federation.errors import BrokenSealError, ClockError, FederationError, InvalidError
from federation.messages import MemberId
from node.sparing import EACH, EVERY_S, Sparing

EE, LV = MemberId("EE"), MemberId("LV")


@dataclass
class Book:
    """The gate as far as it writes down what is turned away."""

    entries: list[tuple[MemberId, str, int]] = field(default_factory=list)
    fault: Exception | None = None

    def turned_away(
        self, member: MemberId, fault: FederationError, _: object, *, calls: int = 1
    ) -> None:
        if self.fault:
            raise self.fault
        self.entries.append((member, fault.code, calls))

    def answer(self, *about: object) -> object:
        return about


class Hand:
    """A clock turned by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def sparing(book: Any, hand: Hand) -> Sparing:
    return Sparing(book, hand)


def test_a_few_have_an_entry_each() -> None:
    book = Book()
    door = sparing(book, Hand())

    for _ in range(EACH):
        door.turned_away(EE, InvalidError(), None)

    assert book.entries == [(EE, "invalid", 1)] * EACH


def test_of_a_flood_entries_say_how_many_and_none_is_left_out() -> None:
    book, hand = Book(), Hand()
    door = sparing(book, hand)

    for _ in range(60):
        for _ in range(1_000):
            door.turned_away(EE, BrokenSealError(), None)
        hand.now += 1
        door.tell()
    hand.now += EVERY_S
    door.tell()

    assert sum(calls for _, _, calls in book.entries) == 60_000
    assert len(book.entries) <= EACH + 60 / EVERY_S + 1


def test_one_members_flood_costs_another_and_another_reason_no_entry() -> None:
    book = Book()
    door = sparing(book, Hand())
    for _ in range(EACH + 50):
        door.turned_away(EE, InvalidError(), None)
    book.entries.clear()

    door.turned_away(EE, ClockError(), None)
    door.turned_away(LV, InvalidError(), None)

    assert book.entries == [(EE, "clock", 1), (LV, "invalid", 1)]


def test_once_it_was_quiet_for_long_each_has_an_entry_again() -> None:
    book, hand = Book(), Hand()
    door = sparing(book, hand)
    for _ in range(EACH):
        door.turned_away(EE, InvalidError(), None)
    hand.now += 5 * EVERY_S
    book.entries.clear()

    for _ in range(7):
        door.turned_away(EE, InvalidError(), None)

    assert book.entries == [(EE, "invalid", 1)] * 5


def test_what_could_not_be_written_is_told_and_written_later() -> None:
    book, hand = Book(fault=OSError("No space left on device")), Hand()
    door = sparing(book, hand)
    with pytest.raises(OSError, match="space"):
        door.turned_away(EE, InvalidError(), None)

    book.fault = None
    hand.now += EVERY_S
    door.tell()

    assert book.entries == [(EE, "invalid", 1)]


def test_a_question_goes_to_the_gate_as_it_is() -> None:
    about: Any = (1, 2, 3, 4)

    assert about == sparing(Book(), Hand()).answer(*about)
