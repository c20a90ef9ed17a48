"""Which proposals a node may sign by itself: renewals, and what a member changes of itself.

A thief of one key alone moves nothing: a change of a member's own line needs its signing key and
its CA together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256

from federation.certificates import parsed
from federation.charter.document import signed_part
from federation.charter.members import Charter, FormerCa, Member, Proposal
from federation.messages import MemberId
from federation.seal import SigningKey

#: An endorsement begins with these words, so that a CA signs nothing else by it.
_WORDS = b"amber charter endorsement v1\0"
#: By how much a routine proposal may raise the version: votes that were stuck took some.
_VERSIONS = 1_000
#: How far the clock of whoever drafted it may be before ours.
_SKEW = timedelta(minutes=2)


class Routine(StrEnum):
    """What a routine proposal does."""

    RENEWAL = "renewal"
    OWN_LINE = "own line"


@dataclass(frozen=True, slots=True)
class Drafted:
    """Who drafted a proposal, and whether the present CA of that member endorsed it."""

    by: MemberId
    is_endorsed: bool


def routine(
    current: Charter, current_id: str, proposed: Proposal, drafted: Drafted, now: datetime
) -> Routine | None:
    """What a proposal is when no human need judge it, None for every other one.

    A renewal says nothing new but version and end, which comes no sooner than before and no later
    than a life from now. A change of a member's own line is besides that what this member says of
    itself alone: address, name, keys and CAs, no key of its history lost or made to last longer.
    It is drafted by that member, signed with its present key and endorsed by its present CA.
    """
    charter = proposed.charter
    is_next = 0 < charter.version - current.version <= _VERSIONS and charter.follows == current_id
    latest = now + current.life + _SKEW
    is_timely = (
        charter.expires_at == current.expires_at
        or current.expires_at < charter.expires_at <= latest
    )
    if not (is_next and is_timely):
        return None
    members = charter.members
    same = replace(
        current, version=charter.version, follows=charter.follows, expires_at=charter.expires_at
    )
    if charter == same:
        return Routine.RENEWAL
    by, held, new = drafted.by, current.active.get(drafted.by), members.get(drafted.by)
    if held is None or new is None or not drafted.is_endorsed or by not in proposed.agreed_by:
        return None
    is_alone = charter == replace(same, members={**current.members, by: new})
    return Routine.OWN_LINE if is_alone and _is_own(held, new, latest) else None


def endorsed(document: bytes, ca_key: EllipticCurvePrivateKey) -> bytes:
    """What a CA says for a document that its member drafted; it travels beside the document."""
    return ca_key.sign(_WORDS + signed_part(document), ECDSA(SHA256()))


def is_endorsed(document: bytes, endorsement: bytes, ca: bytes) -> bool:
    """Whether the CA in this PEM endorsed the document."""
    key = parsed(ca).public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not endorsement:
        return False
    try:
        key.verify(endorsement, _WORDS + signed_part(document), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _is_own(held: Member, new: Member, latest: datetime) -> bool:
    """Whether a member changed nothing of its line but what is its own to say."""
    own = ("host", "port", "name", "ca", "signing_key", "former_keys", "former_cas", "revoked")
    stays = replace(new, **{name: getattr(held, name) for name in own})
    return (
        stays == held
        and held.revoked <= new.revoked
        and _keep_keys(held, new, latest)
        and _keep_cas(held, new, latest)
    )


def _keep_keys(held: Member, new: Member, latest: datetime) -> bool:
    """Whether every key before stays in the history, none is made up, and none lasts longer."""
    before = {one.public: one for one in held.former_keys}
    after = {one.public: one for one in new.former_keys}
    if held.signing_key != new.signing_key:
        before[held.signing_key] = SigningKey(held.signing_key, latest)
    is_whole = len(after) == len(new.former_keys) and set(after) == set(before)
    return (
        is_whole
        and new.signing_key not in after
        and all(_is_no_longer(before[public], one) for public, one in after.items())
    )


def _is_no_longer(before: SigningKey, after: SigningKey) -> bool:
    is_bounded = after.until is not None and (before.until is None or after.until <= before.until)
    return is_bounded and after.is_revoked >= before.is_revoked


def _keep_cas(held: Member, new: Member, latest: datetime) -> bool:
    """Whether no CA is made up and none lasts longer; one that was stolen may be left out."""
    before: Mapping[bytes, FormerCa] = {one.certificate: one for one in held.former_cas}
    if held.ca != new.ca:
        before = {**before, held.ca: FormerCa(held.ca, latest)}
    after = {one.certificate: one for one in new.former_cas}
    return (
        len(after) == len(new.former_cas)
        and new.ca not in after
        and all(
            certificate in before and one.until <= before[certificate].until
            for certificate, one in after.items()
        )
    )
