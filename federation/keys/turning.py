"""New keys in the place of those of now: begun on disk, named by the charter, then taken up.

Nothing is forgotten by a process that ends: what was begun lies in `next`, and the charter says
how far it came. Keys that a charter may yet name are never removed. Each step is handed `decided`,
which is called once all of it is on disk and before it counts; what that raises undoes the step.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from securesystemslib.signer import CryptoSigner, Signer

from federation.certificates import Issuer, authority, digest_of
from federation.charter import Member, endorsed
from federation.errors import InvalidError, UntrustedError
from federation.keys.files import change, finish, read
from federation.keys.making import new_key, reissued
from federation.keys.opening import (
    FORMER,
    FORMER_KEYS,
    certificate,
    former_keys_with,
    issuer,
    signing_key,
    since_file,
    tls_key,
)
from federation.keys.safe import Safe
from federation.keys.wanted import KEY_OVERLAP, Turn, What, check_room, lined
from federation.messages import MemberId

#: How long at most those who were not heard are spared the new keys: half of the overlap.
SPARED_FOR = KEY_OVERLAP / 2
#: Until when, while no charter names keys that were taken up after a theft.
_UNNAMED = datetime.max.replace(tzinfo=UTC)
NEXT = "next"
_TURN = f"{NEXT}/turn.json"
#: Node certificates that were replaced and have not ended: digest and end.
_LEAVES = "leaves.json"
_SIGNING, _CA = ("signing.key",), ("ca.key", "ca.pem", "tls.key", "tls.pem")
_PRESENT = (*_CA, *_SIGNING)


class _Leaf(msgspec.Struct, frozen=True):
    digest: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the keys, whose it is, and the safe that opens it."""

    folder: Path
    member: MemberId
    safe: Safe


def turn_of(folder: Path) -> Turn | None:
    """The change that was begun and has not ended, or None."""
    finish(folder)
    try:
        return msgspec.json.decode((folder / _TURN).read_bytes(), type=Turn)
    except FileNotFoundError:
        return None


def begin(  # noqa: PLR0913 - two optional
    place: Place,
    us: Member,
    what: Collection[What],
    now: datetime,
    *,
    is_revocation: bool = False,
    decided: Callable[[], None] = lambda: None,
) -> Turn | None:
    """Make new keys, all of them on disk at once; what the charter must name waits in `next`.

    `us` is our line in the charter. A node certificate needs nobody's leave and is there when
    this returns, unless it comes with its CA. Returns the change that the charter is to name, or
    None where it need not. Raises `InvalidError` while another one is under way; a theft does not
    wait for it, and takes over the keys that it had made. A new key that is stolen before a
    charter names it counts for nobody yet: it is replaced by `settle` once one does. Raises
    `InvalidError`, too, when our line cannot hold what the change would add to it.
    """
    begun = turn_of(place.folder)
    if begun and not is_revocation and set(what) != {What.TLS}:
        raise InvalidError("a change of keys is under way: wait for its end (amber keys show)")
    turn = begun or Turn(now)
    files: dict[str, bytes | None] = {}
    if is_revocation:
        turn = _taken_back(place, us, turn, what, now)
    count = len(us.revoked | set(turn.revoked_leaves))
    if What.SIGNING in what and _is_next(place, us, turn, What.SIGNING):
        turn = _with_signing(place, turn, files)
    if What.CA in what and _is_next(place, us, turn, What.CA):
        turn = _with_ca(place, turn, files, now, count)
    if What.TLS in what:
        _renew_leaf(place, files, now, count)
    check_room(turn, us, now)
    needs_charter = bool(turn.signing_key or turn.ca or turn.is_revocation)
    if needs_charter:
        files[_TURN] = msgspec.json.encode(turn)
    change(place.folder, files, decided)
    return turn if needs_charter else None


def mend(place: Place, us: Member, now: datetime) -> bool:
    """Renew a node certificate that has ended: with a CA that counts it needs nobody's leave.

    Returns whether that was so.
    """
    finish(place.folder)
    try:
        leaf, ca = certificate(place.folder / "tls.pem"), certificate(place.folder / "ca.pem")
    except UntrustedError:
        return False  # what is missing or damaged is named when the keys are opened
    if leaf.not_valid_after_utc > now or ca.not_valid_after_utc <= now:
        return False
    begin(place, us, [What.TLS], now)
    return True


