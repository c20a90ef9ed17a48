"""A home: made whole or not at all, locked by one, its charter replaced only by the rule."""

import stat
from pathlib import Path

import pytest

from federation.errors import InvalidError
from federation.messages import PersonId
from node import config, store
from node import home as homes
from node.errors import ConfigError, HomeError, LockedError
from node.people import Role
from tests.world import Clock


def made(path: Path, member: str = "EE", port: int = 7400) -> homes.Home:
    settings = config.made(id=member, name=member, host="127.0.0.1", port=port)
    return homes.make(path, settings, Clock())


def test_a_new_home_holds_everything_and_shows_it_to_nobody(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")

    files = [path for path in home.path.rglob("*") if path.is_file()]
    assert {"amber.toml", "charter.json", "amber.db"} <= {path.name for path in files}
    assert {path.name for path in home.certificates.iterdir()} == {
        *("ca.key", "ca.pem", "tls.key", "tls.pem", "signing.key", "digest.key", "people")
    }
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_new_home_is_a_federation_of_one(tmp_path: Path) -> None:
    charter = made(tmp_path / "EE").charter()

    assert (charter.version, list(charter.members)) == (1, ["EE"])


def test_the_first_person_administers_and_analyses(tmp_path: Path) -> None:
    people = made(tmp_path / "EE").people()

    assert people == {"first": {"administrator", "analyst"}}


def test_the_log_of_a_new_home_is_whole(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")

    opened = home.store(home.keys())
    with opened.view() as view:
        assert store.audit.verify(view) is None
        assert store.audit.head(view) is not None
    opened.close()


def test_a_home_is_never_made_over_something(tmp_path: Path) -> None:
    (tmp_path / "EE").mkdir()
    (tmp_path / "EE" / "letter").write_text("mine")

    with pytest.raises(HomeError, match="not empty"):
        made(tmp_path / "EE")

    assert [path.name for path in (tmp_path / "EE").iterdir()] == ["letter"]


def test_a_home_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "create", full)

    with pytest.raises(OSError, match="No space"):
        made(tmp_path / "EE")

    assert list(tmp_path.iterdir()) == []


def test_one_process_at_a_time_holds_a_home(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")

    with home.lock(), pytest.raises(LockedError), home.lock():
        pass

    with home.lock():
        pass


def test_a_node_is_running_only_while_its_lock_is_held(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")

    with home.lock(), home.announced("127.0.0.1:7400"):
        run = home.running()
        assert run is not None
        assert run.desk == "127.0.0.1:7400"

    assert home.running() is None


def test_what_a_killed_node_left_is_not_believed(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")
    (home.path / "running.json").write_text('{"pid": 1, "desk": "127.0.0.1:1"}')

    assert home.running() is None


def test_homes_that_are_all_ours_stand_under_one_charter(tmp_path: Path) -> None:
    ee, lv = made(tmp_path / "EE"), made(tmp_path / "LV", "LV", 7500)

    homes.federate([ee, lv])

    assert list(ee.charter().members) == list(lv.charter().members) == ["EE", "LV"]
    assert ee.document() == lv.document()


def test_who_we_are_is_read_anew_and_the_rest_is_of_the_start(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")
    file = home.path / "amber.toml"
    file.write_text(file.read_text().replace('name = "EE"', 'name = "Police of Estonia"'))

    assert home.settings_now().member.name == "Police of Estonia"
    assert home.config.member.name == "EE"


def test_a_person_gets_a_certificate_once(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")

    home.issue(PersonId("a.tamm"), [Role.AUDITOR])

    assert home.people()[PersonId("a.tamm")] == {"auditor"}
    with pytest.raises(InvalidError, match="has a certificate already"):
        home.issue(PersonId("a.tamm"), [Role.ANALYST])


def test_policies_come_from_the_folder_that_the_settings_name(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "own.cedar").write_text("// none")
    settings = config.Config(
        member=config.Member(id="EE", name="E", host="127.0.0.1", port=7400),
        policy=config.Policy(folder=str(rules)),
    )

    policies, schema = homes.Home(tmp_path, settings, Clock()).policies()

    assert policies == "// none"
    assert "entity Member" in schema


def test_a_policy_folder_that_is_not_there_is_named_with_where_it_is_looked_for(
    tmp_path: Path,
) -> None:
    settings = config.Config(
        member=config.Member(id="EE", name="E", host="127.0.0.1", port=7400),
        policy=config.Policy(folder="mine"),
    )
    home = homes.Home(tmp_path, settings, Clock())

    with pytest.raises(ConfigError, match=f"policy.folder: {tmp_path}/mine is no folder"):
        home.policies()

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.cedar").write_bytes(b"// \xff")
    with pytest.raises(ConfigError, match=r"own\.cedar cannot be read as text"):
        home.policies()
    (tmp_path / "mine" / "own.cedar").write_text("// none")
    assert home.policies()[0] == "// none"


def test_a_policy_folder_without_policies_is_refused(tmp_path: Path) -> None:
    settings = config.Config(
        member=config.Member(id="EE", name="E", host="127.0.0.1", port=7400),
        policy=config.Policy(folder=str(tmp_path)),
    )

    with pytest.raises(ConfigError, match="folder holds no"):
        homes.Home(tmp_path, settings, Clock()).policies()


def test_what_a_killed_node_had_been_sent_is_dropped_and_nothing_else(tmp_path: Path) -> None:
    home = made(tmp_path / "EE")
    (home.incoming / "left" / "file").mkdir(parents=True)
    (home.incoming / "left" / "file" / "list.jsonl").write_text("Anna Nowak")
    before = {file.name for file in home.path.iterdir()}

    home.drop_incoming()

    assert list(home.incoming.iterdir()) == []
    assert {file.name for file in home.path.iterdir()} == before
