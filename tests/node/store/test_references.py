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
        issued = [
            store.references.issue(tx, member, held.number)
            for member, held in ((LV, one), (LV, one), (LT, one), (LV, other))
        ]

    assert issued[0] == issued[1]
    assert len(set(issued)) == 3
    assert min(map(len, issued)) >= 16


def test_nothing_refers_to_a_record_that_is_not_there(shelf: Shelf) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"), shelf.store.write() as tx:
        store.references.issue(tx, LV, RecordNumber(9))


def test_a_reference_is_good_for_the_member_it_was_given_to(shelf: Shelf) -> None:
    (held,) = shelf.keep(draft())
    with shelf.store.write() as tx:
        reference = store.references.issue(tx, LV, held.number)

    with shelf.store.view() as view:
        found = [store.references.find(view, member, reference) for member in (LV, LT)]
        unknown = store.references.find(view, LV, Reference("no such one"))

    assert (found, unknown) == ([held.number, None], None)