def settle(
    place: Place,
    us: Member,
    version: int,
    now: datetime,
    decided: Callable[[], None] = lambda: None,
) -> bool:
    """Take up the new keys that the charter of this version names; whether there were any.

    Those before them stay in `former` for the members that do not know these yet. After a theft
    the new keys are taken up at once, for the first member that agrees lets the old ones in no
    more: the charter that is to name them is the next one.
    """
    turn, folder = turn_of(place.folder), place.folder
    if turn is not None and (again := turn.again(us)):
        turn = begin(place, us, again, now, is_revocation=True)
    if turn is None:
        return False
    files: dict[str, bytes | None] = {}
    is_due = turn.is_revocation
    if _waits(folder, "signing.key") and (is_due or turn.names(What.SIGNING, us)):
        replaced = _public(folder / "signing.key", place.safe)
        files[FORMER_KEYS] = former_keys_with(folder, replaced, now)
        files |= _moved(folder, _SIGNING)
    if _waits(folder, "ca.pem") and (is_due or turn.names(What.CA, us)):
        new = Issuer(
            certificate(folder / NEXT / "ca.pem"), tls_key(folder / NEXT / "ca.key", place.safe)
        )
        files |= reissued(folder, place.member, new, place.safe, now)
        files |= _moved(folder, _CA)
        files[_LEAVES] = _leaves_with(folder, now)
    if not files:
        return False
    files |= _before(place, us)
    is_named = not is_due or lined(turn, us, now) == us
    since, until = (version, now + SPARED_FOR) if is_named else (version + 1, _UNNAMED)
    files[f"{FORMER}/since.json"] = since_file(since, until, is_sudden=turn.is_revocation)
    change(folder, files, decided)
    return True


def endorse(place: Place, us: Member, document: bytes) -> bytes:
    """The word of the CA that our line names, for a charter that we drafted.

    Empty when its key lies elsewhere.
    """
    for folder in (place.folder, place.folder / FORMER):
        key, ca = folder / "ca.key", folder / "ca.pem"
        if key.exists() and ca.exists() and ca.read_bytes() == us.ca:
            return endorsed(document, tls_key(key, place.safe))
    return b""


def coming_signer(place: Place) -> Signer | None:
    """What signs with the signing key that comes, while one waits."""
    if not _waits(place.folder, "signing.key"):
        return None
    return CryptoSigner(signing_key(place.folder / NEXT / "signing.key", place.safe))


def end(
    folder: Path, version: int, now: datetime, decided: Callable[[], None] = lambda: None
) -> None:
    """The change has come through with the charter of this version: nothing waits any more."""
    files: dict[str, bytes | None] = {_TURN: None}
    if (folder / FORMER / "since.json").exists() and (turn := turn_of(folder)):
        since = since_file(version, now + SPARED_FOR, is_sudden=turn.is_revocation)
        files[f"{FORMER}/since.json"] = since
    change(folder, files, decided)


def put_off(place: Place, us: Member, version: int) -> bool:
    """A charter of this version came in between: the one that names our new keys is later.

    It may name some of them, and then its holders are shown these with the others that it names.
    Returns whether it was so.
    """
    if len(_named(place.folder, place.safe, us)) == len(_PRESENT):
        return False
    since = since_file(version + 1, _UNNAMED, is_sudden=True)
    change(place.folder, {**_before(place, us), f"{FORMER}/since.json": since})
    return True


def drop_former(folder: Path, decided: Callable[[], None] = lambda: None) -> None:
    """Nobody needs the keys before those of now any more."""
    change(folder, {f"{FORMER}/{name}": None for name in (*_PRESENT, "since.json")}, decided)


def _with_signing(place: Place, turn: Turn, files: dict[str, bytes | None]) -> Turn:
    key = Ed25519PrivateKey.generate()
    files[f"{NEXT}/signing.key"] = place.safe.kept(key)
    public = key.public_key().public_bytes_raw().hex()
    return msgspec.structs.replace(turn, signing_key=public)


def _with_ca(
    place: Place, turn: Turn, files: dict[str, bytes | None], now: datetime, count: int
) -> Turn:
    key = new_key()
    ca = authority(place.member, key, now)
    pem = ca.public_bytes(Encoding.PEM)
    files |= {f"{NEXT}/ca.key": place.safe.kept(key), f"{NEXT}/ca.pem": pem}
    files |= _leaf(place, Issuer(ca, key), now, count, f"{NEXT}/")
    return msgspec.structs.replace(turn, ca=pem.decode())


