"""Our people's certificates and keys in a folder of their choice, and certificates renewed."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from federation.certificates import Holder, holder_in, is_issued, parsed
from federation.errors import InvalidError
from federation.keys.files import read, secret, write
from federation.keys.making import PEOPLE
from federation.keys.opening import PLAIN, certificate, issuer, tls_key
from federation.keys.safe import Safe, pem
from federation.keys.turning import Place
from federation.messages import MemberId, PersonId

#: How PKCS8 in PEM form says that it is encrypted (RFC 7468 section 11).
_ENCRYPTED = b"BEGIN ENCRYPTED PRIVATE KEY"


def people_in(folder: Path, member: MemberId) -> dict[PersonId, frozenset[str]]:
    """Our people whose key and certificate lie in a folder, with their roles, by name."""
    paths = [path for path in sorted(folder.glob("*.pem")) if path.with_suffix(".key").exists()]
    holders = [(path, holder_in(certificate(path), member)) for path in paths]
    return {one.person: one.roles for path, one in holders if one and one.person == path.stem}


def credentials_in(folder: Path, person: PersonId, safe: Safe) -> tuple[bytes, bytes]:
    """Key and certificate of one of our people, in PEM, from a folder of that person.

    The key is as it was in the home, opened by the same safe, or not encrypted.
    """
    path = folder / f"{person}.key"
    key = tls_key(path, safe if _ENCRYPTED in secret(path) else PLAIN)
    return pem(key), read(folder / f"{person}.pem")


def renew_person(place: Place, person: PersonId, now: datetime, cas: Collection[bytes]) -> Path:
    """A new certificate for one of our people: the same key, wherever it lies, and roles.

    Returns where it was put. Raises `InvalidError` unless the one before is of one of these CAs.
    """
    path = place.folder / PEOPLE / f"{person}.pem"
    if path.parent != place.folder / PEOPLE or not path.exists():
        raise InvalidError(f"{person} has no certificate in this home: amber people add")
    leaf = certificate(path)
    holder = holder_in(leaf, place.member)
    if holder is None or holder.person != person or not _is_of(leaf, cas):
        raise InvalidError(
            f"{path} is no certificate that our CA gave to {person}: remove it, and issue another"
            " one (amber people add)"
        )
    _renew(place, path, holder, leaf, now)
    return path


def renew_ending(place: Place, role: str, before: datetime, now: datetime) -> int:
    """Renew what ends soon of whoever has a role and keeps the key in the home; how many were.

    Whoever reads that key can read the one of the CA beside it, and so needs nobody's leave.
    """
    count, own = 0, [read(place.folder / "ca.pem")]
    for path in sorted((place.folder / PEOPLE).glob("*.pem")):
        leaf = certificate(path)
        holder = holder_in(leaf, place.member)
        is_ending = leaf.not_valid_after_utc < before and path.with_suffix(".key").exists()
        if holder and role in holder.roles and is_ending and _is_of(leaf, own):
            _renew(place, path, holder, leaf, now)
            count += 1
    return count


def _renew(place: Place, path: Path, holder: Holder, leaf: x509.Certificate, now: datetime) -> None:
    new = issuer(place.folder, place.safe).renewed(place.member, holder, leaf, now)
    write(path, new.public_bytes(Encoding.PEM))


def _is_of(leaf: x509.Certificate, cas: Collection[bytes]) -> bool:
    return any(is_issued(leaf, parsed(ca)) for ca in cas)
