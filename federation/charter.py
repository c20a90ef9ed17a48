"""Who the members are: a document that all of them sign, and when one may replace another.

Trust: whoever can write this file can withhold a charter, but not change one: it counts only with
the signatures of all members it names.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import TOP_LEVEL_ROLE_NAMES, Metadata, Role, Root
from tuf.api.serialization import DeserializationError

from federation.certificates import authority_defect, parsed
from federation.errors import CharterError, InvalidError
from federation.limits import LAST_BASE_PORT, MEMBERS
from federation.messages import MemberId
from federation.seal import public_key

_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
_ROOT = Root.type

Groups = Mapping[str, frozenset[MemberId]]


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the charter pins it.

    `number` is its place among the doors, 0 on a card that no charter holds yet. `port` is the
    base of its doors. `ca` is its CA in PEM form and `signing_key` its raw Ed25519 public key.
    """

    id: MemberId
    number: int
    name: str
    kind: Literal["state", "organisation"]
    host: str
    port: int
    ca: bytes
    signing_key: bytes

    def door_for(self, other: "Member") -> int:
        """The port of the door at which the other member knocks."""
        return self.port + other.number


@dataclass(frozen=True, slots=True)
class Charter:
    """Who belongs, in the order of their numbers. Two members never share a key, CA or number."""

    version: int
    members: Mapping[MemberId, Member]
    groups: Groups
    expires_at: datetime

    def member(self, id: MemberId) -> Member:
        """The member of this name; raises `CharterError` when there is none."""
        if id not in self.members:
            raise CharterError(f"the charter names no member {id}")
        return self.members[id]

    def chosen(self, to: Collection[MemberId]) -> tuple[MemberId, ...]:
        """These members in charter order, all when none is named; `InvalidError` for any other."""
        members = tuple(self.members)
        if unknown := sorted(set(to) - set(members)):
            raise InvalidError(f"no member {', '.join(unknown)}; members are {', '.join(members)}")
        return tuple(member for member in members if member in to) if to else members

    def others(self, id: MemberId) -> tuple[Member, ...]:
        """Everybody but this one."""
        return tuple(member for member in self.members.values() if member.id != id)

    def groups_of(self, id: MemberId) -> frozenset[str]:
        """The groups that this member belongs to."""
        return frozenset(group for group, members in self.groups.items() if id in members)

    def check_in_force(self, now: datetime) -> None:
        """Raise `CharterError` when the charter has expired."""
        if now >= self.expires_at:
            raise CharterError(
                f"charter {self.version} expired at {self.expires_at:%Y-%m-%dT%H:%MZ}"
            )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A charter on its way: what it says, and who has signed it so far."""

    charter: Charter
    signed_by: frozenset[MemberId]

    @property
    def missing(self) -> frozenset[MemberId]:
        """Everybody whose signature it still needs."""
        return frozenset(self.charter.members) - self.signed_by


Id = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{1,15}\Z")]


class _Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The JSON of a member: without a number on a card, with one in a charter."""

    id: Id
    number: Annotated[int, Meta(ge=0, le=MEMBERS)] = 0
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Literal["state", "organisation"]
    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=LAST_BASE_PORT)]
    ca: Annotated[str, Meta(max_length=8_000)]
    signing_key: Annotated[bytes, Meta(min_length=32, max_length=32)]


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of the document that is ours: the field `amber` of a TUF root."""

    members: Annotated[list[_Card], Meta(min_length=1, max_length=MEMBERS)]
    groups: dict[Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z")], list[Id]]


def card(member: Member) -> str:
    """The card of a member: one JSON object to be handed to the others."""
    text = msgspec.json.encode(_card(replace(member, number=0)))
    return msgspec.json.format(text, indent=2).decode()


def read_card(text: str) -> Member:
    """The member that a card shows; raises `InvalidError` naming the field that is wrong.

    A card proves nothing: compare its CA and key with its owner before signing a charter.
    """
    try:
        return _member(msgspec.json.decode(text, type=_Card))
    except msgspec.DecodeError as error:
        raise InvalidError(f"this is not a member's card: {error}") from None


def draft(
    cards: Iterable[Member],
    *,
    expires_at: datetime,
    groups: Mapping[str, Iterable[str]] | None = None,
    after: Charter | None = None,
) -> bytes:
    """The document of the next charter, which nobody has signed yet.

    Members keep the number they have in `after`, and get the lowest free one else, in the order
    of the cards. When no groups are given, those of `after` stay, less the members that left.
    Raises `CharterError` when these cards cannot stand in one charter.
    """
    members = _ordered(_numbered(tuple(cards), after))
    charter = Charter(
        version=after.version + 1 if after else 1,
        members=members,
        groups=_kept(after, members) if groups is None else _frozen(groups),
        expires_at=expires_at.astimezone(UTC).replace(microsecond=0),
    )
    document = Metadata(_root(charter)).to_bytes()
    proposal(document)
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


def proposal(document: bytes) -> Proposal:
    """What a document says and who has signed it, whether or not it counts yet."""
    metadata = _parsed(document)
    charter = _charter(metadata.signed)
    root, payload = metadata.signed, metadata.signed_bytes
    signed = root.get_verification_result(_ROOT, payload, metadata.signatures).signed
    members = charter.members.values()
    return Proposal(charter, frozenset(one.id for one in members if _key(one).keyid in signed))


def read(document: bytes) -> Charter:
    """The charter in a document that all its members have signed; raises `CharterError` else.

    Whether it has expired is for whoever acts on it to ask, see `Charter.check_in_force`.
    """
    metadata = _parsed(document)
    charter = _charter(metadata.signed)
    _check_signed(metadata, by=metadata.signed)
    return charter


def replacement(current: bytes, proposed: bytes) -> Charter:
    """The charter that may take the place of the current one.

    It counts when its version is higher and it is signed under the rules of both; raises
    `CharterError` else.
    """
    held, new = read(current), read(proposed)
    if new.version <= held.version:
        raise CharterError(f"charter {new.version} cannot replace charter {held.version}")
    _check_signed(_parsed(proposed), by=_parsed(current).signed)
    return new


def _parsed(document: bytes) -> Metadata[Root]:
    try:
        metadata = Metadata[Root].from_bytes(document)
    except DeserializationError:
        raise CharterError("this is not a charter: it cannot be read as one") from None
    if not isinstance(metadata.signed, Root):
        raise CharterError("this is not a charter: it is signed metadata of another kind")
    return metadata


def _charter(root: Root) -> Charter:
    """What a root says; its keys and roles must say nothing that its member list does not."""
    try:
        listed = msgspec.convert(root.unrecognized_fields.get("amber"), _List)
        members = _ordered(_member(line) for line in listed.members)
    except (msgspec.ValidationError, InvalidError) as error:
        raise CharterError(f"this is not a charter: {error}") from None
    charter = Charter(root.version, members, _frozen(listed.groups), root.expires)
    _check(charter)
    rebuilt = _root(charter)
    if (rebuilt.keys, rebuilt.roles) != (root.keys, root.roles):
        raise CharterError("the keys of the charter are not those of its members")
    return charter


def _root(charter: Charter) -> Root:
    keys = {key.keyid: key for key in map(_key, charter.members.values())}
    roles = {name: Role(list(keys), len(keys)) for name in TOP_LEVEL_ROLE_NAMES}
    listed = _List(
        members=list(map(_card, charter.members.values())),
        groups={name: sorted(ids) for name, ids in sorted(charter.groups.items())},
    )
    return Root(
        version=charter.version,
        expires=charter.expires_at,
        keys=keys,
        roles=roles,
        unrecognized_fields={"amber": msgspec.to_builtins(listed)},
    )


def _check(charter: Charter) -> None:
    members = charter.members.values()
    for what, values in (
        ("number", [member.number for member in members]),
        ("CA", [member.ca for member in members]),
        ("signing key", [member.signing_key for member in members]),
    ):
        if len(set(values)) != len(values):
            raise CharterError(f"two members of the charter share one {what}")
    if not all(member.number for member in members):
        raise CharterError("a member of the charter has no number")
    if strangers := frozenset().union(*charter.groups.values()) - frozenset(charter.members):
        raise CharterError(f"the groups of the charter name no member {min(strangers)}")


def _check_signed(metadata: Metadata[Root], *, by: Root) -> None:
    try:
        by.verify_delegate(_ROOT, metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError:
        raise CharterError(
            f"charter {metadata.signed.version} is not signed by everybody whose signature it needs"
        ) from None


def _kept(after: Charter | None, members: Mapping[MemberId, Member]) -> Groups:
    groups = after.groups if after else {}
    return _frozen({name: ids & frozenset(members) for name, ids in groups.items()})


def _frozen(groups: Mapping[str, Iterable[str]]) -> Groups:
    return MappingProxyType({name: frozenset(map(MemberId, ids)) for name, ids in groups.items()})


def _numbered(cards: Sequence[Member], after: Charter | None) -> Iterable[Member]:
    held = {id: member.number for id, member in after.members.items()} if after else {}
    free = iter(sorted(set(range(1, MEMBERS + 1)) - set(held.values())))
    if len(cards) > MEMBERS:
        raise CharterError(f"a charter holds at most {MEMBERS} members")
    return [replace(one, number=held.get(one.id) or next(free)) for one in cards]


def _ordered(members: Iterable[Member]) -> Mapping[MemberId, Member]:
    ordered = sorted(members, key=lambda member: (member.number, member.id))
    by_id = {member.id: member for member in ordered}
    if len(by_id) != len(ordered):
        raise CharterError("one member stands in the charter twice")
    return MappingProxyType(by_id)


def _card(member: Member) -> _Card:
    return _Card(
        id=member.id,
        number=member.number,
        name=member.name,
        kind=member.kind,
        host=member.host,
        port=member.port,
        ca=member.ca.decode("ascii"),
        signing_key=member.signing_key,
    )


def _member(line: _Card) -> Member:
    if not _is_host(line.host):
        raise InvalidError(f"host of {line.id} is neither a host name nor an address")
    if not line.name.isprintable():
        raise InvalidError(f"name of {line.id} holds characters that cannot be printed")
    ca = line.ca.encode()
    if defect := authority_defect(parsed(ca), MemberId(line.id)):
        raise InvalidError(f"ca of {line.id} {defect}")
    return Member(
        id=MemberId(line.id),
        number=line.number,
        name=line.name,
        kind=line.kind,
        host=line.host,
        port=line.port,
        ca=ca,
        signing_key=line.signing_key,
    )


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return all(_HOST_LABEL.match(label) for label in host.rstrip(".").split("."))
    return True


def _key(member: Member) -> Key:
    return public_key(member.signing_key)
