"""Quotas: any hour and any day, by member, analyst and case, through restarts, naming nobody."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from federation.messages import Asker, MemberId, PersonId, Question, QuestionId, Sought
from node import store
from node.quotas import Quota, Quotas
from node.store import Tx
from tests.node.store.shelf import NOW, Shelf

LV, LT = MemberId("LV"), MemberId("LT")
KEY = b"k" * 32


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.close()


def asked(person: str = "ilze", case: str = "CASE-1") -> Question:
    asker = Asker(PersonId(person), "analyst")
    return Question(QuestionId("q"), asker, case, "investigation", Sought(name="Anna Nowak"))


def take(
    shelf: Shelf, quotas: Quotas, times: int = 1, *, by: Question | None = None, of: MemberId = LV
) -> list[bool]:
    """Whether each of so many questions is let through."""
    with shelf.store.write() as tx:
        return [not quotas.take(tx, of, by or asked()) for _ in range(times)]


def test_a_quota_lets_as_many_through_as_it_says(shelf: Shelf) -> None:
    quotas = Quotas(KEY, member=Quota(per_hour=3))

    assert take(shelf, quotas, 5) == [True, True, True, False, False]


def test_any_hour_counts_and_not_those_of_a_clock(shelf: Shelf) -> None:
    quotas = Quotas(KEY, analyst=Quota(per_hour=4))
    taken = []

    for _ in range(13):
        taken += take(shelf, quotas, 2)
        shelf.now += timedelta(minutes=10)

    hours = [sum(taken[start : start + 12]) for start in range(0, len(taken) - 12, 2)]
    assert max(hours) == 4


def test_what_was_refused_does_not_count(shelf: Shelf) -> None:
    quotas = Quotas(KEY, member=Quota(per_hour=2))
    take(shelf, quotas, 50)

    shelf.now += timedelta(hours=1, seconds=1)

    assert take(shelf, quotas, 3) == [True, True, False]


def test_a_day_counts_beside_its_hours(shelf: Shelf) -> None:
    quotas = Quotas(KEY, case=Quota(per_hour=2, per_day=3))
    assert take(shelf, quotas, 3) == [True, True, False]
    shelf.now += timedelta(hours=2)

    assert take(shelf, quotas, 2) == [True, False]

    shelf.now += timedelta(hours=22, seconds=1)
    assert take(shelf, quotas, 2) == [True, True]


@pytest.mark.parametrize(
    ("quotas", "others"),
    [
        (Quotas(KEY, member=Quota(1)), [True, False, False]),
        (Quotas(KEY, analyst=Quota(1)), [True, True, False]),
        (Quotas(KEY, case=Quota(1)), [True, False, True]),
    ],
    ids=["member", "analyst", "case"],
)
def test_each_counts_for_itself(shelf: Shelf, quotas: Quotas, others: list[bool]) -> None:
    take(shelf, quotas)

    [another_member] = take(shelf, quotas, of=LT)
    [another_person] = take(shelf, quotas, by=asked(person="juris"))
    [another_case] = take(shelf, quotas, by=asked(case="CASE-2"))

    assert [another_member, another_person, another_case] == others


def test_a_case_is_the_same_however_it_is_spelt(shelf: Shelf) -> None:
    quotas = Quotas(KEY, case=Quota(1))
    take(shelf, quotas)

    assert take(shelf, quotas, by=asked(case=" case-1 ")) == [False]


def test_a_restart_forgets_nothing(shelf: Shelf) -> None:
    quotas = Quotas(KEY, member=Quota(per_hour=3), analyst=Quota(per_day=2))
    take(shelf, quotas)
    shelf.close()

    again = Shelf(shelf.folder)

    assert take(again, quotas, 3) == [True, False, False]
    again.close()


def test_a_transaction_that_fails_counts_nothing(shelf: Shelf) -> None:
    quotas = Quotas(KEY, member=Quota(per_hour=1))

    def taken_and_failed(tx: Tx) -> None:
        quotas.take(tx, LV, asked())
        raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        shelf.store.together(taken_and_failed)

    assert take(shelf, quotas) == [True]


def test_no_more_is_kept_than_is_counted(shelf: Shelf) -> None:
    quotas = Quotas(KEY, member=Quota(per_hour=5))
    for _ in range(9):
        take(shelf, quotas, 5)
        shelf.now += timedelta(hours=1)

    with closing(sqlite3.connect(shelf.file)) as database:
        assert database.execute("SELECT count(*) FROM quota").fetchone() == (5,)


def test_what_no_quota_counts_is_forgotten(shelf: Shelf) -> None:
    take(shelf, Quotas(KEY, member=Quota(9), analyst=Quota(9), case=Quota(9)), 2)

    with shelf.store.write() as tx:
        assert store.quotas.forget(tx, NOW) == 0
        assert store.quotas.forget(tx, NOW + timedelta(seconds=1)) == 6


def test_the_counts_name_nobody(shelf: Shelf) -> None:
    take(shelf, Quotas(KEY, member=Quota(9), analyst=Quota(9), case=Quota(9)))

    with closing(sqlite3.connect(shelf.file)) as database:
        kept = database.execute("SELECT whom FROM quota").fetchall()

    assert len(kept) == 3
    assert not any(word in whom for (whom,) in kept for word in (b"LV", b"ilze", b"CASE"))


def test_without_a_quota_nothing_is_counted(shelf: Shelf) -> None:
    assert all(take(shelf, Quotas(KEY), 99))

    with closing(sqlite3.connect(shelf.file)) as database:
        assert database.execute("SELECT count(*) FROM quota").fetchone() == (0,)
