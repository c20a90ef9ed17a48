"""Members and charters as values: who belongs, who decides, which keys count when."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from federation.errors import CharterError, InvalidError
from federation.limits import MEMBERS
from federation.messages import MemberId
from federation.seal import SigningKey


class Kind(StrEnum):
    """What a member is. States and organisations decide; an observer has rights by topic only."""

    STATE = "state"
    ORGANISATION = "organisation"
    OBSERVER = "observer"


class Standing(StrEnum):
    """How a member stands. Only an active one is heard, asked and told.

    A suspended one may come back. A withdrawn one stays in the charter, with its number, so that
    what it sealed can be proven later.
    """

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class FormerCa:
    """A CA, in PEM form, whose certificates count until the instant given."""

    certificate: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Some members who work together, one of them in the lead where one is named."""

    members: frozenset[MemberId]
    lead: MemberId | None = None


Groups = Mapping[str, Group]


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the charter pins it.

    `number` is its place among the doors, 0 on a card that no charter holds yet. `port` is the
    base of its doors. `ca` is its CA in PEM form and `signing_key` its raw Ed25519 public key;
    `former_keys` and `former_cas` are those before them, newest first. `topics` are what an
    observer may ask about. `revoked` are SHA-256 digests in hex of node certificates that count
    no more, though they have not expired.
    """

    id: MemberId
    number: int
    name: str
    kind: Kind
    host: str
    port: int
    ca: bytes
    signing_key: bytes
    standing: Standing = Standing.ACTIVE
    topics: frozenset[str] = frozenset()
    former_keys: tuple[SigningKey, ...] = ()
    former_cas: tuple[FormerCa, ...] = ()
    revoked: frozenset[str] = frozenset()

    @property
    def is_active(self) -> bool:
        """Whether it is heard, asked and told."""
        return self.standing is Standing.ACTIVE

    @property
    def has_vote(self) -> bool:
        """Whether its signature counts under a charter."""
        return self.is_active and self.kind is not Kind.OBSERVER

    @property
    def signing_keys(self) -> tuple[SigningKey, ...]:
        """Every key it ever sealed with, the present one first."""
        return (SigningKey(self.signing_key), *self.former_keys)

    def cas_at(self, now: datetime) -> tuple[bytes, ...]:
        """The CAs whose certificates count at this instant, the present one first."""
        return (self.ca, *(one.certificate for one in self.former_cas if now < one.until))

    def door_for(self, other: "Member") -> int:
        """The port of the door at which the other member knocks."""
        return self.port + other.number


@dataclass(frozen=True, slots=True)
class Charter:
    """Who belongs, in the order of their numbers. Two members never share a key, CA or number.

    `threshold` of the members that vote must sign the next one; one that they renew lasts `life`.
    `follows` is the identity of the charter that it was drafted after, empty for a first one.
    """

    version: int
    members: Mapping[MemberId, Member]
    groups: Groups
    expires_at: datetime
    threshold: int
    life: timedelta
    follows: str = ""

    @property
    def active(self) -> Mapping[MemberId, Member]:
        """The members that are heard, asked and told, in the order of their numbers."""
        return MappingProxyType({id: one for id, one in self.members.items() if one.is_active})

    @property
    def voters(self) -> frozenset[MemberId]:
        """The members whose signatures count."""
        return frozenset(id for id, one in self.members.items() if one.has_vote)

    def member(self, id: MemberId) -> Member:
        """The member of this name, however it stands; raises `CharterError` when there is none."""
        if id not in self.members:
            raise CharterError(f"the charter names no member {id}")
        return self.members[id]

    def heard(self, id: MemberId) -> Member:
        """The member of this name if it is active; raises `CharterError` else."""
        member = self.member(id)
        if not member.is_active:
            raise CharterError(f"{id} is {member.standing} since charter {self.version} or before")
        return member

    def chosen(self, to: Collection[MemberId]) -> tuple[MemberId, ...]:
        """These members in charter order, all that are active when none is named.

        Raises `InvalidError` for one that the charter does not name or that is not active.
        """
        members = tuple(self.active)
        if unknown := sorted(set(to) - set(members)):
            words = ", ".join(map(self._word, unknown))
            raise InvalidError(f"no member {words}; members are {', '.join(members)}")
        return tuple(member for member in members if member in to) if to else members

    def others(self, id: MemberId) -> tuple[Member, ...]:
        """Every active member but this one; nobody, for one that is not active itself."""
        if id in self.members and not self.members[id].is_active:
            return ()
        return tuple(member for member in self.active.values() if member.id != id)

    def alone(self, id: MemberId) -> "Charter":
        """This charter as it stands for a member that may speak with nobody."""
        members = {one.id: one for one in self.members.values() if one.id == id}
        return replace(self, members=MappingProxyType(members))

    def listening(self, id: MemberId) -> "Charter":
        """This charter as it stands for a member's doors: a suspended one hears of its return.

        It says nothing itself, and nobody asks it.
        """
        member = self.members.get(id)
        if member is None or member.standing is not Standing.SUSPENDED:
            return self
        back = {id: replace(member, standing=Standing.ACTIVE)}
        return replace(self, members=MappingProxyType({**self.members, **back}))

    def groups_of(self, id: MemberId) -> frozenset[str]:
        """The groups that this member belongs to."""
        return frozenset(name for name, group in self.groups.items() if id in group.members)

    def check_in_force(self, now: datetime) -> None:
        """Raise `CharterError` when the charter has expired."""
        if now >= self.expires_at:
            raise CharterError(
                f"charter {self.version} expired at {self.expires_at:%Y-%m-%dT%H:%MZ}"
            )

    def _word(self, id: MemberId) -> str:
        member = self.members.get(id)
        return f"{id} ({member.standing})" if member else id


@dataclass(frozen=True, slots=True)
class Proposal:
    """A charter on its way: what it says, and who has signed it so far.

    `signed_by` are those whose signatures its own rule counts, `agreed_by` those that the rule of
    the charter in force counts. It may be put in force once both have reached their threshold.
    """

    charter: Charter
    signed_by: frozenset[MemberId]
    agreed_by: frozenset[MemberId]
    needed: int

    @property
    def is_enough(self) -> bool:
        """Whether it may be put in force."""
        is_signed = len(self.signed_by) >= self.charter.threshold
        return is_signed and len(self.agreed_by) >= self.needed


def least_signatures(charter: Charter, before: Charter | None) -> int:
    """How many must sign the next one where nobody says: as before, or most of other voters."""
    if before is not None and before.voters == charter.voters:
        return before.threshold
    return len(charter.voters) // 2 + 1


def free_numbers(taken: Iterable[int]) -> Iterator[int]:
    """The numbers that a member may be given, the lowest first."""
    return iter(sorted(set(range(1, MEMBERS + 1)) - set(taken)))
