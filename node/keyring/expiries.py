"""What of keys, certificates and charter ends when, and how soon somebody is warned of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from federation import seal
from federation.certificates import digest_of, parsed
from federation.charter import Charter, Member
from federation.keys import Keys, Place, Ring, Turn, folder_people

#: Days before an end at which somebody is warned.
WARN_AT_DAYS = (1, 7, 30)
IN_USE, COMING, FORMER, DUE = "in use", "coming", "former", "to be reissued"


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that ends: `what` it is and whose, from when to when, and how it stands.

    `of` names a person or nobody; it is shown to administrators, and stands in no log or metric.
    """

    what: str
    fingerprint: str = ""
    since: datetime | None = None
    until: datetime | None = None
    state: str = IN_USE
    of: str = ""

    def warned_at(self, now: datetime) -> int | None:
        """The least of the levels that its end has reached, 0 once it has ended; None of none.

        No level counts that is longer than the half of its time: a charter of a month, which is
        renewed from its middle on, would be warned of always.
        """
        if self.until is None:
            return None
        left = self.until - now
        if left <= timedelta(0):
            return 0
        life = self.until - self.since if self.since else timedelta.max
        levels = [days for days in WARN_AT_DAYS if days == 1 or timedelta(days=days) <= life / 2]
        return next((days for days in levels if left <= timedelta(days=days)), None)


def held(place: Place, ring: Ring, charter: Charter, turn: Turn | None) -> list[Held]:
    """Everything that ends: our keys and certificates, those before and those to come, the charter.

    A key before that nobody needs any more is left out.
    """
    us, own = charter.members.get(place.member), ring.present
    people = list(_people(place, own))
    return [
        *_own(own),
        *(_coming(turn, us) if turn and us else ()),
        *(_former(us, ring, people) if us else ()),
        *people,
        Held(
            "charter", str(charter.version), charter.expires_at - charter.life, charter.expires_at
        ),
    ]


def _own(own: Keys) -> Iterator[Held]:
    for what, pem in (("ca", own.ca), ("tls", own.tls_chain)):
        certificate = parsed(pem)
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        yield Held(what, digest_of(certificate), begins, ends)
    yield Held("signing", _key_id(own.signing_key), own.signing_since)


def _coming(turn: Turn, us: Member) -> Iterator[Held]:
    """What the charter does not name yet."""
    if turn.signing_key and turn.signing_key != us.signing_key.hex():
        public = bytes.fromhex(turn.signing_key)
        yield Held("signing", _key_id(public), turn.begun_at, state=COMING)
    if turn.ca and turn.ca.encode() != us.ca:
        digest = digest_of(parsed(turn.ca.encode()))
        yield Held("ca", digest, turn.begun_at, state=COMING)


def _former(us: Member, ring: Ring, people: Sequence[Held]) -> Iterator[Held]:
    """Keys before those of now that somebody still needs: members, or our own people."""
    for key in us.former_keys:
        is_shown = ring.former is not None and ring.former.keys.signing_key == key.public
        if is_shown:
            yield Held("former signing", _key_id(key.public), until=key.until, state=FORMER)
    for ca in us.former_cas:
        if any(one.state == DUE for one in people):
            digest = digest_of(parsed(ca.certificate))
            yield Held("former ca", digest, until=ca.until, state=FORMER)


def _people(place: Place, own: Keys) -> Iterator[Held]:
    for person, leaf, is_ours in folder_people(place.folder, place.member, own.ca):
        state = IN_USE if is_ours else DUE
        begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        yield Held("person", digest_of(leaf), begins, ends, state, person)


def _key_id(public: bytes) -> str:
    return str(seal.public_key(public).keyid)


class Warner:
    """Says in the log what ends soon, once at each level, and again after a restart."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], int] = {}

    def say(self, every: Sequence[Held], now: datetime) -> None:
        """Warn of what has reached a level since it was warned of last."""
        for one in every:
            level, thing = one.warned_at(now), (one.what, one.fingerprint)
            if level is None or one.until is None or self._said.get(thing, level + 1) <= level:
                continue
            self._said[thing] = level
            days = max(0, (one.until - now) // timedelta(days=1))
            structlog.get_logger().warning(
                "ends soon" if level else "has ended",
                what=one.what,
                fingerprint=one.fingerprint[:16],
                days=days,
                at=one.until.isoformat(timespec="minutes"),
            )


def soon(every: Sequence[Held], now: datetime) -> list[Held]:
    """What somebody is to be warned of, the first to end first."""
    near = [one for one in every if one.warned_at(now) is not None]
    return sorted(near, key=lambda one: one.until or now)
