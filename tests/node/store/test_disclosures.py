"""Disclosures: what left, in which state, to whom and under which marking."""

from datetime import timedelta

from federation.messages import MemberId, QuestionId, Reference, Share
from node import store
from node.store.disclosures import Disclosure, Given
from tests.node.store.shelf import NOW, Shelf, draft, person, shown_to

LV, Q1 = MemberId("LV"), QuestionId("Q-1")


def test_a_disclosure_tells_the_state_and_marking_it_was_made_under(shelf: Shelf) -> None:
    (held,) = shelf.keep(draft(marking=shown_to("LV")))
    given = Given(held, Reference("ref"), Share.CORE, ("name", "birthDate"))
    with shelf.store.write() as tx:
        store.disclosures.add(tx, LV, Q1, [given])
    shelf.now += timedelta(hours=1)
    shelf.keep(draft(person(name="Anna Nowak"), shown_to()))

    with shelf.store.view() as view:
        found = store.disclosures.of_record(view, held.record.id)

    assert found == [
        Disclosure(
            record=held.record.id,
            version=1,
            member=LV,
            question=Q1,
            reference=Reference("ref"),
            share=Share.CORE,
            fields=("name", "birthDate"),
            marking=shown_to("LV"),
            disclosed_at=NOW,
        )
    ]


def test_disclosures_are_told_in_order_and_of_one_record_alone(shelf: Shelf) -> None:
    one, other = shelf.keep(draft(person("P-1")), draft(person("P-2")))
    with shelf.store.write() as tx:
        for question in ("Q-2", "Q-1"):
            given = [Given(held, Reference(question), Share.HIT, ()) for held in (one, other)]
            store.disclosures.add(tx, LV, QuestionId(question), given)

    with shelf.store.view() as view:
        found = store.disclosures.of_record(view, one.record.id)

    assert [(each.question, each.fields) for each in found] == [("Q-2", ()), ("Q-1", ())]
