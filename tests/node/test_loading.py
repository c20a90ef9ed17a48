"""Loading: whole or not at all, safe to repeat, and nothing shown that was not to be."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from federation.errors import InvalidError, UnreadableError
from federation.messages import Entity, Marking, Share
from node import audit, store
from node.errors import ConfigError, RowError
from node.keeping import Keeping
from node.loading import BATCH, FORESEEN, LONG, Load, Loaded, Loading
from node.store.keys import Findable, numbered
from tests.node.intake.house import SHOWN, House, person, rejected, rows


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty house."""
    with contextlib.closing(House(tmp_path)) as made:
        yield made


def test_a_file_is_kept_with_the_marking_of_the_load(house: House, tmp_path: Path) -> None:
    loaded = house.load(rows(tmp_path, person(1, dob="1970"), person(2)))

    assert loaded == Loaded(
        read=2, stored=2, updated=0, unchanged=0, removed=0, rejected=0, rejects=None, awaited=[]
    )
    entity, marking, version, _ = house.holdings()["P-1"]
    assert entity.properties == {"name": ("Anna Liiv 1",), "birthDate": ("1970",)}
    assert marking == replace(SHOWN, owner=house.member, review_on=date(2031, 2, 28))
    assert version == 1


def found_by_process(entity: Entity) -> Findable:
    """Found by its id, and by the process in which this was made."""
    return Findable(numbered([("id", entity.id), ("process", str(os.getpid()))]))


@pytest.mark.parametrize("is_long", [True, False])
def test_what_a_long_file_is_found_by_is_made_in_a_process_of_its_own(
    house: House, tmp_path: Path, is_long: bool
) -> None:
    keeping = Keeping(house.member, found_by_process, lambda: str(uuid4()))
    house.loading = Loading(house.store, keeping, tmp_path / "rejects", lambda: ())
    count, words = 2 * BATCH + BATCH // 2, "word " * (LONG // BATCH // 5 if is_long else 1)
    load = rows(tmp_path, *(person(number, notes=words) for number in range(count)))
    assert (load.path.stat().st_size > LONG) == is_long

    loaded = house.load(load)

    with house.store.view() as view:
        here = store.keys.count(view, ("process", str(os.getpid())), cap=2 * count)
        ends = [store.keys.count(view, ("id", f"P-{place}"), cap=9) for place in (0, count - 1)]
    made_here = 2 * (BATCH - FORESEEN) if is_long else count
    assert (loaded.stored, here, ends) == (count, made_here, [1, 1])


def test_an_audience_is_of_the_charter_and_a_file_for_others_changes_nothing(
    house: House, tmp_path: Path
) -> None:
    house.audiences = ("EE", "LV", "group:baltic")
    load = rows(tmp_path, person(1, to=["LV", "group:baltic"]), person(2, to=["LVA"]), person(3))
    for audience in ({"LV", "LVA"}, {"group:none"}):
        to = replace(load, marking=replace(SHOWN, audience=frozenset(audience)))
        with pytest.raises(InvalidError, match=r"the charter has no (LVA|group:none): .*LV"):
            house.load(to)
    assert house.count() == 0

    loaded = house.load(load)

    assert (loaded.stored, loaded.awaited) == (2, [])
    reason = "to names a member or group that the charter does not have"
    assert rejected(loaded) == [(2, reason)]


def test_while_we_are_alone_records_wait_for_members_to_come(house: House, tmp_path: Path) -> None:
    marking = replace(SHOWN, audience=frozenset({"ALL", "EE", "LV", "group:baltic"}))

    loaded = house.load(replace(rows(tmp_path, person(1, to=["PL"])), marking=marking))

    assert (loaded.stored, loaded.awaited) == (1, ["LV", "group:baltic"])


def test_a_folder_is_read_by_the_formats_that_are_several_files(
    house: House, tmp_path: Path
) -> None:
    with pytest.raises(InvalidError, match="only ofac reads a folder"):
        house.load(Load(tmp_path, "simple", "ours", SHOWN))


