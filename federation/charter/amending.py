"""The next charter, drafted from the one in force and what somebody wants changed (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from federation.charter.members import (
    Charter,
    Group,
    Kind,
    Member,
    Standing,
    free_numbers,
    least_signatures,
)
from federation.errors import InvalidError
from federation.limits import MEMBERS
from federation.messages import MemberId
from federation.seal import SigningKey

Members = dict[MemberId, Member]


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to change: `added` are cards of new members, `own` what the drafter is from now on.

    `replaced` are new cards of members whose keys were stolen or lost: of the keys and CAs before
    nothing counts any more. A group that is None is dissolved. What is not named stays.
    """

    added: tuple[Member, ...] = ()
    own: Member | None = None
    replaced: tuple[Member, ...] = ()
    standings: Mapping[MemberId, Standing] = field(default_factory=dict)
    topics: Mapping[MemberId, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[str, Group | None] = field(default_factory=dict)
    threshold: int | None = None
    life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft stands: the charter that it follows, by its identity, and its version."""

    follows: str
    version: int


def amended(current: Charter, amendment: Amendment, place: Place, now: datetime) -> Charter:
    """The charter in force with what is to change, for one more life.

    Where the voters change and no threshold is named it is their majority. Raises `InvalidError`
    for a change that cannot be made; whether the whole makes sense is for `written` to say.
    """
    members = _with_own(dict(current.members), amendment.own)
    members = _with_replaced(members, amendment.replaced, now)
    members = _with_added(members, amendment.added)
    members = _with_standings(members, amendment.standings)
    members = _with_topics(members, amendment.topics)
    groups = {**current.groups, **amendment.groups}
    drafted = replace(
        current,
        members=MappingProxyType(members),
        groups=MappingProxyType({name: group for name, group in groups.items() if group}),
        life=amendment.life or current.life,
    )
    threshold = amendment.threshold
    if threshold is None:
        threshold = least_signatures(drafted, current)
    return renewed(replace(drafted, threshold=threshold), place, now)


def renewed(current: Charter, place: Place, now: datetime) -> Charter:
    """The same charter for one more life, to the hour; never a shorter one than it has.

    Two that are drafted within an hour of each other say the same, and their signatures add up.
    """
    ends_at = (now + current.life).replace(minute=0, second=0, microsecond=0)
    expires_at = max(current.expires_at, ends_at)
    return replace(current, version=place.version, follows=place.follows, expires_at=expires_at)


def _with_own(members: Members, own: Member | None) -> Members:
    if own is None:
        return members
    held = _held(members, own.id)
    line = replace(
        own, number=held.number, kind=held.kind, standing=held.standing, topics=held.topics
    )
    return members | {own.id: line}


def _with_replaced(members: Members, cards: tuple[Member, ...], now: datetime) -> Members:
    for card in cards:
        held = _held(members, card.id)
        if {card.signing_key, card.ca} & {held.signing_key, held.ca}:
            raise InvalidError(f"the card of {card.id} has a key or CA that it had before")
        until = now.replace(microsecond=0)
        before = [SigningKey(held.signing_key, until), *held.former_keys]
        former = tuple(
            replace(one, until=min(until, one.until or until), is_revoked=True)
            if one.counts_at(now)
            else one
            for one in before
        )
        # Node certificates are judged by their CA: with it the count of the revoked begins anew.
        stays = replace(held, name=card.name, host=card.host, port=card.port)
        new = replace(stays, ca=card.ca, former_cas=(), revoked=frozenset())
        members = members | {
            card.id: replace(new, signing_key=card.signing_key, former_keys=former)
        }
    return members


def _with_added(members: Members, cards: tuple[Member, ...]) -> Members:
    for card in cards:
        if card.id in members:
            standing = members[card.id].standing
            raise InvalidError(f"{card.id} is in the charter already ({standing})")
        number = next(free_numbers(one.number for one in members.values()), None)
        if number is None:
            raise InvalidError(f"a charter holds at most {MEMBERS} members")
        members = members | {card.id: replace(card, number=number, standing=Standing.ACTIVE)}
    return members


def _with_standings(members: Members, standings: Mapping[MemberId, Standing]) -> Members:
    for id, standing in standings.items():
        held = _held(members, id)
        if held.standing is Standing.WITHDRAWN:
            raise InvalidError(f"{id} was withdrawn, which is for good: it joins under a new name")
        if held.standing is standing:
            raise InvalidError(f"{id} is {standing} already")
        members = members | {id: replace(held, standing=standing)}
    return members


def _with_topics(members: Members, topics: Mapping[MemberId, frozenset[str]]) -> Members:
    for id, words in topics.items():
        held = _held(members, id)
        if held.kind is not Kind.OBSERVER:
            raise InvalidError(f"{id} is a member by its card ({held.kind}), not an observer")
        members = members | {id: replace(held, topics=words)}
    return members


def _held(members: Mapping[MemberId, Member], id: MemberId) -> Member:
    if id not in members:
        raise InvalidError(f"the charter names no member {id}")
    return members[id]
