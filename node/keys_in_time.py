"""Keys in the course of time: a change goes on by itself, and what ends is warned of."""

import functools
from collections.abc import Callable
from datetime import datetime

from federation import keys
from federation.charter import Amendment, Charter, Member
from federation.keys import Place, Ring
from node.again import again
from node.assembly import Post
from node.keyring.expiries import Warner
from node.keyring.rotating import Rotating

#: How often a change of keys goes on while one is under way, and is looked for else; how often it
#: is looked for what ends soon.
CHANGING_S, RESTING_S, WARNING_S = 0.25, 1.0, 3_600.0
#: What the others read of a proposal that changes our keys.
NEW_KEYS = "new keys"


def rotation(place: Place, ring: Ring, post: Post, clock: Callable[[], datetime]) -> Rotating:
    """How our keys change: as a proposal of the node's own, in which our line alone is another."""
    proposing = post.renewing.proposing
    in_force = proposing.gathering.adopting.in_force

    def propose(us: Member) -> None:
        if any(_says(one.proposal.charter, us) for one in proposing.every()):
            return  # it is on its way
        endorse = functools.partial(keys.endorse, place, in_force().member(us.id))
        proposing.propose(Amendment(own=us), reason=NEW_KEYS, by=None, endorse=endorse)

    store, wake = post.outbox.store, post.delivery.queued
    return Rotating(place, ring, store, in_force, clock, propose, wake)


async def go_on(rotating: Rotating) -> None:
    """Go on with a change of keys, also with one that was begun before the node ended."""
    await again("changing keys", rotating.step, RESTING_S, going_on_s=CHANGING_S)


async def warn(rotating: Rotating) -> None:
    """Say in the log what ends soon, now and every hour; what the node renews itself it renews."""
    warner = Warner()

    def look() -> None:
        rotating.renew_administrators()
        warner.say(rotating.held(), rotating.clock())

    await again("looking for what ends", look, WARNING_S)


def _says(charter: Charter, us: Member) -> bool:
    """Whether a charter says of our keys what it is to say; until when those before, may differ."""
    said = charter.members.get(us.id)
    return said is not None and _of_keys(said) == _of_keys(us)


def _of_keys(us: Member) -> tuple[object, ...]:
    former = [(one.public, one.is_revoked) for one in us.former_keys]
    return us.signing_key, us.ca, us.revoked, former, [one.certificate for one in us.former_cas]
