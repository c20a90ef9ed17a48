"""`amber people`: certificates given and renewed, and keys that their owners keep elsewhere."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from federation.messages import PersonId
from node import app, config
from node import home as homes
from node.people import Role
from tests.shell import Shell

LISTED = ("charter", "proposals")
SEEN = ("alerts",)


@pytest.fixture
def aged(tmp_path: Path) -> Callable[[float], Path]:
    """Makes a home as of so many days ago, in which a.tamm is an analyst."""

    def made(days: float) -> Path:
        settings = config.made(id="EE", name="Estonia", host="127.0.0.1", port=7400)
        ago = timedelta(days=days)
        home = homes.make(tmp_path / "EE", settings, lambda: app.clock() - ago)
        home.issue(PersonId("a.tamm"), [Role.ANALYST])
        return home.path

    return made


def taken_along(home: Path, person: str, to: Path) -> Path:
    """A person takes the key along; the certificate is in both places."""
    to.mkdir(exist_ok=True)
    people = home / "keys" / "people"
    shutil.move(people / f"{person}.key", to)
    shutil.copy(people / f"{person}.pem", to)
    return to


def test_who_took_the_key_along_is_not_chosen_and_names_where_it_is(
    shell: Shell, aged: Callable[[float], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = aged(0)
    folder = taken_along(home, "a.tamm", tmp_path / "tamm")

    shell("-n", home, *SEEN)  # as the first person, who is there
    shell("-n", home, "--as", "a.tamm", *SEEN, code=2)
    assert "--credentials" in shell.err
    shell("-n", home, "--credentials", folder, *SEEN)
    shell("-n", home, "--credentials", folder, *LISTED, code=2)
    assert "nobody with a key in" in shell.err
    monkeypatch.setenv("AMBER_CREDENTIALS", str(folder))
    shell("-n", home, "--as", "a.tamm", *SEEN)
    taken_along(home, "first", tmp_path / "first")
    monkeypatch.delenv("AMBER_CREDENTIALS")
    shell("-n", home, *SEEN, code=2)
    assert "nobody with a key in this home is analyst or coordinator" in shell.err


def test_a_key_that_was_taken_along_works_encrypted_as_in_the_home_or_not_at_all(
    shell: Shell, aged: Callable[[float], Path], tmp_path: Path
) -> None:
    home = aged(0)
    plain = taken_along(home, "a.tamm", tmp_path / "tamm")
    shell("-n", home, "people", "add", "b.saar", "--role", "analyst")
    shell("-n", home, "keys", "encrypt", "--key-file", tmp_path / "apart")
    encrypted = taken_along(home, "b.saar", tmp_path / "saar")
    assert b"ENCRYPTED" in (encrypted / "b.saar.key").read_bytes()

    for folder in (plain, encrypted):
        shell("-n", home, "--credentials", folder, *SEEN)


def test_a_certificate_is_renewed_for_the_same_key_wherever_it_is(
    shell: Shell, aged: Callable[[float], Path], tmp_path: Path
) -> None:
    home = aged(366)
    folder = taken_along(home, "a.tamm", tmp_path / "tamm")
    as_tamm = ("-n", home, "--credentials", folder)
    shell(*as_tamm, *SEEN, code=5)
    assert "amber people renew a.tamm" in shell.err

    (renewed,) = shell.json("-n", home, "people", "renew", "a.tamm")
    shutil.copy(renewed["certificate"], folder)

    shell(*as_tamm, *SEEN)
    shell(*as_tamm, *LISTED, code=2)  # still an analyst alone
    events = [one["event"] for one in shell.json("-n", home, *auditing(shell, home))]
    assert "person renewed" in events


def test_after_a_change_of_the_ca_who_keeps_the_key_elsewhere_is_renewed_unless_it_was_stolen(
    shell: Shell, aged: Callable[[float], Path], tmp_path: Path
) -> None:
    home = aged(0)
    folder = taken_along(home, "a.tamm", tmp_path / "tamm")

    def states() -> dict[str, str]:
        rows = shell.json("-n", home, "keys", "show")
        return {one["person"]: one["state"] for one in rows if one["person"]}

    shell("-n", home, "keys", "rotate", "ca")
    assert states() == {"a.tamm": "to be reissued", "first": "in use"}
    (renewed,) = shell.json("-n", home, "people", "renew", "a.tamm")
    shutil.copy(renewed["certificate"], folder)

    assert states() == {"a.tamm": "in use", "first": "in use"}
    shell("-n", home, "--credentials", folder, *SEEN)
    shell("-n", home, "keys", "revoke", "ca", "--reason", "stolen")
    shell("-n", home, "people", "renew", "a.tamm", code=2)
    assert "remove it, and issue another one" in shell.err


def auditing(shell: Shell, home: Path) -> tuple[str, ...]:
    shell("-n", home, "people", "add", "c.mets", "--role", "auditor")
    return ("--as", "c.mets", "audit", "report")


@pytest.mark.parametrize("days", [364.5, 366])
def test_an_administrator_whose_key_is_in_the_home_is_never_shut_out(
    shell: Shell, aged: Callable[[float], Path], days: float
) -> None:
    home = aged(days)
    before = {path: path.read_bytes() for path in (home / "keys" / "people").glob("*.pem")}

    shell("-n", home, "--as", "first", *LISTED)

    changed = {path.stem for path, held in before.items() if path.read_bytes() != held}
    assert changed == {"first"}
    events = [one["event"] for one in shell.json("-n", home, *auditing(shell, home))]
    assert "administrators renewed at their end" in events


def test_a_certificate_that_our_ca_did_not_give_is_not_renewed(
    shell: Shell, aged: Callable[[float], Path], tmp_path: Path
) -> None:
    home = aged(0)
    settings = config.made(id="EE", name="Estonia", host="127.0.0.1", port=7400)
    other = homes.make(tmp_path / "other", settings, app.clock)
    other.issue(PersonId("m.kuri"), [Role.AUDITOR])
    forged = home / "keys" / "people" / "m.kuri.pem"
    shutil.copy(other.path / "keys" / "people" / "m.kuri.pem", forged)
    before = forged.read_bytes()

    shell("-n", home, "people", "renew", "m.kuri", code=2)
    assert "our CA" in shell.err
    shell("-n", home, "people", "renew", "../first", code=2)
    shell("-n", home, "people", "renew", "nobody", code=2)

    assert forged.read_bytes() == before


def test_only_an_administrator_renews(shell: Shell, aged: Callable[[float], Path]) -> None:
    shell("-n", aged(0), "--as", "a.tamm", "people", "renew", "a.tamm", code=3)
