"""Screenings: parts that agree with what was answered, whatever was cut off."""

from node import store
from node.store.screenings import Counts, Screening
from node.store.staging import Reject
from tests.node.store.shelf import Shelf


def begun(shelf: Shelf, id: str = "S-1", *, parts: int = 3) -> Screening:
    """A screening of parts of ten rows each, one of them rejected."""
    with shelf.store.write() as tx:
        made = store.screenings.begin(tx, id, "a list")
        for part in range(parts):
            rejects = [Reject(part * 10 + 5, part * 10 + 6, "too wide")]
            counts = Counts(rows=10, rejected=1, hits=4, strong=2)
            store.screenings.add(tx, made.number, after=part * 10, counts=counts, rejects=rejects)
    return made


def counts(shelf: Shelf, made: Screening) -> Counts:
    with shelf.store.view() as view:
        return store.screenings.counts(view, made.number)


def test_counts_are_those_of_all_parts(shelf: Shelf) -> None:
    made = begun(shelf)

    assert counts(shelf, made) == Counts(rows=30, rejected=3, hits=12, strong=6)
    with shelf.store.view() as view:
        assert [one.line for one in store.screenings.rejects(view, made.number)] == [6, 16, 26]


def test_a_screening_without_parts_counts_nothing(shelf: Shelf) -> None:
    assert counts(shelf, begun(shelf, parts=0)) == Counts()


def test_it_goes_on_behind_the_last_part_that_was_answered_whole(shelf: Shelf) -> None:
    made = begun(shelf)

    with shelf.store.write() as tx:
        after = store.screenings.go_on(tx, made, answered=27)

    assert after == 20
    assert counts(shelf, made) == Counts(rows=20, rejected=2, hits=8, strong=4)


def test_only_one_that_did_not_end_is_gone_on_with_unasked(shelf: Shelf) -> None:
    first, second = begun(shelf), begun(shelf, "S-2")

    with shelf.store.write() as tx:
        found = store.screenings.unfinished(tx, "a list")
        store.screenings.end(tx, second.number)
        before = store.screenings.unfinished(tx, "a list")
        assert store.screenings.unfinished(tx, "another list") is None

    assert (found, before) == (second, first)


def test_an_ended_one_of_which_answers_are_missing_has_not_ended(shelf: Shelf) -> None:
    made = begun(shelf)
    with shelf.store.write() as tx:
        store.screenings.end(tx, made.number)
        whole = store.screenings.go_on(tx, made, answered=30)
        ended = store.screenings.find(tx, "S-1")
        rest = store.screenings.go_on(tx, made, answered=29)
        again = store.screenings.find(tx, "S-1")

    assert (whole, ended and ended.is_ended) == (30, True)
    assert (rest, again and again.is_ended) == (20, False)
