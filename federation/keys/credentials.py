"""Our people's certificates and keys in a folder of their choice, and certificates renewed."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from federation.certificates import holder_in, is_issued, parsed
from federation.errors import InvalidError
from federation.keys.files import read, secret, write
from federation.keys.making import PEOPLE
from federation.keys.opening import PLAIN, certificate, issuer, tls_key
from federation.keys.safe import Safe, pem
from federation.keys.turning import Place
from federation.messages import MemberId, PersonId

#: Called once something is about to count.
Decided = Callable[[], None]
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


def renew_person(
    place: Place, person: PersonId, now: datetime, cas: Collection[bytes], decided: Decided
) -> Path:
    """A new certificate for one of our people: the same key, wherever it lies, and roles.

    `decided` is called before there is one. Returns where it was put. Raises `InvalidError` unless
    the one before is of one of these CAs.
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
    new = issuer(place.folder, place.safe).renewed(place.member, holder, leaf, now)
    decided()
    write(path, new.public_bytes(Encoding.PEM))
    return path


def renew_ending(
    place: Place, role: str, now: datetime, before: datetime, decided: Decided
) -> None:
    """Renew what ends soon of whoever has a role and keeps the key in the home.

    Whoever reads that key can read the one of the CA beside it, and so needs nobody's leave.
    `decided` is called before anything is renewed, if anything is.
    """
    own, renewed = [read(place.folder / "ca.pem")], {}
    for path in sorted((place.folder / PEOPLE).glob("*.pem")):
        leaf = certificate(path)
        holder = holder_in(leaf, place.member)
        is_ending = leaf.not_valid_after_utc < before and path.with_suffix(".key").exists()
        if holder and role in holder.roles and is_ending and _is_of(leaf, own):
            by = issuer(place.folder, place.safe)
            renewed[path] = by.renewed(place.member, holder, leaf, now)
    if renewed:
        decided()
    for path, new in renewed.items():
        write(path, new.public_bytes(Encoding.PEM))


def _is_of(leaf: x509.Certificate, cas: Collection[bytes]) -> bool:
    return any(is_issued(leaf, parsed(ca)) for ca in cas)
