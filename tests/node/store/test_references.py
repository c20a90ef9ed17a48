"""References: random, one for each member and record, and the same one next time."""

import pytest

from federation.messages import MemberId, Reference
from node import store
from node.errors import StoreError
from node.store.keys import RecordNumber
from tests.node.store.shelf import Shelf, draft, person

LV, LT = MemberId("LV"), MemberId("LT")


def test_a_member_gets_the_same_reference_each_time_and_another_member_another(
    shelf: Shelf,
) -> None:
    one, other = shelf.keep(draft(person("P-1")), draft(person("P-2")))

    with shelf.store.write() as tx:
        first = store.references.issue(tx, LV, [one.number])
        again = store.references.issue(tx, LV, [other.number, one.number])
        theirs = store.references.issue(tx, LT, [one.number])

    assert first[one.number] == again[one.number]
    issued = {*again.values(), *theirs.values()}
    assert len(issued) == 3
    assert min(map(len, issued)) >= 16


def test_no_command_takes_a_reference_for_an_option(shelf: Shelf) -> None:
    [one] = shelf.keep(draft())

    with shelf.store.write() as tx:
        many = [store.references.issue(tx, MemberId(f"M{n}"), [one.number]) for n in range(1_000)]

    assert {reference[one.number][0] for reference in many}.isdisjoint("-")


def test_no_record_needs_no_reference(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        assert store.references.issue(tx, LV, []) == {}


def test_nothing_refers_to_a_record_that_is_not_there(shelf: Shelf) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"), shelf.store.write() as tx:
        store.references.issue(tx, LV, [RecordNumber(9)])


def test_a_reference_is_good_for_the_member_it_was_given_to(shelf: Shelf) -> None:
    (held,) = shelf.keep(draft())
    with shelf.store.write() as tx:
        reference = store.references.issue(tx, LV, [held.number])[held.number]

    with shelf.store.view() as view:
        found = [store.references.find(view, member, reference) for member in (LV, LT)]
        unknown = store.references.find(view, LV, Reference("no such one"))

    assert (found, unknown) == ([held.number, None], None)
