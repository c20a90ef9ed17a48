"""Fishing: what looks like it and what does not, lists that were honestly asked among them."""

import random
import string
from pathlib import Path

import msgspec
import pytest

from federation.alarms import AlarmKind
from federation.messages import Identifier, Sought
from node.fishing import Measure, Posed, misses
from node.search import plain

QUERIES = Path(__file__).parents[3] / "shared" / "data" / "scenario" / "queries.jsonl"
GIVEN = "Anna Bruno Cilla Darius Elsa Fjodor Greta Hanno Ilze Jurgis Kaja Linas Mirja Olev".split()


def words(sought: bytes) -> str:
    return sought.decode().partition("|")[0]


MEASURE = Measure(words, miss_share=0.95, miss_least=100, walk_least=25, variation_least=10)


def posed(*names: str) -> list[Posed]:
    return [Posed(name.encode(), is_miss=True) for name in names]


def surnames(count: int) -> list[str]:
    """So many different ones, in the order of the alphabet."""
    chance = random.Random(7)
    made = {"".join(chance.choices(string.ascii_lowercase, k=7)) for _ in range(count)}
    return sorted(made)


def people(count: int) -> list[str]:
    """So many different people, in any order."""
    chance = random.Random(3)
    made = [f"{chance.choice(GIVEN).lower()} {name}" for name in surnames(count)]
    chance.shuffle(made)
    return made


def test_more_misses_than_the_share_are_too_many_once_there_are_enough() -> None:
    def of(all_: int, hits: int) -> bool:
        asked = [Posed(b"x", is_miss=place >= hits) for place in range(all_)]
        return MEASURE.fits(AlarmKind.MISSES, asked)

    assert [of(100, 4), of(100, 5), of(99, 0), of(2_000, 99)] == [True, False, False, True]


def test_what_was_not_answered_is_no_miss() -> None:
    asked = [Posed(b"x", is_miss=None) for _ in range(500)]

    assert not MEASURE.fits(AlarmKind.MISSES, asked)
    assert misses(asked) == 0


def test_names_in_order_are_a_walk_forwards_and_backwards() -> None:
    names = surnames(25)

    assert MEASURE.fits(AlarmKind.WALK, posed(*names))
    assert MEASURE.fits(AlarmKind.WALK, posed(*reversed(names)))
    assert not MEASURE.fits(AlarmKind.WALK, posed(*names[1:]))


def test_a_walk_by_surnames_is_seen_behind_any_given_name() -> None:
    chance = random.Random(1)
    names = [f"{chance.choice(GIVEN)} {name}" for name in surnames(40)]

    assert MEASURE.fits(AlarmKind.WALK, posed(*names))


def test_a_walk_is_seen_though_many_are_asked_at_once() -> None:
    names = surnames(250)
    chance = random.Random(1)

    mixed = sorted(range(len(names)), key=lambda place: place + chance.uniform(0, 16))

    assert MEASURE.fits(AlarmKind.WALK, posed(*(names[place] for place in mixed)))


def test_a_walk_is_seen_though_every_other_question_is_another() -> None:
    pairs = zip(surnames(100), people(100), strict=True)

    assert MEASURE.fits(AlarmKind.WALK, posed(*(name for pair in pairs for name in pair)))


def test_one_name_again_is_no_walk() -> None:
    assert not MEASURE.fits(AlarmKind.WALK, posed(*["anna nowak"] * 99))


@pytest.mark.parametrize("count", [25, 60, 256, 1_000])
def test_names_in_any_order_are_neither_walk_nor_variation(count: int) -> None:
    asked = posed(*people(count))

    assert not MEASURE.fits(AlarmKind.WALK, asked)
    assert not MEASURE.fits(AlarmKind.VARIATION, asked)


