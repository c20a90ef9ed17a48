"""The database file: made once, opened at its own version, brought up to date."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from federation.messages import MemberId
from node import store
from node.errors import ConfigError, HomeError, StoreError
from node.store.migrations import NAMES, migrations
from tests.node.store.shelf import NOW, Notary, Shelf, draft, person

GOLDEN = Path(__file__).parents[2] / "golden"
HOUSE = store.House(MemberId("EE"), lambda: NOW, Notary())


def altered(file: Path, *statements: str) -> None:
    """Run statements behind the back of the store."""
    with closing(sqlite3.connect(file)) as database, database:
        for statement in statements:
            database.execute(statement)


def schema(file: Path) -> list[tuple[str, str]]:
    """The tables and indexes of a database."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
        )
        return rows.fetchall()


def test_a_database_is_for_its_owner_alone(shelf: Shelf) -> None:
    shelf.keep(draft())

    modes = {file.name: file.stat().st_mode & 0o777 for file in shelf.folder.iterdir()}

    assert modes == {"amber.db": 0o600, "amber.db-shm": 0o600, "amber.db-wal": 0o600}


def test_a_database_is_never_made_over_another(shelf: Shelf) -> None:
    shelf.keep(draft())

    with pytest.raises(HomeError, match="there already"):
        store.create(shelf.file)

    assert shelf.held().record.entity == person()


def test_what_cannot_be_made_whole_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "amber.db"
    (tmp_path / "amber.db-wal").mkdir()

    with pytest.raises(StoreError):
        store.create(file)

    assert not file.exists()


def test_opening_never_makes_a_file(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="missing"):
        store.open(tmp_path / "amber.db", HOUSE)

    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_refused_until_there_is_a_driver_for_it(shelf: Shelf) -> None:
    with pytest.raises(ConfigError, match="not supported"):
        store.open(shelf.file, HOUSE, secret=b"a secret")


def test_somebody_elses_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "amber.db"
    altered(file, "CREATE TABLE theirs (id)")
    before = file.read_bytes()

    with pytest.raises(HomeError, match="not a database of Amber"):
        store.open(file, HOUSE)

    assert file.read_bytes() == before


def test_a_database_of_a_newer_amber_is_refused_and_left_as_it_is(shelf: Shelf) -> None:
    shelf.close()
    altered(
        shelf.file,
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('amber', 'later', '')",
    )
    before = shelf.file.read_bytes()

    with pytest.raises(HomeError, match=r"newer Amber \(later\)"):
        store.open(shelf.file, HOUSE)

    assert shelf.file.read_bytes() == before


def test_a_home_that_lost_power_opens(shelf: Shelf) -> None:
    shelf.keep(draft())
    for file in shelf.folder.iterdir():  # what lies on the disk while the node runs
        (shelf.folder / f"copy-{file.name}").write_bytes(file.read_bytes())

    opened = store.open(shelf.folder / "copy-amber.db", HOUSE)

    with opened.view() as view:
        assert store.records.count(view) == 1
    opened.close()


def test_a_database_is_as_durable_as_its_setting(shelf: Shelf) -> None:
    durable = store.open(shelf.file, HOUSE)

    levels = [
        one._writer.execute("PRAGMA synchronous").fetchone()[0] for one in (durable, shelf.store)
    ]

    assert levels == [2, 0]
    durable.close()


def test_readers_never_checkpoint(shelf: Shelf) -> None:
    with shelf.store.view() as view:
        (pages,) = view._connection.execute("PRAGMA wal_autocheckpoint").fetchone()  # type: ignore[union-attr]

    assert pages == 0


def test_every_table_is_strict(shelf: Shelf) -> None:
    own = [
        sql
        for name, sql in schema(shelf.file)
        if sql.startswith("CREATE TABLE") and not name.startswith(("_", "sqlite_"))
    ]

    assert [sql for sql in own if "STRICT" not in sql] == []
    assert len(own) > 15


def test_every_migration_of_this_version_is_known_by_its_name() -> None:
    assert {migration.name for migration in migrations._migrations} == NAMES


def test_a_database_of_version_1_opens_and_holds_what_it_held(tmp_path: Path) -> None:
    file = tmp_path / "amber.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript((GOLDEN / "store_v1.sql").read_text(encoding="utf-8"))

    opened = store.open(file, HOUSE)

    with opened.view() as view:
        held = store.records.by_source(view, "ours", ["P-1", "P-2"])
        assert held["P-1"].record.entity == person(name="Anna Nowak")
        assert [one.reason for one in store.records.versions(view, held["P-1"].record.id)] == [
            "a test"
        ] * 2
        assert (held["P-1"].record.version, held["P-2"].record.is_withdrawn) == (2, True)
        assert store.keys.probe(view, ("name", "nowak"), markings=None, cap=9) == [
            held["P-1"].number
        ]
        assert store.audit.verify(view) is None
        assert (store.keys.due(view, 2), store.keys.forms(view, [held["P-1"].number])) == (2, {})
    opened.close()
    store.create(tmp_path / "new.db")
    assert schema(file) == schema(tmp_path / "new.db")


def test_a_database_of_version_2_opens_and_holds_what_it_held(tmp_path: Path) -> None:
    file = tmp_path / "amber.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript((GOLDEN / "store_v2.sql").read_text(encoding="utf-8"))

    opened = store.open(file, HOUSE)

    with opened.view() as view:
        held = store.records.by_source(view, "ours", ["P-1", "P-3"])
        numbers = [held["P-1"].number, held["P-3"].number]
        found = [
            store.keys.probe(view, ("name", "nowak"), markings=None, cap=9),
            store.keys.probe(view, ("name", "tamm"), markings=None, cap=9, year=1970),
        ]
        assert found == [[number] for number in numbers]
        assert store.keys.forms(view, numbers) == {
            numbers[0]: (2, b"P-1"),
            numbers[1]: (2, b"P-3"),
        }
        assert (store.keys.due(view, 2), store.audit.verify(view)) == (0, None)
    opened.close()
    store.create(tmp_path / "new.db")
    assert schema(file) == schema(tmp_path / "new.db")
