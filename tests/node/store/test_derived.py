"""What follows from content: numbers with their verdicts, and links both ways."""

from federation.messages import Entity
from node import store
from node.codes import Verdict
from node.records import RecordId
from node.store.derived import Link
from tests.node.store.shelf import Shelf, draft, person

OWNED = Entity("O-1", "Ownership", {"owner": ("P-1",), "asset": ("V-1",), "role": ("driver",)})


def links(shelf: Shelf, id: str) -> list[Link]:
    with shelf.store.view() as view:
        return store.derived.links(view, RecordId(id))


def test_a_link_is_seen_from_itself_and_from_both_of_its_ends(shelf: Shelf) -> None:
    vehicle = Entity("V-1", "Vehicle", {"registrationNumber": ("123 ABC",)})
    shelf.keep(draft(person()), draft(vehicle), draft(OWNED))
    owner = Link(RecordId("R3"), "Ownership", "owner", "P-1", RecordId("R1"))
    asset = Link(RecordId("R3"), "Ownership", "asset", "V-1", RecordId("R2"))

    assert links(shelf, "R1") == [owner]
    assert links(shelf, "R2") == [asset]
    assert sorted(links(shelf, "R3"), key=lambda link: link.target) == [owner, asset]


def test_a_link_to_what_we_do_not_hold_has_an_open_end(shelf: Shelf) -> None:
    shelf.keep(draft(OWNED))

    assert [link.end for link in links(shelf, "R1")] == [None, None]


def test_links_stay_within_their_source(shelf: Shelf) -> None:
    shelf.keep(draft(person(), source="theirs"), draft(OWNED))

    assert links(shelf, "R1") == []
    assert [link.end for link in links(shelf, "R2")] == [None, None]


def test_what_is_withdrawn_is_no_end(shelf: Shelf) -> None:
    shelf.keep(draft(person()), draft(OWNED))
    shelf.withdraw("O-1")

    assert links(shelf, "R1") == []


def test_a_changed_record_has_the_links_it_has_now(shelf: Shelf) -> None:
    shelf.keep(draft(person()), draft(OWNED))

    shelf.keep(draft(Entity("O-1", "Ownership", {"owner": ("P-2",), "asset": ("V-1",)})))

    assert links(shelf, "R1") == []
    assert {link.target for link in links(shelf, "R2")} == {"P-2", "V-1"}


def test_a_record_that_points_at_itself_is_told_once(shelf: Shelf) -> None:
    shelf.keep(draft(Entity("C-1", "Company", {"name": ("Liiv OÜ",), "parent": ("C-1",)})))

    assert [link.end for link in links(shelf, "R1")] == ["R1"]


def test_each_number_is_stored_with_its_verdict(shelf: Shelf) -> None:
    numbers = {"idNumber": ("37605030299", "37605030298"), "nationality": ("ee",)}
    shelf.keep(draft(Entity("P-1", "Person", {"name": ("Anna",), **numbers})))

    with shelf.store.view() as view:
        found = store.derived.identifiers(view, RecordId("R1"))

    assert [(one.value, one.verdict) for one in found] == [
        ("37605030299", Verdict.VALID),
        ("37605030298", Verdict.INVALID),
    ]
