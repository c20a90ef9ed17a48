"""The charter as a document: TUF root metadata, drafted, signed, read and replaced by rule."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import msgspec
from securesystemslib.signer import Key, Signature, Signer
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import TOP_LEVEL_ROLE_NAMES, Metadata, Role, Root
from tuf.api.serialization import DeserializationError, SerializationError

from federation.charter.cards import (
    Listing,
    groups_of,
    groups_to,
    line_of,
    member_of,
    read_aloud,
)
from federation.charter.members import (
    Charter,
    Group,
    Groups,
    Member,
    Proposal,
    free_numbers,
    least_signatures,
)
from federation.errors import CharterError, InvalidError
from federation.limits import MEMBERS, WORD
from federation.messages import MemberId
from federation.seal import public_key

_ROOT = Root.type
#: The field of the root that is ours: the member list.
_OURS = "amber"
#: How long a charter lasts from the day it is made or renewed, where it says nothing else.
LIFE = timedelta(days=30)


def draft(cards: Iterable[Member], *, expires_at: datetime, after: Charter | None = None) -> bytes:
    """The document of the next charter, which nobody has signed yet.

    Members keep the number they have in `after`, and get the lowest free one else, in the order
    of the cards. The groups of `after` stay, less the members that left, and its threshold if
    everybody stays; else it is the majority. Raises `CharterError` when these cards cannot stand
    in one charter.
    """
    members = _ordered(_numbered(tuple(cards), after))
    charter = Charter(
        version=after.version + 1 if after else 1,
        members=members,
        groups=_kept(after, members),
        expires_at=expires_at,
        threshold=0,
        life=after.life if after else LIFE,
    )
    return written(replace(charter, threshold=least_signatures(charter, after)))


def written(charter: Charter) -> bytes:
    """The document that says this, unsigned; raises `CharterError` when it makes no sense."""
    _check(charter)
    expires_at = charter.expires_at.astimezone(UTC).replace(microsecond=0)
    document = Metadata(_root(replace(charter, expires_at=expires_at))).to_bytes()
    _charter(_parsed(document).signed)
    return document


def sign(document: bytes, signer: Signer, *, current: bytes | None = None) -> bytes:
    """The same document with one more signature; raises `CharterError` when it needs no such.

    With the charter in force as `current`, a member that this document leaves out may sign too:
    under the rule of the current one its leaving needs that.
    """
    metadata = _parsed(document)
    _charter(metadata.signed)
    rules = [metadata.signed, *([_parsed(current).signed] if current else [])]
    if not any(signer.public_key.keyid in rule.roles[_ROOT].keyids for rule in rules):
        raise CharterError("this charter does not name the member that is to sign it")
    metadata.sign(signer, append=True)
    return metadata.to_bytes()


def proposal(document: bytes, *, current: bytes | None = None) -> Proposal:
    """What a document says and who has signed it, whether or not it counts yet.

    Without a charter in force it is weighed by its own rule alone.
    """
    metadata = _parsed(document)
    charter = _charter(metadata.signed)
    held, rule = charter, metadata.signed
    if current is not None:
        rule = _parsed(current).signed
        held = _charter(rule)
    signed_by = _signers(metadata, charter, metadata.signed)
    return Proposal(charter, signed_by, _signers(metadata, held, rule), held.threshold)


def read(document: bytes) -> Charter:
    """The charter in a document that enough of its members have signed; `CharterError` else.

    Whether it has expired is for whoever acts on it to ask, see `Charter.check_in_force`.
    """
    metadata = _parsed(document)
    charter = _charter(metadata.signed)
    _check_signed(metadata, by=metadata.signed)
    return charter


def replacement(current: bytes, proposed: bytes) -> Charter:
    """The charter that may take the place of the current one.

    It counts when its version is higher and it is signed under the rules of both, as TUF has it
    for its root (specification 1.0.33, 5.3.4); raises `CharterError` else. Which charter it says it
    follows is for those who sign: were it a rule here, two that came in force at one moment would
    part the members for good.
    """
    held, new = read(current), read(proposed)
    if new.version == held.version and signed_part(current) != signed_part(proposed):
        raise CharterError(f"this is another charter {new.version} than ours: they are forked")
    if new.version <= held.version:
        raise CharterError(f"charter {new.version} cannot replace charter {held.version}")
    _check_signed(_parsed(proposed), by=_parsed(current).signed)
    return new


def identity(document: bytes) -> str:
    """What a document says, as a SHA-256 in hex: the same whoever has signed it."""
    return hashlib.sha256(signed_part(document)).hexdigest()


def document_fingerprint(document: bytes) -> str:
    """What two people read to each other to know that they mean the same charter."""
    return read_aloud(bytes.fromhex(identity(document)))


def signed_part(document: bytes) -> bytes:
    """The bytes that every signature of a document is over."""
    return _parsed(document).signed_bytes


def joined(document: bytes, other: bytes, *, current: bytes) -> bytes:
    """One document with the signatures of two, as far as its rule or the current one counts them.

    Raises `CharterError` when the two do not say the same.
    """
    first, second = _parsed(document), _parsed(other)
    if first.signed_bytes != second.signed_bytes:
        raise CharterError("the two documents do not say the same")
    rules = (first.signed, _parsed(current).signed)
    signatures: dict[str, Signature] = {}
    for metadata in (first, second):
        for rule in rules:
            signatures |= _counted(metadata, rule)
    first.signatures.clear()
    first.signatures.update(sorted(signatures.items()))
    return first.to_bytes()


def _counted(metadata: Metadata[Root], rule: Root) -> dict[str, Signature]:
    payload = metadata.signed_bytes
    signed = rule.get_verification_result(_ROOT, payload, metadata.signatures).signed
    return {id: metadata.signatures[id] for id in signed}


def _parsed(document: bytes) -> Metadata[Root]:
    try:
        metadata = Metadata[Root].from_bytes(document)
        _ = metadata.signed_bytes  # what has no canonical form was signed by nobody
    except (DeserializationError, SerializationError):
        raise CharterError("this is not a charter: it cannot be read as one") from None
    if not isinstance(metadata.signed, Root):
        raise CharterError("this is not a charter: it is signed metadata of another kind")
    if metadata.unrecognized_fields:
        raise CharterError("this is not a charter: more stands in it than a charter says")
    return metadata


def _charter(root: Root) -> Charter:
    """What a root says; its keys and roles must say nothing that its member list does not."""
    try:
        listed = msgspec.convert(root.unrecognized_fields.get(_OURS), Listing)
        members = _ordered(member_of(line) for line in listed.members)
    except (msgspec.ValidationError, InvalidError) as error:
        raise CharterError(f"this is not a charter: {error}") from None
    charter = Charter(
        version=root.version,
        members=members,
        groups=groups_of(listed.groups),
        expires_at=root.expires,
        threshold=0,
        life=timedelta(days=listed.life_days),
        follows=listed.follows,
    )
    charter = replace(charter, threshold=listed.threshold or len(charter.voters))
    _check(charter)
    _checksigned_part(root, msgspec.structs.replace(listed, threshold=charter.threshold), charter)
    return charter


def _checksigned_part(root: Root, listed: Listing, charter: Charter) -> None:
    """Nothing stands in a document but what its charter says, each thing once and in its place."""
    rebuilt = _root(charter)
    if (rebuilt.keys, rebuilt.roles) != (root.keys, root.roles):
        raise CharterError("the keys of the charter are not those of its members")
    is_plain = len(root.spec_version) <= WORD and root.consistent_snapshot is True
    if not is_plain or set(root.unrecognized_fields) != {_OURS} or listed != _listing(charter):
        raise CharterError("this is not a charter: more stands in it than a charter says")


def _root(charter: Charter) -> Root:
    voters = (one for one in charter.members.values() if one.has_vote)
    votes = {key.keyid: key for key in map(_key, voters)}
    roles = {name: Role(list(votes), charter.threshold) for name in TOP_LEVEL_ROLE_NAMES}
    return Root(
        version=charter.version,
        expires=charter.expires_at,
        keys=votes,
        roles=roles,
        unrecognized_fields={_OURS: msgspec.to_builtins(_listing(charter))},
    )


def _listing(charter: Charter) -> Listing:
    return Listing(
        members=list(map(line_of, charter.members.values())),
        groups=groups_to(charter.groups),
        threshold=charter.threshold,
        life_days=charter.life // timedelta(days=1),
        follows=charter.follows,
    )


def _check(charter: Charter) -> None:
    members = charter.members.values()
    for what, values in (
        ("number", [member.number for member in members]),
        ("CA", [ca for member in members for ca in _cas(member)]),
        ("signing key", [one.public for member in members for one in member.signing_keys]),
    ):
        if len(set(values)) != len(values):
            raise CharterError(f"two members of the charter share one {what}")
    if not all(member.number for member in members):
        raise CharterError("a member of the charter has no number")
    if not 1 <= charter.threshold <= len(charter.voters):
        raise CharterError(
            f"{charter.threshold} signatures are asked for, and {len(charter.voters)} members vote"
        )
    _check_groups(charter)


def _check_groups(charter: Charter) -> None:
    for name, group in charter.groups.items():
        if strangers := group.members - frozenset(charter.members):
            raise CharterError(f"the groups of the charter name no member {min(strangers)}")
        if group.lead and group.lead not in group.members:
            raise CharterError(f"{group.lead} leads {name} and is not in it")


def _check_signed(metadata: Metadata[Root], *, by: Root) -> None:
    try:
        by.verify_delegate(_ROOT, metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError:
        raise CharterError(
            f"charter {metadata.signed.version} is not signed by enough of those whose signature"
            " it needs"
        ) from None


def _signers(metadata: Metadata[Root], charter: Charter, rule: Root) -> frozenset[MemberId]:
    """Whose signatures this rule counts."""
    payload = metadata.signed_bytes
    signed = rule.get_verification_result(_ROOT, payload, metadata.signatures).signed
    return frozenset(
        one.id for one in charter.members.values() if one.has_vote and _key(one).keyid in signed
    )


def _kept(after: Charter | None, members: Mapping[MemberId, Member]) -> Groups:
    """The groups of a charter, less the members that left."""
    groups = after.groups if after else {}
    kept = {name: group.members & frozenset(members) for name, group in groups.items()}
    return MappingProxyType(
        {
            name: Group(ids, lead if (lead := groups[name].lead) in ids else None)
            for name, ids in kept.items()
        }
    )


def _numbered(cards: Sequence[Member], after: Charter | None) -> Iterable[Member]:
    held = {id: member.number for id, member in after.members.items()} if after else {}
    free = free_numbers(held.values())
    numbered = [replace(one, number=held.get(one.id) or next(free, 0)) for one in cards]
    if not all(one.number for one in numbered):
        raise CharterError(f"a charter holds at most {MEMBERS} members")
    return numbered


def _ordered(members: Iterable[Member]) -> Mapping[MemberId, Member]:
    ordered = sorted(members, key=lambda member: (member.number, member.id))
    by_id = {member.id: member for member in ordered}
    if len(by_id) != len(ordered):
        raise CharterError("one member stands in the charter twice")
    return MappingProxyType(by_id)


def _cas(member: Member) -> Sequence[bytes]:
    return (member.ca, *(one.certificate for one in member.former_cas))


def _key(member: Member) -> Key:
    return public_key(member.signing_key)