def test_unset_means_hidden_and_nobody(house: House, tmp_path: Path) -> None:
    house.load(replace(rows(tmp_path, person(1)), marking=Marking()))

    _, marking, _, _ = house.holdings()["P-1"]
    assert marking.share is Share.HIDDEN
    assert marking.audience == frozenset()


def test_a_row_stands_under_its_own_marking(house: House, tmp_path: Path) -> None:
    house.load(rows(tmp_path, person(1, to=["nobody"], topic="drugs", review_on="2027-01-01")))

    _, marking, _, _ = house.holdings()["P-1"]
    assert marking.audience == frozenset()
    assert marking.topic == "drugs"
    assert marking.review_on == date(2027, 1, 1)


def test_the_same_load_again_changes_nothing_even_on_another_day(
    house: House, tmp_path: Path
) -> None:
    load = rows(tmp_path, person(1), person(2))
    house.load(load)
    before = house.holdings()
    house.now += timedelta(days=30)

    again = house.load(load)

    assert (again.stored, again.updated, again.unchanged) == (0, 0, 2)
    assert house.holdings() == before


def test_a_changed_row_is_a_new_version_that_keeps_its_review_date(
    house: House, tmp_path: Path
) -> None:
    house.load(rows(tmp_path, person(1), person(2)))
    house.now += timedelta(days=30)

    loaded = house.load(rows(tmp_path, person(1, gender="F"), person(2)))

    assert (loaded.updated, loaded.unchanged) == (1, 1)
    entity, marking, version, _ = house.holdings()["P-1"]
    assert entity.all("gender") == ("female",)
    assert version == 2
    assert marking.review_on == date(2031, 2, 28)


def test_a_leap_day_has_its_review_on_the_day_before(house: House, tmp_path: Path) -> None:
    house.now = datetime(2028, 2, 29, tzinfo=UTC)

    house.load(rows(tmp_path, person(1)))

    _, marking, _, _ = house.holdings()["P-1"]
    assert marking.review_on == date(2033, 2, 28)


def test_bad_rows_are_told_by_line_and_good_ones_load(house: House, tmp_path: Path) -> None:
    load = rows(
        tmp_path,
        person(1),
        "{broken",
        person(2, kind="dragon"),
        person(3, topic="fishing"),
        person(4, handling=["H3"]),
        person(1, gender="M"),
        person(5),
    )

    loaded = house.load(load)

    assert (loaded.read, loaded.stored, loaded.rejected) == (7, 2, 5)
    assert [line for line, _ in rejected(loaded)] == [2, 3, 4, 5, 6]
    assert rejected(loaded)[-1] == (6, "its id stands on an earlier row of the file")
    assert set(house.holdings()) == {"P-1", "P-5"}


def test_the_file_of_rejects_is_ours_alone_and_repeats_nothing(
    house: House, tmp_path: Path
) -> None:
    loaded = house.load(rows(tmp_path, person(1), person(2, kind="SECRET")))

    assert loaded.rejects is not None
    assert loaded.rejects.stat().st_mode & 0o777 == 0o600
    assert loaded.rejects.parent == tmp_path / "rejects"
    assert "SECRET" not in loaded.rejects.read_text(encoding="utf-8")


def test_a_load_is_written_down_with_its_totals(house: House, tmp_path: Path) -> None:
    house.load(rows(tmp_path, person(1), person(2), "{broken"))

    entry = house.entries()[-1]
    assert (entry.operation, entry.event) == (audit.Operation.COLLECTION, "loaded")
    assert (entry.person, entry.role) == ("ann", "administrator")
    assert entry.reason.startswith("loaded rows.jsonl as simple (ours, import ")
    assert entry.counts == {
        "read": 3, "stored": 2, "updated": 0, "unchanged": 0, "rejected": 1, "removed": 0,
    }  # fmt: skip


def test_an_edition_withdraws_what_its_source_no_longer_holds(house: House, tmp_path: Path) -> None:
    house.load(replace(rows(tmp_path, person(1)), source="others"))
    house.load(rows(tmp_path, *map(person, range(1, 6))))

    loaded = house.load(replace(rows(tmp_path, person(1), person(9)), is_edition=True))

    assert (loaded.stored, loaded.unchanged, loaded.removed) == (1, 1, 4)
    held = house.holdings()
    assert {row_id for row_id in held if not held[row_id][3]} == {"P-1", "P-9"}
    assert not house.holdings("others")["P-1"][3]


