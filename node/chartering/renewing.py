"""Renewing: who drafts the same charter for one more life, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.charter import Amendment, Charter
from federation.messages import MemberId
from node import store
from node.chartering.adopting import Source
from node.chartering.gathering import Gathering
from node.chartering.proposing import Proposing
from node.store.charters import ProposalState, Proposed, Way

#: The share of its life that a charter has left when it is renewed, and how much of its life later
#: the last of those who may draft does so. While another proposal is open both are less: it may
#: yet come in force, and would be overtaken.
_BEGIN, _SPREAD = 1 / 2, 1 / 4
_BEGIN_OPEN, _SPREAD_OPEN = 1 / 8, 1 / 16
#: After what share of a life somebody whose draft did not come in force drafts anew.
_AGAIN = 1 / 32


def is_due(charter: Charter, us: MemberId, now: datetime, *, is_vote_open: bool) -> bool:
    """Whether it is for this member to draft now: the first voter first, the others after it.

    The order is that of their numbers; each waits the same time longer, so that one which is down
    keeps nobody waiting, and two seldom draft at once.
    """
    voters = [id for id, one in charter.members.items() if one.has_vote]
    left = charter.expires_at - now
    if us not in voters or left <= timedelta():
        return False
    begin, spread = (_BEGIN_OPEN, _SPREAD_OPEN) if is_vote_open else (_BEGIN, _SPREAD)
    return left < charter.life * (begin - spread * voters.index(us) / len(voters))


@dataclass(frozen=True, slots=True)
class Renewing:
    """Drafts renewals when it is our turn, and looks again at what is open."""

    proposing: Proposing
    clock: Callable[[], datetime]
    is_on: bool

    def look(self) -> bool:
        """Weigh what is open, and draft when it is due; False, for once is enough."""
        gathering = self.proposing.gathering
        gathering.adopting.settle()
        with gathering.adopting.store.view() as view:
            open_ = store.charters.proposals(view, ProposalState.OPEN)
        if open_:
            self._weigh(gathering)
        if self.is_on and self._is_due(gathering):
            self.proposing.propose(Amendment(), reason="renewal", by=None)
        return False

    def _weigh(self, gathering: Gathering) -> None:
        with gathering.adopting.store.write() as tx:
            gathering.weigh(tx, Source(Way.GATHERED))

    def _is_due(self, gathering: Gathering) -> bool:
        charter, us, now = gathering.adopting.in_force(), gathering.adopting.us, self.clock()
        with gathering.adopting.store.view() as view:
            open_ = store.charters.proposals(view, ProposalState.OPEN)
        since = now - charter.life * _AGAIN
        is_tried = any(_is_ours(one, us) and one.came_at > since for one in open_)
        return not is_tried and is_due(charter, us, now, is_vote_open=bool(open_))


def _is_ours(proposed: Proposed, us: MemberId) -> bool:
    return proposed.proposed_by == us
