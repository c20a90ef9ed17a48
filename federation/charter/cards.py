"""A member as JSON: alone on a card that it hands out, or as a line in a charter."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from types import MappingProxyType
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Meta

from federation.certificates import authority_defect, parsed
from federation.charter.members import FormerCa, Group, Groups, Kind, Member, Standing
from federation.errors import InvalidError
from federation.limits import FORMER, LAST_BASE_PORT, MEMBERS, WORD
from federation.messages import MemberId
from federation.seal import SigningKey

_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
#: Of a fingerprint, bits that are read aloud: nobody makes a second card with the same 128.
_READ_ALOUD = 16

Id = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{1,15}\Z")]
_Pem = Annotated[str, Meta(max_length=8_000)]
_Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
#: Seconds since 1970 in UTC.
_Instant = Annotated[int, Meta(ge=0, le=253_402_300_799)]
_Few, _Former = Meta(max_length=100), Meta(max_length=FORMER)


class _FormerKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    key: _Key
    until: _Instant
    revoked: bool = False


class _FormerCa(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ca: _Pem
    until: _Instant


class Card(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """The JSON of a member: without a number on a card, with one in a charter."""

    id: Id
    number: Annotated[int, Meta(ge=0, le=MEMBERS)] = 0
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Kind
    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=LAST_BASE_PORT)]
    ca: _Pem
    signing_key: _Key
    standing: Standing = Standing.ACTIVE
    topics: Annotated[list[Annotated[str, Meta(min_length=1, max_length=WORD)]], _Few] = []
    former_keys: Annotated[list[_FormerKey], _Former] = []
    former_cas: Annotated[list[_FormerCa], _Former] = []
    revoked: Annotated[list[Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]], _Former] = []


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    members: list[Id]
    lead: Id | None = None


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The part of the document that is ours: the field `amber` of a TUF root.

    Without a threshold everybody must sign. A group without a lead is a plain list of members.
    `follows` is the identity of the charter that this one was drafted after.
    """

    members: Annotated[list[Card], Meta(min_length=1, max_length=MEMBERS)]
    groups: dict[Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z")], list[Id] | _Group]
    threshold: Annotated[int, Meta(ge=0, le=MEMBERS)] = 0
    life_days: Annotated[int, Meta(ge=1, le=1_825)] = 30
    follows: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""


def card(member: Member) -> str:
    """The card of a member, with its present keys: one JSON object to be handed to the others."""
    text = msgspec.json.encode(line_of(_present(member)))
    return msgspec.json.format(text, indent=2).decode()


def read_card(text: str) -> Member:
    """The member that a card shows; raises `InvalidError` naming the field that is wrong.

    A card proves nothing: compare its fingerprint with its owner before signing a charter. Keys
    that the fingerprint does not cover stand on none, so that whoever carries it adds none.
    """
    try:
        member = member_of(msgspec.json.decode(text, type=Card))
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise InvalidError(f"this is not a member's card: {error}") from None
    if replace(_present(member), number=member.number) != member:
        raise InvalidError(
            f"the card of {member.id} names former_keys, former_cas or revoked: a card names"
            " present keys alone, since its fingerprint covers no others"
        )
    return member


def introduced(text: str, heard: str) -> Member:
    """The member that a card shows, once its fingerprint was read by somebody who knows.

    Raises `InvalidError` unless it was read whole and is that of this very card.
    """
    member = read_card(text)
    if not is_read_as(heard, fingerprint(member)):
        raise InvalidError(
            f"the fingerprint is not that of this card of {member.id}: do not add it, and have"
            " its owner read it to you again (amber charter card --fingerprint)"
        )
    return member


def fingerprint(member: Member) -> str:
    """What two people read to each other to know that they mean the same member and keys.

    Eight groups of four digits in hex: of the SHA-256 of name, signing key and CA the first half.
    """
    digest = hashlib.sha256(b"amber member\n")
    der = parsed(member.ca).public_bytes(Encoding.DER)
    for part in (member.id.encode(), member.signing_key, der):
        digest.update(len(part).to_bytes(4, "big") + part)
    return read_aloud(digest.digest())


def read_aloud(digest: bytes) -> str:
    """The first half of a SHA-256 as people read it to each other: eight groups of four digits."""
    digits = digest[:_READ_ALOUD].hex().upper()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def is_read_as(heard: str, fingerprint: str) -> bool:
    """Whether somebody read this very fingerprint, whole; case and spaces do not count."""
    return "".join(heard.split()).upper() == "".join(fingerprint.split())


def line_of(member: Member) -> Card:
    """A member as it stands in the JSON of a charter."""
    return Card(
        id=member.id,
        number=member.number,
        name=member.name,
        kind=member.kind,
        host=member.host,
        port=member.port,
        ca=member.ca.decode("ascii"),
        signing_key=member.signing_key,
        standing=member.standing,
        topics=sorted(member.topics),
        former_keys=[
            _FormerKey(one.public, seconds(one.until), one.is_revoked)
            for one in member.former_keys
            if one.until
        ],
        former_cas=[
            _FormerCa(one.certificate.decode("ascii"), seconds(one.until))
            for one in member.former_cas
        ],
        revoked=sorted(member.revoked),
    )


def member_of(line: Card) -> Member:
    """The member in the JSON of a charter; raises `InvalidError` naming what is wrong."""
    if not _is_host(line.host):
        raise InvalidError(f"host of {line.id} is neither a host name nor an address")
    for field, texts in (("name", [line.name]), ("topics", line.topics)):
        if not all(map(str.isprintable, texts)):
            raise InvalidError(f"{field} of {line.id} holds characters that cannot be printed")
    return Member(
        id=MemberId(line.id),
        number=line.number,
        name=line.name,
        kind=line.kind,
        host=line.host,
        port=line.port,
        ca=_ca(line.ca, line.id),
        signing_key=line.signing_key,
        standing=line.standing,
        topics=frozenset(line.topics),
        former_keys=tuple(
            SigningKey(one.key, _instant(one.until), one.revoked) for one in line.former_keys
        ),
        former_cas=tuple(
            FormerCa(_ca(one.ca, line.id), _instant(one.until)) for one in line.former_cas
        ),
        revoked=frozenset(line.revoked),
    )


def groups_to(groups: Groups) -> dict[str, list[str] | _Group]:
    """Groups as they stand in the JSON of a charter."""
    return {
        name: _Group(sorted(group.members), group.lead) if group.lead else sorted(group.members)
        for name, group in sorted(groups.items())
    }


def groups_of(lines: Mapping[str, list[str] | _Group]) -> Groups:
    """The groups in the JSON of a charter."""
    return MappingProxyType({name: _group(line) for name, line in lines.items()})


def seconds(instant: datetime) -> int:
    """An instant as charters write it; a part of a second is dropped."""
    return int(instant.timestamp())


def _present(member: Member) -> Member:
    """A member without its place in a charter and the keys that it had there before."""
    return replace(member, number=0, former_keys=(), former_cas=(), revoked=frozenset())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _group(line: list[str] | _Group) -> Group:
    if isinstance(line, _Group):
        return Group(_ids(line.members), MemberId(line.lead) if line.lead else None)
    return Group(_ids(line))


def _ids(ids: Iterable[str]) -> frozenset[MemberId]:
    return frozenset(map(MemberId, ids))


def _ca(pem: str, id: str) -> bytes:
    data = pem.encode(errors="replace")
    ca = parsed(data)
    if defect := authority_defect(ca, MemberId(id)):
        raise InvalidError(f"ca of {id} {defect}")
    if ca.public_bytes(Encoding.PEM) != data:
        raise InvalidError(f"ca of {id} is not one certificate in PEM form and nothing else")
    return data


def _is_host(host: str) -> bool:
    if "%" in host:  # a zone of IPv6 may hold anything
        return False
    try:
        ip_address(host)
    except ValueError:
        return all(_HOST_LABEL.match(label) for label in host.rstrip(".").split("."))
    return True
