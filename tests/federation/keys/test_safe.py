"""Private keys at rest: encrypted under a key file or a passphrase, and what is said without."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from federation import keys
from federation.errors import InvalidError, UntrustedError
from federation.keys import NOTHING, Unlocking
from federation.messages import PersonId
from tests.federation.keys.kills import killed_at_each_step
from tests.federation.world import EE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TAMM = PersonId("a.tamm")


def made(folder: Path, unlocking: Unlocking) -> Path:
    safe = keys.make(folder / "keys", EE, NOW, unlocking)
    keys.issue_person(folder / "keys", EE, TAMM, roles=["analyst"], now=NOW, safe=safe)
    return folder / "keys"


def is_plain(path: Path) -> bool:
    """Whether a private key can be read by whoever can read its file."""
    if path.name == "digest.key":
        return len(path.read_bytes()) == 32
    try:
        load_pem_private_key(path.read_bytes(), password=None)
    except TypeError:
        return False
    return True


def opened(folder: Path, unlocking: Unlocking) -> keys.Keys:
    return keys.open(folder, EE, NOW, unlocking.safe(folder))


def phrase(text: str) -> Unlocking:
    return Unlocking(None, lambda: text)


def test_every_private_key_in_the_home_is_encrypted_under_the_key_file(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere"

    folder = made(tmp_path, Unlocking(file))

    plain = {path.name: is_plain(path) for path in folder.rglob("*.key")}
    assert plain == dict.fromkeys(
        ("ca.key", "tls.key", "signing.key", "digest.key", "a.tamm.key"), False
    )
    assert file.stat().st_mode & 0o777 == 0o600
    own = opened(folder, Unlocking(file))
    assert own.tls_key.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert len(own.digest_key) == 32
    key, _ = keys.person_credentials(folder, TAMM, Unlocking(file).safe(folder))
    assert key.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_keys_stay_plain_when_nothing_is_said(tmp_path: Path) -> None:
    folder = made(tmp_path, NOTHING)

    assert all(map(is_plain, folder.rglob("*.key")))
    assert keys.lock_of(folder) is None


def test_a_passphrase_opens_what_it_encrypted_and_another_one_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path, phrase("three herons on a pier"))

    assert not any(map(is_plain, folder.rglob("*.key")))
    assert opened(folder, phrase("three herons on a pier")).member == EE
    with pytest.raises(UntrustedError, match="another passphrase"):
        opened(folder, phrase("two herons on a pier"))
    with pytest.raises(UntrustedError, match="AMBER_PASSPHRASE_FILE"):
        opened(folder, NOTHING)


def test_a_key_file_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere"
    folder = made(tmp_path, Unlocking(file))
    file.rename(tmp_path / "moved")

    with pytest.raises(UntrustedError, match=r"elsewhere is not there: .*keys\.key_file"):
        opened(folder, NOTHING)

    assert opened(folder, Unlocking(tmp_path / "moved")).member == EE


def test_a_key_file_of_others_opens_nothing(tmp_path: Path) -> None:
    folder, other = made(tmp_path, Unlocking(tmp_path / "one")), tmp_path / "other"
    (tmp_path / "elsewhere").mkdir()
    made(tmp_path / "elsewhere", Unlocking(other))

    with pytest.raises(UntrustedError, match="other is not their file"):
        opened(folder, Unlocking(other))


def test_a_key_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    folder, file = made(tmp_path, Unlocking(tmp_path / "one")), tmp_path / "one"
    file.chmod(0o640)

    with pytest.raises(UntrustedError, match="chmod 600"):
        opened(folder, Unlocking(file))


@pytest.mark.parametrize("unlocking", [phrase(""), Unlocking(Path("/nowhere/at/all"))])
def test_what_protects_nothing_is_refused(tmp_path: Path, unlocking: Unlocking) -> None:
    with pytest.raises(InvalidError):
        keys.make(tmp_path / "keys", EE, NOW, unlocking)


def test_a_plain_key_that_was_put_among_encrypted_ones_is_found(tmp_path: Path) -> None:
    folder = made(tmp_path, Unlocking(tmp_path / "one"))
    keys.make(tmp_path / "other", EE, NOW)
    (folder / "signing.key").write_bytes((tmp_path / "other" / "signing.key").read_bytes())

    with pytest.raises(UntrustedError, match=r"signing\.key is not encrypted as the others"):
        opened(folder, Unlocking(tmp_path / "one"))


def test_no_secret_of_a_safe_shows_when_it_is_printed(tmp_path: Path) -> None:
    safe, _ = Unlocking(tmp_path / "one").new()

    assert "secret" not in repr(safe)


@pytest.mark.parametrize("to_encrypted", [True, False])
def test_keys_that_are_encrypted_or_decrypted_survive_an_end_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, to_encrypted: bool
) -> None:
    one, two = (NOTHING, Unlocking(tmp_path / "file"))
    before, after = (one, two) if to_encrypted else (two, one)
    folder = made(tmp_path, before)
    signing = opened(folder, before).signing_key
    states = set()

    def relocked() -> None:
        keys.relock(folder, before.safe(folder), after)

    for _ in killed_at_each_step(relocked, monkeypatch):
        assert opened(folder, two).signing_key == signing
        is_locked = keys.lock_of(folder) is not None
        states.add(is_locked)
        found = [*folder.glob("*.key"), *folder.glob("people/*.key")]
        assert [is_plain(path) for path in found] == [not is_locked] * 5
        if is_locked is to_encrypted:
            keys.relock(folder, two.safe(folder), before)

    assert states == {True, False}
