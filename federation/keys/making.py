"""Keys made for a new member and for its people, and the safe that keeps them changed."""

import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from federation.certificates import (
    Holder,
    Issuer,
    authority,
    holder_in,
    is_issued,
    parsed,
)
from federation.errors import InvalidError, UntrustedError
from federation.keys.files import change, finish, read, secret, write
from federation.keys.opening import PLAIN, certificate, issuer, private, tls_key
from federation.keys.safe import LOCK, NOTHING, PrivateKey, Safe, Unlocking, pem
from federation.messages import MemberId, PersonId

PEOPLE = "people"
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_DIGEST_KEY_BYTES = 32
#: The secret of keyed digests: no key of a kind that a library would know.
_DIGEST_KEY = "digest.key"


@dataclass(frozen=True, slots=True)
class Issued:
    """Where a person's certificate and key were put."""

    certificate: Path
    key: Path


def make(folder: Path, member: MemberId, now: datetime, unlocking: Unlocking = NOTHING) -> Safe:
    """Make all keys of a new member: CA, TLS key and signing key apart, secret of the digests.

    The folder appears with everything in it or not at all; one that is there is left alone.
    Returns the safe that they are kept in.
    """
    if folder.exists():
        raise InvalidError(f"{folder} is there already: keys are made once")
    safe, lock = unlocking.new()
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / PEOPLE).mkdir(mode=0o700, parents=True)
    draft.chmod(0o700)
    for name, data in (_made(member, now, safe) | lock).items():
        write(draft / name, data)
    draft.rename(folder)
    return safe


def issue_person(  # noqa: PLR0913 - one optional
    folder: Path,
    member: MemberId,
    person: PersonId,
    *,
    roles: Collection[str],
    now: datetime,
    safe: Safe = PLAIN,
    decided: Callable[[], None] = lambda: None,
) -> Issued:
    """Issue a certificate for one of our people, with every role it may act in.

    Never over an existing one. `decided` is called before there is one; what it raises leaves a key
    that opens nothing, and that the next try replaces. Raises `InvalidError` for a name that cannot
    stand in a URI.
    """
    if not all(_WORD.fullmatch(word) for word in (person, *roles)):
        raise InvalidError(
            "a person and a role are written in a-z, 0-9, dot, dash and underscore, at most 63"
        )
    place = Issued(folder / PEOPLE / f"{person}.pem", folder / PEOPLE / f"{person}.key")
    if place.certificate.exists():
        raise InvalidError(f"{person} has a certificate already: remove {place.certificate} first")
    key = new_key()
    leaf = issuer(folder, safe).person(member, Holder(person, frozenset(roles)), key, now)
    write(place.key, safe.kept(key))
    decided()
    write(place.certificate, leaf.public_bytes(Encoding.PEM))
    return place


def reissued(
    folder: Path, member: MemberId, by: Issuer, safe: Safe, now: datetime
) -> dict[str, bytes]:
    """New certificates, by a CA, for our people whose keys lie in the home; by file.

    Their keys stay. Whoever has taken the key along is to be issued another one.
    """
    files = {}
    for path, _, holder in _issued(folder, member):
        if (key := path.with_suffix(".key")).exists():
            leaf = by.person(member, holder, tls_key(key, safe), now)
            files[f"{PEOPLE}/{path.name}"] = leaf.public_bytes(Encoding.PEM)
    return files


def people(folder: Path, member: MemberId) -> dict[PersonId, frozenset[str]]:
    """The people whose certificates lie in the home, with their roles, by name."""
    return {holder.person: holder.roles for _, _, holder in _issued(folder, member)}


def folder_people(
    folder: Path, member: MemberId, ca: bytes
) -> Iterator[tuple[PersonId, x509.Certificate, bool]]:
    """Each certificate of our people in the home, whose it is, and whether this CA issued it."""
    issued_by = parsed(ca)
    for _, leaf, holder in _issued(folder, member):
        yield holder.person, leaf, is_issued(leaf, issued_by)


def person_credentials(folder: Path, person: PersonId, safe: Safe = PLAIN) -> tuple[bytes, bytes]:
    """Key and certificate of one of our people, in PEM."""
    place = folder / PEOPLE
    key = tls_key(place / f"{person}.key", safe)
    return pem(key), read(place / f"{person}.pem")


def relock(folder: Path, old: Safe, unlocking: Unlocking) -> None:
    """Keep every key in another safe, all of them at once: encrypted, or plain without a secret.

    A process that ends in the midst of it leaves all keys as they were, or all as they are to be.
    """
    finish(folder)
    new, lock = unlocking.new()
    files: dict[str, bytes | None] = {
        str(path.relative_to(folder)): _kept_anew(path, old, new)
        for path in sorted(folder.rglob("*.key"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
    change(folder, {LOCK: None} | files | lock)


def new_key() -> EllipticCurvePrivateKey:
    """A key for a certificate."""
    return ec.generate_private_key(ec.SECP256R1())


def _issued(folder: Path, member: MemberId) -> Iterator[tuple[Path, x509.Certificate, Holder]]:
    """Each certificate of our people in the home, by name, and whose it is."""
    for path in sorted((folder / PEOPLE).glob("*.pem")):
        leaf = certificate(path)
        if holder := holder_in(leaf, member):
            yield path, leaf, holder


def _kept_anew(path: Path, old: Safe, new: Safe) -> bytes:
    if path.name == _DIGEST_KEY:
        return new.hidden(old.shown(secret(path)))
    key = private(path, old)
    if not isinstance(key, EllipticCurvePrivateKey | Ed25519PrivateKey):
        raise UntrustedError(f"{path} is neither an elliptic curve nor an Ed25519 key")
    return new.kept(key)


def _made(member: MemberId, now: datetime, safe: Safe) -> dict[str, bytes]:
    ca_key, tls = new_key(), new_key()
    ca = authority(member, ca_key, now)
    leaf = Issuer(ca, ca_key).node(member, tls, now)
    made: dict[str, PrivateKey] = {
        "ca.key": ca_key,
        "tls.key": tls,
        "signing.key": Ed25519PrivateKey.generate(),
    }
    return {name: safe.kept(key) for name, key in made.items()} | {
        "ca.pem": ca.public_bytes(Encoding.PEM),
        "tls.pem": leaf.public_bytes(Encoding.PEM),
        _DIGEST_KEY: safe.hidden(os.urandom(_DIGEST_KEY_BYTES)),
    }
