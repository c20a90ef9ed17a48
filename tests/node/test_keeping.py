"""Keeping: the only way in, marked from the first moment, written down, safe to repeat."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.messages import Entity, Identifier, Marking, MemberId, Share
from node import audit, store
from node.audit import Entry, Operation
from node.errors import RowError
from node.identifiers import checked
from node.keeping import Made, check_entity, check_marking, made_of
from node.records import Change, Draft, RecordId
from node.store.keys import Findable, numbered
from tests.node.store.shelf import NOW, SHOWN, WHY, Notary, Shelf, draft, person, shown_to


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.close()


def kept(shelf: Shelf, *drafts: Draft) -> Counter[Change]:
    with shelf.store.write() as tx:
        return shelf.keeping.keep(tx, drafts, WHY)


def entries(shelf: Shelf) -> list[Entry]:
    """The audit log, which must be whole or empty."""
    with shelf.store.view() as view:
        rows = list(store.audit.read(view))
        assert not rows or store.audit.verify(view) is None
        return [audit.decode(row) for row in rows]


def found(shelf: Shelf, word: str, *members: str) -> int:
    """How many records one of these audiences finds by a word."""
    with shelf.store.view() as view:
        markings = store.markings.reaching(view, members)
        return len(store.keys.probe(view, ("name", word), markings=markings, cap=99))


def test_what_is_new_is_stored_and_what_is_repeated_is_unchanged(shelf: Shelf) -> None:
    people = [draft(person(f"P-{number}")) for number in range(3)]

    first, again = kept(shelf, *people), kept(shelf, *people)

    assert +first == {Change.STORED: 3}
    assert +again == {Change.UNCHANGED: 3}
    assert shelf.held("P-0").record.version == 1


def test_what_was_made_ahead_of_an_entity_is_not_made_again(shelf: Shelf) -> None:
    made = Made([checked(Identifier("imo", "9074729"))], Findable(numbered([("name", "ahead")])))
    shelf.keeping = replace(shelf.keeping, ahead={"P-1": made})

    (held, _) = shelf.keep(draft(), draft(person("P-2", name="Ott")))
    with shelf.store.view() as view:
        assert store.derived.identifiers(view, held.record.id) == made.numbers
    assert [found(shelf, word, *SHOWN.audience) for word in ("anna", "ahead", "ott")] == [0, 1, 1]


def test_what_is_made_ahead_is_what_keeping_would_make(shelf: Shelf) -> None:
    entity = person(passportNumber="K1234567", nationality="ee")
    made, (held,) = made_of(entity, shelf.keeping.findable), shelf.keep(draft(entity))
    with shelf.store.view() as view:
        assert store.derived.identifiers(view, held.record.id) == made.numbers


@pytest.mark.parametrize(
    "changed",
    [
        draft(person(name="Anna Nowak")),
        draft(person(birthDate="1970")),
        draft(Entity("P-1", "LegalEntity", {"name": ("Anna Liiv",)})),
        draft(marking=shown_to("LV")),
        draft(marking=replace(SHOWN, review_on=date(2030, 1, 1))),
    ],
)
def test_another_content_or_marking_is_a_new_version(shelf: Shelf, changed: Draft) -> None:
    kept(shelf, draft())
    shelf.now += timedelta(days=1)

    counts = kept(shelf, changed)

    record = shelf.held().record
    assert +counts == {Change.UPDATED: 1}
    assert (record.entity, record.marking) == (changed.entity, changed.marking)
    assert (record.version, record.changed_at) == (2, NOW + timedelta(days=1))


def test_another_order_of_properties_is_no_change(shelf: Shelf) -> None:
    kept(shelf, draft(person(birthDate="1970", gender="female")))

    turned = Entity(
        "P-1", "Person", {"gender": ("female",), "birthDate": ("1970",), "name": ("Anna Liiv",)}
    )

    assert +kept(shelf, draft(turned)) == {Change.UNCHANGED: 1}


def test_every_record_is_ours_whatever_its_draft_says(shelf: Shelf) -> None:
    kept(shelf, draft(marking=replace(SHOWN, owner=MemberId("LV"))))

    assert shelf.held().record.marking.owner == "EE"


def test_nobody_finds_a_record_before_its_marking_allows(shelf: Shelf) -> None:
    kept(
        shelf,
        draft(person("P-1"), shown_to("LV")),
        draft(person("P-2"), shown_to("ALL", share=Share.HIDDEN)),
        draft(person("P-3"), Marking()),
    )

    assert [found(shelf, "anna", *who) for who in (("LV", "ALL"), ("LT", "ALL"))] == [1, 0]


def test_a_withdrawn_record_stays_as_evidence_and_is_found_by_nobody(shelf: Shelf) -> None:
    kept(shelf, draft())

    assert shelf.withdraw("P-1", "P-9") == 1
    assert shelf.withdraw("P-1") == 0

    record = shelf.held().record
    assert (record.is_withdrawn, record.version, record.entity) == (True, 2, person())
    assert found(shelf, "anna", "ALL") == 0


def test_a_withdrawn_record_that_comes_back_is_revived(shelf: Shelf) -> None:
    kept(shelf, draft())
    before = shelf.held().record.id
    shelf.withdraw("P-1")

    counts = kept(shelf, draft())

    record = shelf.held().record
    assert +counts == {Change.UPDATED: 1}
    assert (record.id, record.is_withdrawn, record.version) == (before, False, 3)
    assert found(shelf, "anna", "ALL") == 1


def test_a_new_marking_holds_from_its_transaction_on(shelf: Shelf) -> None:
    kept(shelf, draft(marking=shown_to("ALL")))

    with shelf.store.write() as tx:
        shelf.keeping.remark(tx, shelf.held().record.id, shown_to("LV"), WHY)

    record = shelf.held().record
    assert (record.marking, record.version) == (shown_to("LV"), 2)
    assert [found(shelf, "anna", who) for who in ("ALL", "LV")] == [0, 1]


def test_the_same_marking_again_is_no_change(shelf: Shelf) -> None:
    kept(shelf, draft())

    with shelf.store.write() as tx:
        shelf.keeping.remark(tx, shelf.held().record.id, SHOWN, WHY)

    assert (shelf.held().record.version, len(entries(shelf))) == (1, 1)


def test_a_withdrawn_record_stays_unfound_under_a_new_marking(shelf: Shelf) -> None:
    kept(shelf, draft())
    shelf.withdraw("P-1")

    with shelf.store.write() as tx:
        shelf.keeping.remark(tx, shelf.held().record.id, shown_to("LV"), WHY)

    assert found(shelf, "anna", "LV") == 0


def test_a_marking_for_a_record_that_is_not_there_is_refused(shelf: Shelf) -> None:
    with shelf.store.write() as tx, pytest.raises(RowError, match="no record R9"):
        shelf.keeping.remark(tx, RecordId("R9"), SHOWN, WHY)


def test_the_later_of_two_drafts_of_one_id_counts(shelf: Shelf) -> None:
    counts = kept(
        shelf, draft(person(name="Anna")), draft(person(name="Anneli")), draft(person("P-2"))
    )

    assert +counts == {Change.STORED: 2, Change.UPDATED: 1}
    assert shelf.held().record.entity == person(name="Anneli")


def test_drafts_of_several_sources_are_kept_apart(shelf: Shelf) -> None:
    counts = kept(shelf, draft(), draft(source="theirs"), draft(person("P-2")))

    assert +counts == {Change.STORED: 3}
    assert shelf.held("P-1", "theirs").record.id != shelf.held("P-1").record.id


def test_a_draft_that_cannot_be_kept_stops_the_rest_before_anything_is_stored(
    shelf: Shelf,
) -> None:
    with shelf.store.write() as tx:
        with pytest.raises(RowError):
            shelf.keeping.keep(tx, [draft(), draft(person("P-2", ""))], WHY)

        assert store.records.count(tx) == 0
    assert entries(shelf) == []


def test_nothing_kept_is_nothing_written_down(shelf: Shelf) -> None:
    kept(shelf, draft())

    assert kept(shelf) == Counter()
    assert +kept(shelf, draft()) == {Change.UNCHANGED: 1}
    assert shelf.withdraw() == 0
    assert len(entries(shelf)) == 1


def test_what_was_done_is_written_down_with_every_record_and_no_content(shelf: Shelf) -> None:
    kept(shelf, draft(), draft(person("P-2"), replace(SHOWN, handling=frozenset({"H1", "H2"}))))
    kept(shelf, draft(person(name="Anna Nowak")), draft(person("P-3")))
    shelf.withdraw("P-2")
    with shelf.store.write() as tx:
        shelf.keeping.remark(tx, RecordId("R1"), shown_to("LV"), WHY)

    said = entries(shelf)

    assert [(one.operation, one.event, one.records) for one in said] == [
        (Operation.COLLECTION, "stored", ("R1", "R2")),
        (Operation.COLLECTION, "stored", ("R3",)),
        (Operation.ALTERATION, "updated", ("R1",)),
        (Operation.ERASURE, "withdrawn", ("R2",)),
        (Operation.ALTERATION, "remarked", ("R1",)),
    ]
    assert {(one.person, one.role, one.reason) for one in said} == {
        ("ann", "analyst", "a test (ours)")
    }
    assert (said[0].counts, said[0].handling) == ({"stored": 2}, ("H0", "H1", "H2"))
    assert "Anna" not in repr(said)


def test_a_change_and_its_entry_are_stored_together_or_not_at_all(shelf: Shelf) -> None:
    class Mute(Notary):
        """A notary whose key is gone."""

        def sign(self, data: bytes) -> bytes:
            raise KeyError(data)

    shelf.close()
    shelf.store = store.open(shelf.file, replace(shelf.house, notary=Mute()), is_durable=False)

    with pytest.raises(KeyError):
        kept(shelf, draft())

    with shelf.store.view() as view:
        assert store.records.count(view) == 0


@pytest.mark.parametrize(
    ("marking", "fault"),
    [
        (replace(SHOWN, topic="gossip"), "topic is not one of drugs, customs"),
        (replace(SHOWN, category="neighbour"), "category is not one of suspect, convicted"),
        (replace(SHOWN, grade_scheme="stars"), "grade scheme is not one of europol-4x4"),
        (replace(SHOWN, source_grade="D"), "source grade is not one of ABCX"),
        (replace(SHOWN, source_grade=""), "source grade is not one of ABCX"),
        (replace(SHOWN, source_grade="AB"), "source grade is not one of ABCX"),
        (replace(SHOWN, information_grade="6"), "information grade is not one of 1234"),
        (replace(SHOWN, handling=frozenset({"H9"})), "handling takes H0, H1, H2, H3"),
        (replace(SHOWN, handling=frozenset()), "handling takes H0, H1, H2, H3"),
        (replace(SHOWN, handling=frozenset({"H3"})), "H3 needs a text"),
        (replace(SHOWN, handling=frozenset({"H3"}), handling_text=" "), "H3 needs a text"),
        (replace(SHOWN, tell="loudly"), "tell is not one of silently, openly, first"),
        (shown_to("everybody"), "audience takes ids of members, group:ID and ALL"),
        (shown_to("group:"), "audience takes"),
        (shown_to(""), "audience takes"),
    ],
)
def test_a_marking_that_no_list_knows_is_refused(marking: Marking, fault: str) -> None:
    with pytest.raises(RowError, match=fault):
        check_marking(marking)


@pytest.mark.parametrize(
    "marking",
    [
        Marking(),
        shown_to("ALL", "LV", "group:baltic"),
        replace(SHOWN, handling=frozenset({"H1", "H3"}), handling_text="ask first"),
        replace(SHOWN, tell="first"),
        replace(SHOWN, grade_scheme="uk-3x5x2", source_grade="1", information_grade="E"),
        replace(SHOWN, grade_scheme="admiralty-6x6", source_grade="F", information_grade="6"),
    ],
)
def test_a_marking_that_the_lists_know_is_taken(marking: Marking) -> None:
    check_marking(marking)


@pytest.mark.parametrize(
    ("entity", "fault"),
    [
        (person(" "), "id is missing"),
        (Entity("X-1", "Ghost", {"name": ("Anna",)}), "schema is not a word that is known"),
        (Entity("P-1", "Person"), "kind person needs a name or a number"),
        (Entity("P-1", "Person", {"name": (" ",), "notes": ("tall",)}), "needs a name or a number"),
        (Entity("V-1", "Vehicle", {"model": ("Lada",)}), "kind vehicle needs a name or a number"),
        (Entity("O-1", "Ownership", {"owner": ("P-1",)}), "needs owner and asset"),
        (Entity("E-1", "Event"), "says nothing but its id"),
        (Entity("P-1", "Person", {"name": ("\ud800",)}), "not valid Unicode"),
    ],
)
def test_what_cannot_be_known_again_is_refused(entity: Entity, fault: str) -> None:
    with pytest.raises(RowError, match=fault):
        check_entity(entity)


@pytest.mark.parametrize(
    "entity",
    [
        person(),
        Entity("P-1", "Person", {"idNumber": ("37605030299",)}),
        Entity("P-1", "Person", {"weakAlias": ("Annie",)}),
        Entity("V-1", "Vehicle", {"registrationNumber": ("123 ABC",)}),
        Entity("D-1", "Passport", {"number": ("K123",)}),
        Entity("A-1", "Address", {"full": ("Pikk 1, Tallinn",)}),
        Entity("O-1", "Ownership", {"owner": ("P-1",), "asset": ("V-1",)}),
        Entity("E-1", "Event", {"date": ("2026",)}),
    ],
)
def test_what_can_be_known_again_is_taken(entity: Entity) -> None:
    check_entity(entity)


def test_a_refusal_repeats_no_value() -> None:
    value = "Anna Liiv"
    faulty = [
        Entity(" ", value, {"name": (value,)}),
        Entity(value, value, {value: (value,)}),
        Entity(value, "Person", {"notes": (value,)}),
    ]
    markings = [
        replace(SHOWN, **{name: value})  # type: ignore[arg-type]
        for name in ("topic", "category", "grade_scheme", "source_grade", "information_grade")
    ]

    checks = itertools.chain(
        ((check_entity, entity) for entity in faulty),
        ((check_marking, marking) for marking in [*markings, shown_to(value)]),
    )

    for check, said in checks:
        with pytest.raises(RowError) as raised:
            check(said)  # type: ignore[operator]
        assert value not in str(raised.value)


states = st.tuples(
    st.sampled_from(["Anna", "Berta", "Clara"]), st.sampled_from(["ALL", "LV", "LT"])
)
steps = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from(["P-1", "P-2", "P-3"]), states, min_size=1),
        st.sets(st.sampled_from(["P-1", "P-2", "P-3"]), min_size=1),
    ),
    max_size=8,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(steps)
def test_whatever_came_in_and_went_the_keys_versions_and_log_agree_with_the_present(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, tuple[str, str]] | set[str]]
) -> None:
    shelf, present = Shelf(tmp_path_factory.mktemp("shelf")), dict[str, tuple[str, str]]()

    for step in steps:
        if isinstance(step, dict):
            kept(shelf, *(draft(person(id, name), shown_to(to)) for id, (name, to) in step.items()))
            present |= step
        else:
            shelf.withdraw(*step)
            present = {id: state for id, state in present.items() if id not in step}

    for word, to in itertools.product(["anna", "berta", "clara"], ["ALL", "LV", "LT"]):
        assert found(shelf, word, to) == list(present.values()).count((word.capitalize(), to))
    with shelf.store.view() as view:
        every = store.records.by_source(view, "ours", ["P-1", "P-2", "P-3"]).values()
        written = Counter(id for entry in entries(shelf) for id in entry.records)
        for held in every:
            versions = [one.version for one in store.records.versions(view, held.record.id)]
            assert versions == list(range(1, held.record.version + 1))
            assert written[held.record.id] == held.record.version
        assert store.records.count(view) == len(present)
    shelf.close()
