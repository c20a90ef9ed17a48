from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from federation import keys, seal
from federation.certificates import NODE_LIFE, dns_name
from federation.errors import InvalidError, UntrustedError
from federation.messages import PersonId
from tests.federation.world import EE, LV

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TAMM = PersonId("a.tamm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The keys of Estonia."""
    keys.make(tmp_path / "keys", EE, NOW)
    return tmp_path / "keys"


def test_keys_are_made_for_their_owner_alone(folder: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}

    assert modes == {
        "keys": 0o700,
        "people": 0o700,
        "ca.key": 0o600,
        "ca.pem": 0o600,
        "tls.key": 0o600,
        "tls.pem": 0o600,
        "signing.key": 0o600,
        "digest.key": 0o600,
    }


def test_keys_are_made_once(folder: Path) -> None:
    before = (folder / "signing.key").read_bytes()

    with pytest.raises(InvalidError, match="there already"):
        keys.make(folder, EE, NOW)

    assert (folder / "signing.key").read_bytes() == before


def test_keys_whose_making_was_cut_short_are_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".keys.new" / "people").mkdir(parents=True)
    (tmp_path / ".keys.new" / "ca.key").write_bytes(b"half of a")

    keys.make(tmp_path / "keys", EE, NOW)

    assert keys.open(tmp_path / "keys", EE, NOW).member == EE
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_opened_keys_end_with_their_certificate(folder: Path) -> None:
    own = keys.open(folder, EE, NOW)

    assert own.expires_at == NOW + NODE_LIFE


def test_no_secret_shows_when_keys_are_printed(folder: Path) -> None:
    own = keys.open(folder, EE, NOW)

    printed = repr(own)

    assert "PRIVATE" not in printed
    assert repr(own.digest_key) not in printed


@pytest.mark.parametrize("name", ["ca.pem", "tls.pem", "tls.key", "signing.key", "digest.key"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(UntrustedError, match=name):
        keys.open(folder, EE, NOW)


@pytest.mark.parametrize("name", ["ca.pem", "tls.pem", "tls.key", "signing.key"])
def test_a_spoilt_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"spoilt")

    with pytest.raises(UntrustedError, match=name):
        keys.open(folder, EE, NOW)


@pytest.mark.parametrize("name", ["tls.key", "signing.key", "digest.key"])
def test_a_secret_that_others_can_read_is_not_used(folder: Path, name: str) -> None:
    (folder / name).chmod(0o640)

    with pytest.raises(UntrustedError, match=f"chmod 600 .*{name}"):
        keys.open(folder, EE, NOW)


@pytest.mark.parametrize(
    ("name", "other", "says"),
    [
        ("tls.key", "signing.key", "not an elliptic curve key"),
        ("signing.key", "tls.key", "not an Ed25519 key"),
        ("tls.key", "ca.key", "tls.key is not the key of tls.pem"),
        ("ca.pem", "tls.pem", "ca.pem is not a CA"),
    ],
)
def test_a_file_in_the_place_of_another_is_found(
    folder: Path, name: str, other: str, says: str
) -> None:
    (folder / name).write_bytes((folder / other).read_bytes())

    with pytest.raises(UntrustedError, match=says):
        keys.open(folder, EE, NOW)


def test_a_ca_that_did_not_issue_our_certificate_is_found(folder: Path, tmp_path: Path) -> None:
    keys.make(tmp_path / "other", EE, NOW)
    (folder / "ca.pem").write_bytes((tmp_path / "other" / "ca.pem").read_bytes())

    with pytest.raises(UntrustedError, match=r"tls.pem was not issued .*have the CA of EE issue"):
        keys.open(folder, EE, NOW)


@pytest.mark.parametrize("at", [NOW + NODE_LIFE + timedelta(days=1), NOW - timedelta(days=1)])
def test_a_certificate_outside_its_validity_is_not_used(folder: Path, at: datetime) -> None:
    with pytest.raises(UntrustedError, match=r"tls.pem does not count"):
        keys.open(folder, EE, at)


def test_the_keys_of_one_member_do_not_open_as_anothers(folder: Path) -> None:
    with pytest.raises(UntrustedError, match="restore the keys of LV"):
        keys.open(folder, LV, NOW)


def test_a_person_gets_a_certificate_with_every_role(folder: Path) -> None:
    issued = keys.issue_person(folder, EE, TAMM, roles=("analyst", "auditor"), now=NOW)

    held = keys.people_in(folder / "people", EE)

    assert held == {TAMM: {"analyst", "auditor"}}
    assert issued.key.stat().st_mode & 0o777 == 0o600
    assert keys.person_credentials(folder, TAMM) == (
        issued.key.read_bytes(),
        issued.certificate.read_bytes(),
    )


def test_a_person_has_one_certificate(folder: Path) -> None:
    issued = keys.issue_person(folder, EE, TAMM, roles=("analyst",), now=NOW)
    before = issued.certificate.read_bytes()

    with pytest.raises(InvalidError, match="has a certificate already"):
        keys.issue_person(folder, EE, TAMM, roles=("administrator",), now=NOW)

    assert issued.certificate.read_bytes() == before


@pytest.mark.parametrize("person", ["", "../ca", "Tamm", "a tamm", "a/tamm", "x" * 64])
def test_a_person_whose_name_cannot_stand_in_a_certificate_gets_none(
    folder: Path, person: str
) -> None:
    with pytest.raises(InvalidError, match="a-z"):
        keys.issue_person(folder, EE, PersonId(person), roles=("analyst",), now=NOW)

    assert list((folder / "people").iterdir()) == []


def test_a_role_that_cannot_stand_in_a_certificate_is_not_given(folder: Path) -> None:
    with pytest.raises(InvalidError, match="a-z"):
        keys.issue_person(folder, EE, TAMM, roles=("analyst/../node",), now=NOW)


def test_a_certificate_of_somebody_else_in_the_folder_is_nobody(folder: Path) -> None:
    for kind in ("pem", "key"):
        (folder / "people" / f"node.{kind}").write_bytes((folder / f"tls.{kind}").read_bytes())

    held = keys.people_in(folder / "people", EE)

    assert held == {}


def test_audit_heads_are_signed_by_the_signing_key_and_are_good_for_nothing_else(
    folder: Path,
) -> None:
    own = keys.open(folder, EE, NOW)

    signature = own.sign(b"head")

    assert own.holds(b"head", signature)
    assert not own.holds(b"tail", signature)
    assert not seal.holds(seal.STATEMENT_TYPE, b"head", signature, signing_key=own.signing_key)


def test_another_members_signature_is_not_ours(folder: Path, tmp_path: Path) -> None:
    keys.make(tmp_path / "lv", LV, NOW)
    own, other = keys.open(folder, EE, NOW), keys.open(tmp_path / "lv", LV, NOW)

    signature = other.sign(b"head")

    assert not own.holds(b"head", signature)


def test_a_file_is_written_whole_over_what_a_killed_writer_left(tmp_path: Path) -> None:
    (tmp_path / ".charter.json.new").write_bytes(b"half")

    keys.write(tmp_path / "charter.json", b"whole")

    assert (tmp_path / "charter.json").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["charter.json"]


def test_the_ca_is_limited_to_its_member(folder: Path) -> None:
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())

    limits = ca.extensions.get_extension_for_class(x509.NameConstraints)

    assert limits.critical
    assert limits.value.permitted_subtrees == [
        x509.DNSName(dns_name(EE)),
        x509.UniformResourceIdentifier(dns_name(EE)),
    ]
