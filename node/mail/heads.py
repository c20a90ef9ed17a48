"""What travels with mail of the logs of both sides, and of the charter that they hold."""

from collections.abc import Callable
from typing import Protocol

from federation import wire
from federation.messages import MemberId, Receipt
from federation.votes import CharterAdopted
from node.store import Tx, View

#: Told under which charter a member spoke; the next one, where it is not the last.
Shown = Callable[[Tx, MemberId, int], CharterAdopted | None]


class Heads(Protocol):
    """Shows our log with our mail, and signs what others show of theirs."""

    def shown(self, view: View, member: MemberId) -> wire.ShownHead | None:
        """Our log as it stands for a member to sign, when it is time."""

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:
        """What we say to the log that a member shows."""

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        """Keep what a member says to the log that it was shown."""


class NoHeads:
    """Shows nothing and signs nothing."""

    def shown(self, view: View, member: MemberId) -> None:
        """Nothing."""

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:  # noqa: ARG002
        """Nothing is signed."""
        return Receipt(0)

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        """Nothing is kept."""
