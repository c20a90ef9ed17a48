"""Editions of whole lists: what is new, what is withdrawn, and what damage does."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from federation.errors import UnreadableError
from node.loading import Load
from tests.node.intake.house import SHOWN, House, rejected

DATA = Path(__file__).parents[2] / "data"
LISTS = Path(__file__).parents[4] / "shared" / "data" / "lists"

has_lists = pytest.mark.skipif(not LISTS.is_dir(), reason="the whole lists are not at hand")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house."""
    with contextlib.closing(House(tmp_path)) as made:
        yield made


def test_the_extract_of_two_editions_of_the_un_list_gives_its_difference(
    house: House,
) -> None:
    first = Load(DATA / "un" / "first.xml", "un", "un", SHOWN, is_edition=True)

    before = house.load(first)
    after = house.load(replace(first, path=DATA / "un" / "second.xml"))

    assert (before.read, before.stored) == (5, 5)
    assert (after.stored, after.unchanged, after.removed) == (2, 3, 2)


def test_the_extract_of_the_ofac_list_loads_as_a_folder(house: House) -> None:
    loaded = house.load(Load(DATA / "ofac", "ofac", "ofac", SHOWN, is_edition=True))

    assert (loaded.read, loaded.stored, loaded.rejected) == (7, 7, 0)


@has_lists
def test_two_editions_of_the_un_list_differ_by_126_and_3(house: House) -> None:
    load = Load(LISTS / "un" / "un-2025-04-19.xml", "un", "un", SHOWN, is_edition=True)

    before = house.load(load)
    after = house.load(replace(load, path=LISTS / "un" / "un-2025-11-18.xml"))

    assert (before.stored, after.stored, after.removed) == (877, 126, 3)
    assert house.count() == 1000


@has_lists
def test_two_editions_of_the_ofac_list_differ_by_607_and_454(house: House) -> None:
    load = Load(LISTS / "ofac" / "2021-04", "ofac", "ofac", SHOWN, is_edition=True)

    before = house.load(load)
    after = house.load(replace(load, path=LISTS / "ofac" / "2022-01"))

    assert (before.stored, after.stored, after.removed) == (8890, 607, 454)
    assert sorted(rejected(after)) == [
        (9044, "its id stands on an earlier row of the file"),
        (13625, "add.csv: the row belongs to no entry of sdn.csv"),
    ]


@has_lists
@pytest.mark.parametrize(
    ("format_name", "name"),
    [("un", "un/un-2025-08-not-wellformed.xml"), ("ofac", "ofac/invalid-files")],
)
def test_a_damaged_list_changes_nothing(house: House, format_name: str, name: str) -> None:
    house.load(Load(DATA / "un" / "first.xml", "un", format_name, SHOWN))
    before = len(house.entries())

    with pytest.raises(UnreadableError):
        house.load(Load(LISTS / name, format_name, format_name, SHOWN, is_edition=True))

    assert (house.count(), len(house.entries())) == (5, before)
