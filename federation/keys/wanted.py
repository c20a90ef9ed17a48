"""What a change of keys is, and what the charter is to say of us by it (pure)."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from federation.charter import FormerCa, Member
from federation.errors import InvalidError
from federation.limits import FORMER
from federation.seal import SigningKey

#: How long a key that was replaced still seals, and a CA still certifies: nodes within moments,
#: people until they have their new certificates. Less than the life of a charter, which bounds it.
KEY_OVERLAP, CA_OVERLAP = timedelta(hours=24), timedelta(days=14)
#: Of the former signing keys that a line holds, so many are kept free for thefts.
_FOR_THEFTS = 10


class What(StrEnum):
    """The keys that can be changed, each by itself."""

    TLS = "tls"
    CA = "ca"
    SIGNING = "signing"


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change that was begun: the new public keys, and what is to count no more.

    `signing_key` in hex and `ca` in PEM are those that come, empty where they stay. Of a theft
    `revoked_keys` in hex, `revoked_cas` in PEM and `revoked_leaves` by digest are taken back. A new
    key may be among them that no charter names yet: another one follows once a charter does.
    """

    begun_at: datetime
    signing_key: str = ""
    ca: str = ""
    is_revocation: bool = False
    revoked_keys: tuple[str, ...] = ()
    revoked_cas: tuple[str, ...] = ()
    revoked_leaves: tuple[str, ...] = ()

    @property
    def what(self) -> tuple[What, ...]:
        """Which keys it changes."""
        named = ((What.SIGNING, self.signing_key), (What.CA, self.ca))
        changed = [what for what, is_named in named if is_named]
        return tuple(changed) or (What.TLS,)

    def names(self, what: What, us: Member) -> bool:
        """Whether the new key of this kind is the one that our line in the charter names."""
        if what is What.SIGNING:
            return self.signing_key == us.signing_key.hex()
        return self.ca == us.ca.decode()

    def again(self, us: Member) -> tuple[What, ...]:
        """Which of its new keys were stolen in their turn, now that the charter names them."""
        taken_back = {
            What.SIGNING: self.signing_key in self.revoked_keys,
            What.CA: self.ca in self.revoked_cas,
        }
        return tuple(what for what, is_so in taken_back.items() if is_so and self.names(what, us))


def lined(turn: Turn, us: Member, now: datetime) -> Member:
    """Our line in the charter as it is to be; the same as it is once the change came through."""
    return _with_leaves(_lined_ca(turn, _lined_key(turn, us, now), now), turn)


def check_room(turn: Turn, us: Member, now: datetime) -> None:
    """Raise `InvalidError` when our line cannot hold what a change adds to it."""
    line = lined(turn, us, now)
    most = FORMER if turn.is_revocation else FORMER - _FOR_THEFTS
    is_followed = turn.signing_key in turn.revoked_keys  # by another one, once it is named
    if len(line.former_keys) + is_followed > max(most, len(us.former_keys)):
        raise InvalidError(
            f"the charter holds {most} signing keys that we had before: no other one takes the"
            " place of that of now but after a theft"
        )
    if len(line.revoked) > FORMER:
        raise InvalidError(
            f"the charter holds at most {FORMER} node certificates that were revoked: revoke the CA"
            " instead, and with it all that it issued (amber keys revoke ca)"
        )


def _lined_key(turn: Turn, us: Member, now: datetime) -> Member:
    if turn.signing_key and us.signing_key.hex() != turn.signing_key:
        before = SigningKey(us.signing_key, now + KEY_OVERLAP)
        new = bytes.fromhex(turn.signing_key)
        us = replace(us, signing_key=new, former_keys=(before, *us.former_keys))
    return replace(us, former_keys=tuple(_judged(turn, one, now) for one in us.former_keys))


def _judged(turn: Turn, key: SigningKey, now: datetime) -> SigningKey:
    if key.public.hex() not in turn.revoked_keys or key.is_revoked:
        return key
    return SigningKey(key.public, min(now, key.until or now), is_revoked=True)


def _lined_ca(turn: Turn, us: Member, now: datetime) -> Member:
    if turn.ca and us.ca.decode() != turn.ca:
        before = FormerCa(us.ca, now + CA_OVERLAP)
        still = [one for one in us.former_cas if now < one.until]
        us = replace(us, ca=turn.ca.encode(), former_cas=(before, *still))
    stay = [one for one in us.former_cas if one.certificate.decode() not in turn.revoked_cas]
    return replace(us, former_cas=tuple(stay))


def _with_leaves(us: Member, turn: Turn) -> Member:
    return replace(us, revoked=us.revoked | set(turn.revoked_leaves))
