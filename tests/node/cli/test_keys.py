"""`amber keys` and `metrics`: shown, changed, taken back, encrypted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from federation.errors import UnreachableError
from federation.messages import PersonId
from node import config
from node.cli import connection
from node.keyring import unlocking
from node.people import Role
from tests.shell import Shell
from tests.world import World, federation

AT = ("--member", "EE", "--name", "Estonia", "--address", "127.0.0.1:7400")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    forgotten()
    return Shell(monkeypatch, capsys)


def forgotten() -> None:
    """As in a process that begins: nobody has said a passphrase yet."""
    unlocking.passphrase.cache_clear()
    unlocking.new_passphrase.cache_clear()


class Terminal:
    """A terminal at which somebody types words, and what was asked there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
        self.asked: list[str] = []
        self._words = list(words)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", self._ask)

    def _ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self._words.pop(0)


def fingerprints(shell: Shell, home: Path) -> dict[str, str]:
    return {one["what"]: one["fingerprint"] for one in shell.json("-n", home, "keys", "show")}


def test_keys_are_shown_with_what_each_is_and_until_when(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "EE"
    shell("init", home, *AT)
    assert "NOT encrypted" in shell.err

    shown = shell.json("-n", home, "keys", "show")

    assert [one["what"] for one in shown] == ["ca", "tls", "signing", "person", "charter"]
    assert {one["state"] for one in shown} == {"in use"}
    assert all(one["fingerprint"] for one in shown)
    assert [one["person"] for one in shown] == ["", "", "", "first", ""]
    assert "not encrypted" in shell.err
    tls = shown[1]
    assert f"since {tls['since']}  until {tls['until']}" in shell("-n", home, "keys", "show")


def test_each_key_of_a_node_that_is_alone_changes_at_once(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "EE"
    shell("init", home, *AT)
    before = fingerprints(shell, home)

    for what in ("tls", "signing", "ca"):
        shell("-n", home, "keys", "rotate", what)
        after = fingerprints(shell, home)
        assert after[what] != before[what]
        assert (after["signing"] != before["signing"]) is (what == "signing")
        before = after
    shell("-n", home, "keys", "revoke", "ca", "--reason", "stolen")

    assert fingerprints(shell, home)["ca"] != before["ca"]
    assert "whole" in shell("-n", home, "audit", "verify")


def test_a_look_that_meets_another_ca_than_the_one_on_disk_is_taken_again(
    shell: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [UnreachableError("another CA")] * 2

    def asked(ctx: click.Context, call: str, ask: Any, **how: Any) -> Any:
        if call == "ShowKeys" and faults:
            raise faults.pop()
        return connection.asked(ctx, call, ask, **how)

    monkeypatch.setattr("node.cli.keys.asked", asked)

    shell("-n", world["ee"].home.path, "keys", "rotate", "ca")

    assert faults == []
    assert "Done" in shell.err


def test_a_revocation_says_why_and_a_key_is_one_of_three(shell: Shell, tmp_path: Path) -> None:
    home = tmp_path / "EE"
    shell("init", home, *AT)

    shell("-n", home, "keys", "revoke", "tls", code=2)
    shell("-n", home, "keys", "revoke", "tls", "--reason", " ", code=2)
    shell("-n", home, "keys", "rotate", "digest", code=2)


def test_a_home_that_is_made_with_a_key_file_works_and_without_it_says_what_to_do(
    shell: Shell, tmp_path: Path
) -> None:
    home, file = tmp_path / "EE", tmp_path / "apart"

    shell("init", home, *AT, "--key-file", file)

    assert "NOT encrypted" not in shell.err
    assert f'key_file = "{file}"' in (home / "amber.toml").read_text()
    assert b"ENCRYPTED" in (home / "keys" / "people" / "first.key").read_bytes()
    shell("-n", home, "people", "add", "a.tamm", "--role", "analyst")
    assert b"ENCRYPTED" in (home / "keys" / "people" / "a.tamm.key").read_bytes()
    file.unlink()
    shell("-n", home, "keys", "show", code=5)
    assert "keys.key_file" in shell.err


@pytest.mark.parametrize("variable", ["AMBER_PASSPHRASE_FILE", "AMBER_NEW_PASSPHRASE_FILE"])
def test_the_first_passphrase_is_read_from_either_file(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    made, later, phrase = tmp_path / "EE", tmp_path / "again" / "EE", tmp_path / "phrase"
    phrase.write_text("three herons on a pier\n")
    shell("init", later, *AT)
    monkeypatch.setenv(variable, str(phrase))

    shell("init", made, *AT, "--passphrase")
    shell("-n", later, "keys", "encrypt", "--passphrase")

    monkeypatch.setenv("AMBER_PASSPHRASE_FILE", str(phrase))
    forgotten()
    assert all(fingerprints(shell, home) for home in (made, later))


def test_keys_are_encrypted_and_decrypted_later(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file, phrase = tmp_path / "EE", tmp_path / "apart", tmp_path / "phrase"
    shell("init", home, *AT)
    before = fingerprints(shell, home)
    phrase.write_text("three herons on a pier\n")

    shell("-n", home, "keys", "encrypt", "--key-file", file)
    assert fingerprints(shell, home) == before
    monkeypatch.setenv("AMBER_NEW_PASSPHRASE_FILE", str(phrase))
    shell("-n", home, "keys", "encrypt", "--passphrase")
    monkeypatch.setenv("AMBER_PASSPHRASE_FILE", str(phrase))
    assert fingerprints(shell, home) == before
    file.unlink()
    shell("-n", home, "keys", "decrypt")

    monkeypatch.delenv("AMBER_PASSPHRASE_FILE")
    forgotten()
    assert fingerprints(shell, home) == before
    assert b"ENCRYPTED" not in (home / "keys" / "ca.key").read_bytes()


def test_a_passphrase_is_changed_and_the_one_before_opens_nothing(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, old, new = tmp_path / "EE", tmp_path / "old", tmp_path / "new"
    old.write_text("three herons on a pier\n")
    new.write_text("nine swans over a harbour\n")
    monkeypatch.setenv("AMBER_NEW_PASSPHRASE_FILE", str(old))
    shell("init", home, *AT, "--passphrase")

    forgotten()
    monkeypatch.setenv("AMBER_PASSPHRASE_FILE", str(old))
    monkeypatch.setenv("AMBER_NEW_PASSPHRASE_FILE", str(new))
    shell("-n", home, "keys", "encrypt", "--passphrase")

    forgotten()
    shell("-n", home, "keys", "show", code=5)
    assert "another passphrase" in shell.err
    forgotten()
    monkeypatch.setenv("AMBER_PASSPHRASE_FILE", str(new))
    assert len(fingerprints(shell, home)) == 5


def test_a_new_passphrase_is_never_the_one_before_because_nobody_said_another(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, old = tmp_path / "EE", tmp_path / "old"
    old.write_text("three herons on a pier\n")
    monkeypatch.setenv("AMBER_NEW_PASSPHRASE_FILE", str(old))
    shell("init", home, *AT, "--passphrase")

    forgotten()
    monkeypatch.delenv("AMBER_NEW_PASSPHRASE_FILE")
    monkeypatch.setenv("AMBER_PASSPHRASE_FILE", str(old))
    shell("-n", home, "keys", "encrypt", "--passphrase", code=5)

    assert "AMBER_NEW_PASSPHRASE_FILE" in shell.err


def test_a_terminal_is_asked_for_the_old_passphrase_once_and_for_the_new_one_twice(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "EE"
    at_first = Terminal(monkeypatch, "three herons", "three herons")
    shell("init", home, *AT, "--passphrase")
    assert at_first.asked == ["New passphrase of the keys: ", "Once more: "]

    forgotten()
    later = Terminal(monkeypatch, "three herons", "nine swans", "nine swans")
    shell("-n", home, "keys", "encrypt", "--passphrase")
    assert later.asked == [
        "Passphrase of the keys: ",
        "New passphrase of the keys: ",
        "Once more: ",
    ]

    forgotten()
    slip = Terminal(monkeypatch, "nine swans", "ten swans", "ten swams")
    shell("-n", home, "keys", "encrypt", "--passphrase", code=2)
    assert "nothing was changed" in shell.err
    assert len(slip.asked) == 3


def test_another_key_file_opens_the_keys_and_amber_toml_says_so(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, a, b, phrase = (tmp_path / name for name in ("EE", "a", "b", "phrase"))
    shell("init", home, *AT, "--key-file", a)
    settings = home / "amber.toml"
    settings.write_text(settings.read_text().replace("[log]", "# Ours: ask the duty desk.\n[log]"))
    before, shown = settings.read_text(), fingerprints(shell, home)

    shell("-n", home, "keys", "encrypt", "--key-file", b)

    a.unlink()
    assert fingerprints(shell, home) == shown
    assert settings.read_text() == before.replace(f'"{a}"', f'"{b}"')

    phrase.write_text("three herons on a pier\n")
    monkeypatch.setenv("AMBER_NEW_PASSPHRASE_FILE", str(phrase))
    shell("-n", home, "keys", "encrypt", "--passphrase")
    assert settings.read_text() == before.replace(f'"{a}"', '""')


def test_settings_that_cannot_be_edited_are_named_before_anything_is_changed(
    shell: Shell, tmp_path: Path
) -> None:
    home, a, b = tmp_path / "EE", tmp_path / "a", tmp_path / "b"
    shell("init", home, *AT, "--key-file", a)
    settings = home / "amber.toml"
    text = settings.read_text()
    table = text[text.index("[keys]") : text.index("[charter]")]
    settings.write_text(f'keys.key_file = "{a}"\n{text.replace(table, "")}')
    lock = (home / "keys" / "lock.json").read_bytes()

    shell("-n", home, "keys", "encrypt", "--key-file", b, code=2)

    assert f'key_file = "{b}"' in shell.err
    assert (home / "keys" / "lock.json").read_bytes() == lock
    settings.write_text(settings.read_text().replace(f'"{a}"', f'"{b}"'))
    shell("-n", home, "keys", "encrypt", "--key-file", b)
    assert len(fingerprints(shell, home)) == 5


def test_a_change_of_the_key_file_that_was_cut_short_before_its_end_opens_the_keys(
    shell: Shell, tmp_path: Path
) -> None:
    home, a, b = tmp_path / "EE", tmp_path / "a", tmp_path / "b"
    shell("init", home, *AT, "--key-file", a)
    settings = (home / "amber.toml").read_text()
    shell("-n", home, "keys", "encrypt", "--key-file", b)

    (home / "amber.toml").write_text(settings)

    assert len(fingerprints(shell, home)) == 5


def test_a_home_is_made_with_one_secret(shell: Shell, tmp_path: Path) -> None:
    shell("init", tmp_path / "EE", *AT, "--passphrase", "--key-file", tmp_path / "a", code=2)

    assert not (tmp_path / "EE").exists()


@pytest.mark.parametrize(
    "options", [(), ("--key-file", "inside", "--passphrase"), ("--key-file", "EE/keys/file")]
)
def test_what_opens_the_keys_lies_outside_of_the_home_and_is_one_thing(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    shell("init", tmp_path / "EE", *AT)

    shell("-n", tmp_path / "EE", "keys", "encrypt", *options, code=2)


def test_a_running_node_is_not_encrypted_under_its_feet(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    home = world["ee"].home.path

    shell("-n", home, "keys", "encrypt", "--key-file", tmp_path / "apart", code=1)

    assert "in use" in shell.err


@pytest.mark.parametrize(("days_left", "level"), [(31, None), (30, 30), (7, 7), (1, 1)])
def test_status_and_metrics_say_at_each_level_what_ends_soon(
    shell: Shell, world: World, days_left: int, level: int | None
) -> None:
    home = world["ee"].home.path
    world.clock.turn(days=365 - days_left)

    text = shell("-n", home, "metrics")
    [status] = shell.json("-n", home, "status")

    warned = {one["what"]: one["warned"] for one in status["ends_soon"]}
    assert warned == ({} if level is None else {"tls": level, "person": level})
    assert f'amber_ends_seconds{{what="tls"}} {days_left * 86_400}\n' in text
    assert f"amber_ends_soon {len(warned)}\n" in text
    assert "private keys are not encrypted" in shell("-n", home, "status")
    assert 'amber_mail_waiting{member="LV"}' in text
    assert "amber_keys_encrypted 0" in text
    assert "first" not in text.replace("Seconds until the first of a kind ends.", "")


@pytest.mark.parametrize(("days", "level"), [(22, None), (23, 7), (29, 1)])
def test_a_charter_of_a_month_is_warned_of_when_nobody_renewed_it_in_time(
    shell: Shell, days: int, level: int | None
) -> None:
    """It is renewed from its middle on: 30 days before its end would be always."""
    with federation("EE", "LV", life=timedelta(days=30), settings=_not_renewing) as two:
        home = two["ee"].home.path
        two.clock.turn(days=days)

        [status] = shell.json("-n", home, "status")
        text = shell("-n", home, "metrics")

        warned = {one["what"]: one["warned"] for one in status["ends_soon"]}
        assert warned == ({} if level is None else {"charter": level})
        assert f'amber_ends_seconds{{what="charter"}} {(30 - days) * 86_400}\n' in text


def _not_renewing(settings: config.Config) -> config.Config:
    return msgspec.structs.replace(settings, charter=config.Charter(renew=False))


def test_a_status_names_whose_certificate_ends_to_who_may_see_keys_and_to_that_person(
    shell: Shell, world: World
) -> None:
    home = world["ee"].home
    for person, role in (("a.tamm", Role.ANALYST), ("b.saar", Role.AUDITOR)):
        home.issue(PersonId(person), [role])
    world.clock.turn(days=340)

    def named(who: str) -> set[str]:
        [said] = shell.json("-n", home.path, "--as", who, "status")
        assert "tls" in {one["what"] for one in said["ends_soon"]}
        return {one["person"] for one in said["ends_soon"] if one["person"]}

    assert named("a.tamm") == {"a.tamm"}
    assert named("b.saar") == named("first") == {"a.tamm", "b.saar", "first"}
