"""Search keys: who carries a key, as far as a marking lets an asker know."""

from collections.abc import Collection, Iterable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.messages import Entity
from node import store
from node.store.keys import Key, RecordNumber
from node.store.markings import MarkingNumber
from node.store.rows import select
from tests.node.store.shelf import VERSION, Shelf, draft, person, shown_to

ANNA: Key = ("name", "anna")


def probed(
    shelf: Shelf, key: Key = ANNA, markings: Collection[MarkingNumber] | None = None, cap: int = 100
) -> list[RecordNumber]:
    with shelf.store.view() as view:
        return store.keys.probe(view, key, markings=markings, cap=cap)


def many(shelf: Shelf, audiences: Iterable[str]) -> dict[str, MarkingNumber]:
    """One Anna for each audience; the number of each one's marking."""
    held = shelf.keep(
        *(draft(person(f"P-{name}", "Anna"), shown_to(f"group:{name}")) for name in audiences)
    )
    return {next(iter(one.record.marking.audience)): one.marking for one in held}


def test_a_record_is_found_by_each_of_its_keys(shelf: Shelf) -> None:
    (held,) = shelf.keep(draft(person(name="Anna Liiv")))

    found = [probed(shelf, ("name", text)) for text in ("anna", "liiv", "ann", "")]

    assert found == [[held.number], [held.number], [], []]


def test_a_key_of_another_family_is_another_key(shelf: Shelf) -> None:
    shelf.keep(draft())

    assert probed(shelf, ("sound", "anna")) == []


def test_only_records_with_these_markings_are_found(shelf: Shelf) -> None:
    seen, unseen = shelf.keep(
        draft(person("P-1"), shown_to("LV")), draft(person("P-2"), shown_to("LT"))
    )

    assert probed(shelf, markings=[seen.marking]) == [seen.number]
    assert probed(shelf, markings=[seen.marking, unseen.marking]) == [seen.number, unseen.number]
    assert probed(shelf, markings=[]) == []


def test_no_more_than_the_cap_is_read(shelf: Shelf) -> None:
    markings = many(shelf, [f"g{number}" for number in range(10)])

    assert len(probed(shelf, cap=4)) == 4
    assert len(probed(shelf, markings=list(markings.values()), cap=4)) == 4


def test_many_markings_find_what_each_of_them_finds(shelf: Shelf) -> None:
    """More markings than are looked up at once, some rare keys and one common key."""
    names = [f"g{number}" for number in range(60)]
    markings = many(shelf, names)
    allowed = [number for name, number in markings.items() if name != "group:g7"]
    beyond = [*allowed, *(MarkingNumber(number) for number in range(1000, 5000))]

    found = [probed(shelf, markings=allowed), probed(shelf, markings=beyond)]

    assert [len(one) for one in found] == [59, 59]
    assert set(found[0]) == set(found[1])


def test_more_markings_than_one_statement_takes_find_no_more_than_the_cap(shelf: Shelf) -> None:
    markings = list(many(shelf, [f"g{number}" for number in range(1100)]).values())

    found = [len(probed(shelf, markings=markings[1:], cap=cap)) for cap in (1050, 2000)]

    assert found == [1050, 1099]


def test_a_withdrawn_record_is_not_found(shelf: Shelf) -> None:
    shelf.keep(draft())

    shelf.withdraw("P-1")

    assert probed(shelf) == []


def test_a_changed_record_is_found_by_what_it_says_now(shelf: Shelf) -> None:
    shelf.keep(draft(person(name="Anna Liiv")))

    (held,) = shelf.keep(draft(person(name="Anna Nowak")))

    found = [probed(shelf, ("name", text)) for text in ("anna", "liiv", "nowak")]
    assert found == [[held.number], [], [held.number]]


def test_a_changed_marking_hides_at_once(shelf: Shelf) -> None:
    (before,) = shelf.keep(draft(marking=shown_to("ALL")))

    (after,) = shelf.keep(draft(marking=shown_to("LT")))

    assert probed(shelf, markings=[before.marking]) == []
    assert probed(shelf, markings=[after.marking]) == [after.number]


def test_a_key_is_counted_up_to_the_cap(shelf: Shelf) -> None:
    many(shelf, "abcdefg")

    with shelf.store.view() as view:
        counted = [store.keys.count(view, ANNA, cap=cap) for cap in (3, 7, 100)]
        unknown = [store.keys.count(view, key, cap=9) for key in (("name", "x"), ("x", "anna"))]

    assert (counted, unknown) == ([3, 7, 7], [0, 0])