def test_one_name_varied_again_and_again_is_seen_among_others() -> None:
    forms = (
        "anna nowak|anna nowack|ana nowak|hanna nowak|anna novak|nowak anna|anna nowaka"
        "|annah nowak|anne nowak|anna nowik"
    ).split("|")
    between = people(100)

    mixed = [name for form, other in zip(forms, between, strict=False) for name in (form, other)]

    assert MEASURE.fits(AlarmKind.VARIATION, posed(*mixed))
    assert not MEASURE.fits(AlarmKind.VARIATION, posed(*mixed[2:]))


def test_one_name_with_ever_other_birth_dates_is_varied_too() -> None:
    dated = [f"anna nowak|19{year}" for year in range(70, 80)]

    assert MEASURE.fits(AlarmKind.VARIATION, posed(*dated))
    assert not MEASURE.fits(AlarmKind.VARIATION, posed(*["anna nowak|1970"] * 99))


def test_a_quota_that_is_spent_is_told() -> None:
    spent = Posed(b"x", is_miss=None, is_over=True)

    assert MEASURE.fits(AlarmKind.QUOTA, [*posed("a", "b"), spent])
    assert not MEASURE.fits(AlarmKind.QUOTA, posed("a", "b"))


def test_of_a_walk_only_its_steps_look_so_and_it_is_followed_back_to_its_beginning() -> None:
    register, others = surnames(300), people(100)
    between = [f"zz {name}" for name in others]
    mixed = [*others[:50], *register, *between[:50]]

    for asked, steps in ((mixed, register), (mixed[::-1], register[::-1])):
        places = MEASURE.looking(AlarmKind.WALK, posed(*asked))

        walked = [asked[place] for place in places]
        assert set(steps) <= set(walked)
        assert len(walked) < len(steps) + 20


def test_of_one_name_varied_only_its_forms_look_so() -> None:
    forms = [f"anna nowa{letter}" for letter in string.ascii_lowercase[:12]]
    asked = posed(*people(30), *forms, "anna nowaa")

    assert MEASURE.looking(AlarmKind.VARIATION, asked) == list(range(30, 43))


def test_of_misses_all_that_were_answered_look_so() -> None:
    asked = [Posed(b"x", is_miss=place >= 0 or None) for place in range(-5, 120)]

    assert MEASURE.looking(AlarmKind.MISSES, asked) == list(range(5, 125))


@pytest.mark.parametrize("kind", [AlarmKind.MISSES, AlarmKind.WALK, AlarmKind.VARIATION])
def test_a_least_of_nothing_never_alarms(kind: AlarmKind) -> None:
    never = Measure(words, miss_share=0, miss_least=0, walk_least=0, variation_least=0)
    forms = [f"anna nowa{letter}" for letter in string.ascii_lowercase * 9]

    assert MEASURE.fits(kind, posed(*forms))
    assert not never.fits(kind, posed(*forms))


def test_what_is_sought_is_read_in_plain_letters_whatever_its_script() -> None:
    assert plain(Sought(name="Пётр Иванов")) == plain(Sought(name="petr ivanov"))
    assert plain(Sought(identifiers=(Identifier("imo", "IMO 9074729"),))) == "9074729"
    assert plain(Sought(name="Anna", kind="nonsense")) == ""


@pytest.mark.skipif(not QUERIES.exists(), reason="the scenario is not at hand")
def test_a_list_that_was_honestly_asked_is_neither_walk_nor_variation() -> None:
    """Of 3,508 questions of the scenario in their order, many for one subject by all its names."""
    lines = [msgspec.json.decode(line) for line in QUERIES.read_bytes().splitlines()]
    asked = posed(*(_read(line) for line in lines))

    for end in range(100, len(asked), 100):
        assert not MEASURE.fits(AlarmKind.WALK, asked[:end])
        assert not MEASURE.fits(AlarmKind.VARIATION, asked[:end])


def _read(line: dict[str, object]) -> str:
    known = msgspec.convert(line.get("identifier"), Identifier | None)
    numbers = (known,) if known else ()
    return plain(Sought(str(line.get("name", "")), identifiers=numbers, kind=str(line["kind"])))