def test_a_row_that_comes_back_is_found_again(house: House, tmp_path: Path) -> None:
    house.load(rows(tmp_path, person(1), person(2)))
    house.load(replace(rows(tmp_path, person(1)), is_edition=True))

    loaded = house.load(rows(tmp_path, person(1), person(2)))

    assert (loaded.updated, loaded.unchanged) == (1, 1)
    assert not house.holdings()["P-2"][3]


def test_a_row_that_cannot_be_read_does_not_withdraw_its_record(
    house: House, tmp_path: Path
) -> None:
    house.load(rows(tmp_path, person(1), person(2), person(3)))
    edition = rows(tmp_path, person(1), person(2, kind="dragon"), person(3, topic="fishing"))

    loaded = house.load(replace(edition, is_edition=True))

    assert (loaded.removed, loaded.rejected) == (0, 2)
    assert not any(withdrawn for _, _, _, withdrawn in house.holdings().values())


@pytest.mark.parametrize("lines", [[], [person(1, kind="dragon")]])
def test_an_edition_without_a_row_is_refused(
    house: House, tmp_path: Path, lines: list[object]
) -> None:
    house.load(rows(tmp_path, person(1)))

    with pytest.raises(UnreadableError, match="it would withdraw all"):
        house.load(replace(rows(tmp_path, *lines), is_edition=True))

    assert not house.holdings()["P-1"][3]


def test_a_file_that_is_cut_at_its_end_changes_nothing(house: House, tmp_path: Path) -> None:
    house.load(rows(tmp_path, person(1), person(2)))
    before = (house.holdings(), len(house.entries()))
    load = replace(rows(tmp_path, *map(person, range(3 * BATCH))), is_edition=True)
    load.path.write_bytes(load.path.read_bytes()[:-9])

    with pytest.raises(
        UnreadableError, match=rf"rows\.jsonl ends in the middle of line {3 * BATCH}"
    ):
        house.load(load)

    assert (house.holdings(), len(house.entries())) == before
    assert not house.is_staging()
    assert not (tmp_path / "rejects").exists()


def test_a_file_that_changes_while_it_is_read_is_refused(house: House, tmp_path: Path) -> None:
    load = rows(tmp_path, person(1))

    def progress(done: int) -> None:
        assert done == 1
        load.path.write_text(json.dumps(person(2)) + "\n")

    with pytest.raises(UnreadableError, match="changed while it was read"):
        house.load(load, progress=progress)

    assert house.holdings() == {}


def test_what_cannot_be_opened_is_refused_at_once(house: House, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for name in ("pipe", "missing"):
        with pytest.raises(UnreadableError, match=f"{name} is no file or folder"):
            house.load(Load(tmp_path / name, "simple", "ours", SHOWN))


def test_a_load_that_cannot_be_meant_is_refused(house: House, tmp_path: Path) -> None:
    load = rows(tmp_path, person(1))

    with pytest.raises(InvalidError, match="format is not one of simple, ftm, un, ofac, csv"):
        house.load(replace(load, format="xls"))
    with pytest.raises(ConfigError, match="needs a mapping file"):
        house.load(replace(load, format="csv"))
    with pytest.raises(RowError, match="topic"):
        house.load(replace(load, marking=replace(SHOWN, topic="fishing")))
    assert house.count() == 0


def test_a_load_that_ended_leaves_nothing_staged(house: House, tmp_path: Path) -> None:
    house.load(rows(tmp_path, person(1), "{broken"))

    assert not house.is_staging()


def test_progress_counts_rows_read_and_then_rows_kept(house: House, tmp_path: Path) -> None:
    heard: list[int] = []

    house.load(rows(tmp_path, *map(person, range(BATCH + 1))), progress=heard.append)

    assert heard == [BATCH, BATCH + 1, BATCH, BATCH + 1]