def _renew_leaf(place: Place, files: dict[str, bytes | None], now: datetime, count: int) -> None:
    """A new node certificate of our CA, and of the one that waits, if that was made before."""
    folder = place.folder
    files |= _leaf(place, issuer(folder, place.safe), now, count)
    files[_LEAVES] = _leaves_with(folder, now)
    if _waits(folder, "ca.key"):
        ca = certificate(folder / NEXT / "ca.pem")
        waiting = Issuer(ca, tls_key(folder / NEXT / "ca.key", place.safe))
        files |= _leaf(place, waiting, now, count, f"{NEXT}/")


def _leaf(
    place: Place, by: Issuer, now: datetime, count: int, prefix: str = ""
) -> dict[str, bytes | None]:
    key = new_key()
    leaf = by.node(place.member, key, now, revoked=count)
    return {
        f"{prefix}tls.key": place.safe.kept(key),
        f"{prefix}tls.pem": leaf.public_bytes(Encoding.PEM),
    }


def _taken_back(
    place: Place, us: Member, turn: Turn, what: Collection[What], now: datetime
) -> Turn:
    """What a theft takes back: the keys of now, and those before them that still count.

    The key of now is taken back whether a charter names it or not: one that does may be on its way.
    """
    keys, cas, leaves = set(turn.revoked_keys), set(turn.revoked_cas), set(turn.revoked_leaves)
    if What.SIGNING in what:
        keys |= {one.public.hex() for one in us.signing_keys if one.counts_at(now)}
        keys.add(_public(place.folder / "signing.key", place.safe).hex())
    if What.CA in what:
        ours = read(place.folder / "ca.pem")
        cas |= {ca.decode() for ca in (*us.cas_at(now), ours)}
    if What.TLS in what:
        leaves |= {one.digest for one in _leaves(place.folder, now)}
    return msgspec.structs.replace(
        turn,
        is_revocation=True,
        revoked_keys=tuple(sorted(keys)),
        revoked_cas=tuple(sorted(cas)),
        revoked_leaves=tuple(sorted(leaves - us.revoked)),
    )


def _is_next(place: Place, us: Member, turn: Turn, what: What) -> bool:
    """Whether another key is to be made: none waits, nor is one in use that no charter names."""
    signing, ca = ("signing.key", turn.signing_key), ("ca.pem", turn.ca)
    name, begun = signing if what is What.SIGNING else ca
    return not _waits(place.folder, name) and (not begun or turn.names(what, us))


def _before(place: Place, us: Member) -> dict[str, bytes | None]:
    """Our keys of now, to lie in `former`: each but where the charter names the one there still.

    So `former` holds every key that the charter in force names and that is no longer of now.
    """
    folder, safe = place.folder, place.safe
    stay = _named(folder / FORMER, safe, us) - _named(folder, safe, us)
    there = {name: folder / name for name in _PRESENT if name not in stay}
    return {
        f"{FORMER}/{name}": read(path) if path.exists() else None for name, path in there.items()
    }


def _named(folder: Path, safe: Safe, us: Member) -> frozenset[str]:
    """The files of a folder whose keys our line names as those of now."""
    key, ca = folder / "signing.key", folder / "ca.pem"
    is_signing = key.exists() and _public(key, safe) == us.signing_key
    is_ca = ca.exists() and read(ca) == us.ca
    return frozenset((*(_SIGNING if is_signing else ()), *(_CA if is_ca else ())))


def _public(path: Path, safe: Safe) -> bytes:
    """The public half of a signing key."""
    return signing_key(path, safe).public_key().public_bytes_raw()


def _waits(folder: Path, name: str) -> bool:
    return (folder / NEXT / name).exists()


def _moved(folder: Path, names: Collection[str]) -> Mapping[str, bytes | None]:
    """What waits, in its place."""
    there: dict[str, bytes | None] = {name: read(folder / NEXT / name) for name in names}
    return there | {f"{NEXT}/{name}": None for name in names}


def _leaves(folder: Path, now: datetime) -> list[_Leaf]:
    """Our node certificates that have not ended, the one of now among them."""
    try:
        replaced = msgspec.json.decode((folder / _LEAVES).read_bytes(), type=list[_Leaf])
    except FileNotFoundError:
        replaced = []
    leaf = certificate(folder / "tls.pem")
    every = [*replaced, _Leaf(digest_of(leaf), leaf.not_valid_after_utc)]
    return [one for one in every if one.ends_at > now]


def _leaves_with(folder: Path, now: datetime) -> bytes:
    """The certificate of now is about to be replaced."""
    return msgspec.json.encode(_leaves(folder, now))
