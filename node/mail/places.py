"""Places: where a notice stands in the mail to a member, and when it is given another one."""

from collections.abc import Callable

from federation.limits import PLACES, STEP
from federation.messages import MemberId, NoticeId, Receipt
from federation.seal import Sealed
from node import store
from node.audit import Entry, Operation
from node.mail.effects import CONFLICT
from node.store import Tx
from node.store.mail import LaneState, Outgoing

#: Seals a notice for a member: its id, its body, its place.
Seal = Callable[[MemberId, NoticeId, bytes, int], Sealed]


def following(tx: Tx, member: MemberId, seal: Seal) -> int:
    """Assign the next place in the mail to a member.

    No lane is out of bounds for good: nobody else's notices are lost by what one member said.
    """
    lane = store.mail.lane(tx, member)
    if lane.assigned >= PLACES:
        _put_back(tx, lane, seal)
    return store.mail.next_sequence(tx, member)


def go_on_behind(tx: Tx, lane: LaneState, through: int, seal: Seal) -> None:
    """The member has more of our mail than we sent: we were put back to an earlier day.

    What waits gets new places behind all that it has; what it had before it has twice, which
    changes nothing. One receipt takes us `STEP` places at most, and the next one goes on, so that a
    member that lies must lie as often before anything runs out.
    """
    behind = min(through, lane.assigned + STEP)
    waiting = store.mail.outgoing(tx, lane.member, after=lane.acknowledged, most=-1)
    for one in reversed(waiting):
        move(tx, lane.member, one, behind + one.sequence - lane.acknowledged, seal)
    store.mail.assign(tx, lane.member, behind + lane.waiting)
    store.mail.acknowledge(tx, lane.member, Receipt(behind))
    counts = {"known": lane.assigned, "member has": through}
    _write_down(tx, lane.member, "mail goes on behind a restored state", counts)


def say_again(tx: Tx, member: MemberId, receipt: Receipt, seal: Seal) -> None:
    """What the member has another notice for in the same place is said once more."""
    for place in [one.sequence for one in receipt.refused if one.ground == CONFLICT]:
        for one in store.mail.outgoing(tx, member, after=place - 1, most=1):
            if one.sequence == place:
                move(tx, member, one, following(tx, member, seal), seal)


def move(tx: Tx, member: MemberId, one: Outgoing, to: int, seal: Seal) -> None:
    """Give a notice a place, sealed anew, in which it waits."""
    sealed = seal(member, one.id, one.sealed.body, to)
    store.mail.renumber(tx, member, one.sequence, to, sealed)


def _put_back(tx: Tx, lane: LaneState, seal: Seal) -> None:
    """Go on behind the last notice in bounds; those beyond get places there, and wait again."""
    last = store.mail.last(tx, lane.member, PLACES - 1)
    beyond = store.mail.outgoing(tx, lane.member, after=PLACES - 1, most=-1)
    store.mail.acknowledge(tx, lane.member, Receipt(min(lane.acknowledged, last)))
    for place, one in enumerate(beyond, last + 1):
        move(tx, lane.member, one, place, seal)
    store.mail.assign(tx, lane.member, last + len(beyond))
    counts = {"known": lane.assigned, "sent": last}
    _write_down(tx, lane.member, "mail put back in bounds", counts)


def _write_down(tx: Tx, member: MemberId, event: str, counts: dict[str, int]) -> None:
    entry = Entry(operation=Operation.ADMINISTRATION, event=event, peer=member, counts=counts)
    store.audit.append(tx, entry)
