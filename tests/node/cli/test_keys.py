"""`amber keys` and `metrics`: shown, changed, taken back, encrypted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from federation.errors import UnreachableError
from node import config
from node.cli import connection
from node.keyring import unlocking
from tests.node.cli.test_verbs import Shell
from tests.world import World, federation

AT = ("--member", "EE", "--name", "Estonia", "--address", "127.0.0.1:7400")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    unlocking.passphrase.cache_clear()
    return Shell(monkeypatch, capsys)


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


def test_keys_are_encrypted_and_decrypted_later(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file, phrase = tmp_path / "EE", tmp_path / "apart", tmp_path / "phrase"
    shell("init", home, *AT)
    before = fingerprints(shell, home)
    phrase.write_text("three herons on a pier\n")

    shell("-n", home, "keys", "encrypt", "--key-file", file)
    assert fingerprints(shell, home) == before
    monkeypatch.setenv("AMBER_PASSPHRASE_FILE", str(phrase))
    shell("-n", home, "keys", "encrypt", "--passphrase")
    assert fingerprints(shell, home) == before
    file.unlink()
    shell("-n", home, "keys", "decrypt")

    monkeypatch.delenv("AMBER_PASSPHRASE_FILE")
    unlocking.passphrase.cache_clear()
    assert fingerprints(shell, home) == before
    assert b"ENCRYPTED" not in (home / "keys" / "ca.key").read_bytes()


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
