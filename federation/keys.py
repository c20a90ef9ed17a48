"""A member's keys on disk: made once, opened only when they fit together, issued to people.

Trust: whoever can read this folder can speak and sign as this member. Its files are 0600 in a
folder of 0700, each written whole or not at all.
"""

import os
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, Signer

from federation import charter, seal
from federation.certificates import (
    Holder,
    Issuer,
    authority,
    authority_defect,
    holder_in,
    leaf_defect,
    node_names,
    parsed,
)
from federation.errors import InvalidError, UntrustedError
from federation.messages import MemberId, PersonId

PEOPLE = "people"
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
#: The kind of thing that an audit head is; no seal or charter is signed as one.
AUDIT_HEAD_TYPE = "application/vnd.amber.audit-head.v1"
_DIGEST_KEY_BYTES = 32

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Keys:
    """A member's own keys, opened: PEM where TLS wants it, objects where we sign.

    `tls_key` and `tls_chain` are this node's leaf, `ca` the CA that issued it. `signer` signs
    seals and charters, `signing_key` is its public half as the charter pins it. `digest_key` is
    the secret of keyed digests in the audit log. After `expires_at` no member lets us in.
    """

    member: MemberId
    ca: bytes
    tls_key: bytes = field(repr=False)
    tls_chain: bytes
    signer: Signer = field(repr=False)
    signing_key: bytes
    digest_key: bytes = field(repr=False)
    expires_at: datetime

    def sign(self, data: bytes) -> bytes:
        """Sign an audit head; a signature of this kind is good for nothing else."""
        return bytes.fromhex(seal.signed(AUDIT_HEAD_TYPE, data, self.signer).signature)

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether an audit head was signed by us."""
        return seal.holds(AUDIT_HEAD_TYPE, data, signature, signing_key=self.signing_key)


@dataclass(frozen=True, slots=True)
class Issued:
    """Where a person's certificate and key were put."""

    certificate: Path
    key: Path


def make(folder: Path, member: MemberId, now: datetime) -> None:
    """Make all keys of a new member: CA, TLS key and signing key apart, secret of the digests.

    The folder appears with everything in it or not at all; one that is there is left alone.
    """
    if folder.exists():
        raise InvalidError(f"{folder} is there already: keys are made once")
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / PEOPLE).mkdir(mode=0o700, parents=True)
    draft.chmod(0o700)
    for name, data in _made(member, now).items():
        write(draft / name, data)
    draft.rename(folder)


def open(folder: Path, member: MemberId, now: datetime) -> Keys:  # noqa: A001 - keys.open, as io.open
    """Open a member's keys.

    Raises `UntrustedError` naming the file that is missing, readable by others, expired or does
    not fit the rest, and what to do about it.
    """
    ca = _certificate(folder / "ca.pem")
    leaf = _certificate(folder / "tls.pem")
    tls_key, signing = _tls_key(folder / "tls.key"), _signing_key(folder / "signing.key")
    if defect := authority_defect(ca, member):
        raise UntrustedError(f"ca.pem {defect}: restore the keys of {member} from their backup")
    if defect := leaf_defect(leaf, ca=ca, names=node_names(member), now=now):
        raise UntrustedError(f"tls.pem {defect}: have the CA of {member} issue a new one")
    if leaf.public_key() != tls_key.public_key():
        raise UntrustedError("tls.key is not the key of tls.pem: restore both from one backup")
    return Keys(
        member=member,
        ca=ca.public_bytes(Encoding.PEM),
        tls_key=_pem(tls_key),
        tls_chain=leaf.public_bytes(Encoding.PEM),
        signer=CryptoSigner(signing),
        signing_key=signing.public_key().public_bytes_raw(),
        digest_key=_secret(folder / "digest.key"),
        expires_at=min(leaf.not_valid_after_utc, ca.not_valid_after_utc),
    )


def issue_person(
    folder: Path, member: MemberId, person: PersonId, *, roles: Collection[str], now: datetime
) -> Issued:
    """Issue a certificate for one of our people, with every role it may act in.

    Never over an existing one. Raises `InvalidError` for a name that cannot stand in a URI.
    """
    if not all(_WORD.fullmatch(word) for word in (person, *roles)):
        raise InvalidError(
            "a person and a role are written in a-z, 0-9, dot, dash and underscore, at most 63"
        )
    place = Issued(folder / PEOPLE / f"{person}.pem", folder / PEOPLE / f"{person}.key")
    if place.certificate.exists():
        raise InvalidError(f"{person} has a certificate already: remove {place.certificate} first")
    issuer = Issuer(_certificate(folder / "ca.pem"), _tls_key(folder / "ca.key"))
    key = _new_key()
    leaf = issuer.person(member, Holder(person, frozenset(roles)), key, now)
    write(place.key, _pem(key))
    write(place.certificate, leaf.public_bytes(Encoding.PEM))
    return place


def endorse(folder: Path, document: bytes) -> bytes:
    """The CA's word for a charter that its member drafted; empty when its key lies elsewhere."""
    place = folder / "ca.key"
    return charter.endorsed(document, _tls_key(place)) if place.exists() else b""


def people(folder: Path, member: MemberId) -> dict[PersonId, frozenset[str]]:
    """The people whose certificates lie in the home, with their roles, by name."""
    paths = sorted((folder / PEOPLE).glob("*.pem"))
    holders = [holder_in(_certificate(path), member) for path in paths]
    return {holder.person: holder.roles for holder in holders if holder}


def person_credentials(folder: Path, person: PersonId) -> tuple[bytes, bytes]:
    """Key and certificate of one of our people, in PEM."""
    place = folder / PEOPLE
    return _secret(place / f"{person}.key"), _read(place / f"{person}.pem")


def write(path: Path, data: bytes) -> None:
    """Write a file of 0600 whole or not at all."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _made(member: MemberId, now: datetime) -> dict[str, bytes]:
    ca_key, tls_key = _new_key(), _new_key()
    ca = authority(member, ca_key, now)
    leaf = Issuer(ca, ca_key).node(member, tls_key, now)
    return {
        "ca.key": _pem(ca_key),
        "ca.pem": ca.public_bytes(Encoding.PEM),
        "tls.key": _pem(tls_key),
        "tls.pem": leaf.public_bytes(Encoding.PEM),
        "signing.key": _pem(Ed25519PrivateKey.generate()),
        "digest.key": os.urandom(_DIGEST_KEY_BYTES),
    }


def _new_key() -> EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UntrustedError(f"{path}: {error.strerror}") from None


def _secret(path: Path) -> bytes:
    data = _read(path)
    if path.stat().st_mode & 0o077:
        raise UntrustedError(f"{path} can be read by others: chmod 600 {path}")
    return data


def _certificate(path: Path) -> x509.Certificate:
    try:
        return parsed(_read(path))
    except InvalidError as error:
        raise UntrustedError(f"{path}: {error}") from None


def _tls_key(path: Path) -> EllipticCurvePrivateKey:
    key = _private(path)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise UntrustedError(f"{path} is not an elliptic curve key")
    return key


def _signing_key(path: Path) -> Ed25519PrivateKey:
    key = _private(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise UntrustedError(f"{path} is not an Ed25519 key")
    return key


def _private(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_secret(path), password=None)
    except (ValueError, TypeError):
        raise UntrustedError(f"{path} is not a private key in PEM form") from None
