"""Records: the present, and every state there was before."""

from datetime import timedelta

from node import store
from node.records import RecordId
from tests.node.store.shelf import NOW, SHOWN, WHY, Shelf, draft, person, shown_to


def test_a_record_comes_back_as_it_was_kept(shelf: Shelf) -> None:
    shelf.keep(draft(person(birthDate="1970-05"), shown_to("LV", "group:baltic")))

    record = shelf.held().record

    assert record.entity == person(birthDate="1970-05")
    assert record.marking == shown_to("LV", "group:baltic")
    assert (record.source, record.version, record.changed_at) == ("ours", 1, NOW)
    with shelf.store.view() as view:
        assert store.records.get(view, record.id) == shelf.held()


def test_an_id_that_we_do_not_hold_is_nothing(shelf: Shelf) -> None:
    with shelf.store.view() as view:
        assert store.records.get(view, RecordId("R9")) is None
        assert store.records.versions(view, RecordId("R9")) == []
        assert store.records.by_source(view, "ours", ["P-1"]) == {}


def test_records_are_loaded_in_the_order_asked_and_without_the_withdrawn(shelf: Shelf) -> None:
    one, two, three = shelf.keep(*(draft(person(f"P-{number}")) for number in (1, 2, 3)))
    shelf.withdraw("P-2")

    with shelf.store.view() as view:
        loaded = store.records.load(view, [three.number, two.number, one.number])

    assert [held.record.entity.id for held in loaded] == ["P-3", "P-1"]


def test_more_records_than_one_statement_takes_are_found(shelf: Shelf) -> None:
    ids = [f"P-{number}" for number in range(1203)]
    held = shelf.keep(*(draft(person(id)) for id in ids))

    with shelf.store.view() as view:
        found = store.records.by_source(view, "ours", ids)
        loaded = store.records.load(view, [one.number for one in held])

    assert (set(found), len(loaded)) == (set(ids), 1203)


def test_the_same_id_in_two_sources_is_two_records(shelf: Shelf) -> None:
    ours, theirs = shelf.keep(draft(), draft(source="theirs"))

    assert ours.record.id != theirs.record.id
    with shelf.store.view() as view:
        found = store.records.by_source(view, "theirs", ["P-1"])
    assert [one.record.id for one in found.values()] == [theirs.record.id]


def test_every_state_of_a_record_is_told_with_its_reason_time_and_person(shelf: Shelf) -> None:
    shelf.keep(draft())
    shelf.now += timedelta(days=1)
    shelf.keep(draft(person(name="Anna Nowak"), shown_to("LV")))
    shelf.withdraw("P-1")

    with shelf.store.view() as view:
        versions = store.records.versions(view, shelf.held().record.id)

    assert [(v.version, v.changed_at, v.changed_by, v.reason) for v in versions] == [
        (1, NOW, "ann", "a test"),
        (2, NOW + timedelta(days=1), "ann", "a test"),
        (3, NOW + timedelta(days=1), "ann", "a test"),
    ]
    assert [v.entity for v in versions] == [person(), *[person(name="Anna Nowak")] * 2]
    assert [v.marking for v in versions] == [SHOWN, *[shown_to("LV")] * 2]


def test_old_content_can_be_erased_and_nothing_of_it_is_left_in_the_file(shelf: Shelf) -> None:
    for name in ("Forgotten One", "Forgotten Two", "Kept", "Remembered"):
        shelf.keep(draft(person(name=name)))
    id_ = shelf.held().record.id

    with shelf.store.write() as tx:
        erased = store.records.erase_versions(tx, id_, before=3)

    with shelf.store.view() as view:
        versions = store.records.versions(view, id_)
    shelf.close()  # what was in the log is in the file now
    left = b"".join(file.read_bytes() for file in shelf.folder.iterdir())
    assert erased == 2
    assert [v.entity and v.entity.caption for v in versions] == [None, None, "Kept", "Remembered"]
    assert (b"Forgotten" in left, b"Remembered" in left) == (False, True)


def test_what_is_held_is_counted_and_dated(shelf: Shelf) -> None:
    with shelf.store.view() as view:
        assert (store.records.count(view), store.records.last_changed_at(view)) == (0, None)
    shelf.keep(draft(person("P-1")), draft(person("P-2")))
    shelf.now += timedelta(hours=1)

    shelf.withdraw("P-1")

    with shelf.store.view() as view:
        counted, changed_at = store.records.count(view), store.records.last_changed_at(view)
    assert (counted, changed_at) == (1, NOW + timedelta(hours=1))


def test_records_are_stored_whole_or_not_at_all(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        shelf.keeping.keep(tx, [draft(person(idNumber="37605030299"))], WHY)

        assert store.records.count(tx) == 1
        with shelf.store.view() as view:
            assert store.records.count(view) == 0
            assert store.derived.identifiers(view, RecordId("R1")) == []


def test_records_stand_as_they_are_now_in_the_order_they_were_found(shelf: Shelf) -> None:
    found = shelf.keep(*(draft(person(id_)) for id_ in ("P-1", "P-2", "P-3", "P-4")))
    shelf.keep(draft(person("P-2", "Anna Nowak")))
    shelf.keep(draft(person("P-3"), shown_to("LV")))
    shelf.withdraw("P-4")

    with shelf.store.view() as view:
        now = store.records.present(view, found[::-1])

    assert now == [shelf.held("P-3"), shelf.held("P-2"), found[0]]
    assert [held.record.version for held in now] == [2, 2, 1]
    assert now[2] is found[0]
