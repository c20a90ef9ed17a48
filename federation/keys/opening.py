"""The folder of the keys: opened only when everything in it fits together."""

from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from securesystemslib.signer import CryptoSigner

from federation.certificates import (
    Issuer,
    authority_defect,
    leaf_defect,
    node_names_like,
    parsed,
)
from federation.errors import InvalidError, UntrustedError
from federation.keys.files import read, secret, settled
from federation.keys.own import Former, Keys
from federation.keys.safe import Plain, Safe, pem
from federation.messages import MemberId

#: Where the keys before those of now lie while a member may know only those.
FORMER = "former"
#: The public keys that signed before the one of now, the newest first.
FORMER_KEYS = "signing.former.json"
_SINCE = "since.json"
PLAIN = Plain()


class Since(msgspec.Struct, frozen=True):
    """Since which charter the keys of now count, and until when those before are shown.

    A sudden change is one after a theft: no member that knows of it lets those before in.
    """

    version: int
    until: datetime
    is_sudden: bool = False


class FormerKey(msgspec.Struct, frozen=True):
    """A public key that signed before, and until when."""

    public: bytes
    replaced_at: datetime


def open(  # noqa: A001 - keys.open, as io.open
    folder: Path, member: MemberId, now: datetime, safe: Safe = PLAIN
) -> Keys:
    """Open a member's keys, having finished a change that was cut short.

    Raises `UntrustedError` naming the file that is missing, readable by others, expired or does
    not fit the rest, and what to do about it.
    """
    with settled(folder):
        return _opened(folder, folder, member, now, safe)


def former(folder: Path, member: MemberId, now: datetime, safe: Safe = PLAIN) -> Former | None:
    """The keys before those of now, until they are let go; None else."""
    with settled(folder):
        try:
            since = msgspec.json.decode((folder / FORMER / _SINCE).read_bytes(), type=Since)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        try:
            held = _opened(folder, folder / FORMER, member, now, safe)
        except UntrustedError:
            return None  # what expired or was taken away is shown to nobody
        return Former(held, since.version, since.until, since.is_sudden)


def issuer(folder: Path, safe: Safe) -> Issuer:
    """Our CA with its key."""
    return Issuer(certificate(folder / "ca.pem"), tls_key(folder / "ca.key", safe))


def certificate(path: Path) -> x509.Certificate:
    """The certificate in a file; raises `UntrustedError` naming one that is none."""
    try:
        return parsed(read(path))
    except InvalidError as error:
        raise UntrustedError(f"{path}: {error}") from None


def tls_key(path: Path, safe: Safe) -> EllipticCurvePrivateKey:
    """The key of a certificate."""
    key = private(path, safe)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise UntrustedError(f"{path} is not an elliptic curve key")
    return key


def signing_key(path: Path, safe: Safe) -> Ed25519PrivateKey:
    """The key that seals."""
    key = private(path, safe)
    if not isinstance(key, Ed25519PrivateKey):
        raise UntrustedError(f"{path} is not an Ed25519 key")
    return key


def private(path: Path, safe: Safe) -> PrivateKeyTypes:
    """The private key in a file; raises `UntrustedError` naming what keeps it from being read."""
    data = secret(path)
    try:
        return safe.key(data)
    except TypeError:
        is_plain = b"ENCRYPTED" not in data
        words = "is not encrypted as the others are" if is_plain else "is encrypted"
        raise UntrustedError(f"{path} {words}: restore the folder of the keys whole") from None
    except ValueError:
        raise UntrustedError(
            f"{path} is not a private key in PEM form, or encrypted under another secret"
        ) from None


def former_keys(folder: Path) -> tuple[FormerKey, ...]:
    """The public keys that signed before the one of now, the newest first."""
    try:
        return msgspec.json.decode((folder / FORMER_KEYS).read_bytes(), type=tuple[FormerKey, ...])
    except FileNotFoundError:
        return ()
    except msgspec.DecodeError:
        raise UntrustedError(f"{FORMER_KEYS} is damaged: restore it with the keys") from None


def former_keys_with(folder: Path, replaced: bytes, now: datetime) -> bytes:
    """What is written once a signing key is replaced."""
    return msgspec.json.encode((FormerKey(replaced, now), *former_keys(folder)))


def since_file(version: int, until: datetime, *, is_sudden: bool) -> bytes:
    """What is written beside the keys before those of now."""
    return msgspec.json.encode(Since(version, until, is_sudden))


def _opened(folder: Path, place: Path, member: MemberId, now: datetime, safe: Safe) -> Keys:
    ca, leaf = certificate(place / "ca.pem"), certificate(place / "tls.pem")
    history = former_keys(folder)
    tls, signing = tls_key(place / "tls.key", safe), signing_key(place / "signing.key", safe)
    if defect := authority_defect(ca, member):
        raise UntrustedError(f"ca.pem {defect}: restore the keys of {member} from their backup")
    if defect := leaf_defect(leaf, ca=ca, names=node_names_like(leaf, member), now=now):
        raise UntrustedError(
            f"tls.pem {defect}: have the CA of {member} issue a new one (amber keys rotate tls)"
        )
    if leaf.public_key() != tls.public_key():
        raise UntrustedError("tls.key is not the key of tls.pem: restore both from one backup")
    return Keys(
        member=member,
        ca=ca.public_bytes(Encoding.PEM),
        tls_key=pem(tls),
        tls_chain=leaf.public_bytes(Encoding.PEM),
        signer=CryptoSigner(signing),
        signing_key=signing.public_key().public_bytes_raw(),
        digest_key=safe.shown(secret(folder / "digest.key")),
        tls_ends_at=leaf.not_valid_after_utc,
        ca_ends_at=ca.not_valid_after_utc,
        former_keys=tuple(one.public for one in history),
        signing_since=history[0].replaced_at if history else None,
    )