def test_keys_that_are_named_twice_count_once(shelf: Shelf) -> None:
    shelf.keep(draft(person(name="Anna Anna")))

    assert len(probed(shelf)) == 1


def test_of_a_common_key_those_of_one_year_are_read_alone(shelf: Shelf) -> None:
    born = {f"P-{year}": f"{year}-05-03" for year in range(1950, 1990)}
    held = shelf.keep(*(draft(person(id_, birthDate=date)) for id_, date in born.items()))
    wanted = next(one for one in held if one.record.entity.id == "P-1977")

    for markings in (None, [wanted.marking], [wanted.marking, *map(MarkingNumber, range(50, 99))]):
        with shelf.store.view() as view:
            found = store.keys.probe(view, ANNA, markings=markings, cap=5, year=1977)
            nobody = store.keys.probe(view, ANNA, markings=markings, cap=5, year=1911)

        assert (found, nobody) == ([wanted.number], [])


def test_a_record_of_two_years_is_found_once_and_in_both(shelf: Shelf) -> None:
    entity = Entity("P-1", "Person", {"name": ("Anna Liiv",), "birthDate": ("1970", "1971-02")})
    (held,) = shelf.keep(draft(entity))

    with shelf.store.view() as view:
        by_year = [
            store.keys.probe(view, ANNA, markings=None, cap=9, year=year)
            for year in (1970, 1971, 1972)
        ]

    assert (probed(shelf), by_year) == ([held.number], [[held.number], [held.number], []])


def test_keys_are_found_while_they_move_from_the_small_table_to_the_large(shelf: Shelf) -> None:
    words = [f"word{number}" for number in range(40)]
    held: list[RecordNumber] = []
    for first in range(0, 3000, 500):
        names = [" ".join((words[n % 40], f"own{n}")) for n in range(first, first + 500)]
        kept = shelf.keep(*(draft(person(f"P-{name}", name)) for name in names))
        held += [one.number for one in kept]

    found = [number for word in words for number in probed(shelf, ("name", word), cap=1000)]
    own = [probed(shelf, ("name", f"own{number}")) for number in range(3000)]

    assert sorted(found) == held
    assert own == [[number] for number in held]
    assert moved(shelf) > 0


def moved(shelf: Shelf) -> int:
    """How many rows the large table has."""
    with shelf.store.view() as view:
        rows: int = select(view, "SELECT count(*) FROM search_key").fetchone()[0]
    return rows


def test_a_record_whose_keys_have_moved_is_dropped_whole(shelf: Shelf) -> None:
    entities = [person(f"P-{number}", f"Anna x{number}") for number in range(2500)]
    shelf.keep(*map(draft, entities))

    shelf.withdraw(*(one.id for one in entities))

    assert (moved(shelf), probed(shelf)) == (0, [])


def test_forms_come_with_their_version(shelf: Shelf) -> None:
    (held,) = shelf.keep(draft())

    with shelf.store.view() as view:
        forms = store.keys.forms(view, [held.number, RecordNumber(99)])

    assert forms == {held.number: (VERSION, b"P-1")}


people = st.lists(
    st.tuples(
        st.sets(st.sampled_from("abcdef"), min_size=1), st.sampled_from(["LV", "LT", "PL", "FI"])
    ),
    min_size=1,
    max_size=25,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(people, st.sets(st.sampled_from(["LV", "LT", "PL", "FI"])), st.integers(1, 30))
def test_a_probe_finds_what_a_look_at_every_record_finds(
    shelf: Shelf, some: list[tuple[set[str], str]], allowed: set[str], cap: int
) -> None:
    entities = [person(f"P-{n}", " ".join(sorted(words))) for n, (words, _) in enumerate(some)]
    gone = [f"P-{number}" for number in range(len(some), 25)]
    marked = zip(entities, some, strict=True)
    held = shelf.keep(*(draft(entity, shown_to(to)) for entity, (_, to) in marked))
    shelf.withdraw(*gone)
    markings = {one.marking for one in held if one.record.marking.audience & allowed}

    for text in "abcdef":
        found = probed(shelf, ("name", text), markings, cap)

        names = {one.number: one.record.entity.first("name").split() for one in held}
        wanted = {
            one.number for one in held if one.marking in markings and text in names[one.number]
        }
        assert (len(found), set(found) <= wanted) == (min(cap, len(wanted)), True)
