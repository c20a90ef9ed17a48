"""Leaving: what is to go out of the node of an alert, written in the transaction that raised it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from federation.messages import Watch
from node import store
from node.codes import Purpose
from node.store import Tx
from node.store.alerts import HeldAlert
from node.store.letters import Line

#: Alerts that one letter tells of, at most: it stays below 100 kB.
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Way:
    """A way out that is used, and how long alerts that can wait are gathered for one letter."""

    name: str
    gather: timedelta


@dataclass(frozen=True, slots=True)
class Leaving:
    """Writes a letter, or a line of one, for each way that is used; without any it does nothing.

    What is urgent, or for a threat to life, is never gathered: it is due at once. Nothing that is
    written is personal; the case is left out too, because its text is free. `queued` is called
    once it is on disk.
    """

    ids: Callable[[], str]
    ways: Sequence[Way] = ()
    queued: Callable[[], None] = lambda: None

    def raised(self, tx: Tx, alert: HeldAlert, watch: Watch) -> None:
        """An alert is there, or came again."""
        self.leave(tx, _line("raised", alert, watch))

    def recalled(self, tx: Tx, alert: HeldAlert, watch: Watch) -> None:
        """An alert was taken back."""
        self.leave(tx, _line("recalled", alert, watch))

    def leave(self, tx: Tx, line: Line) -> None:
        """Have something told by each way."""
        for way in self.ways:
            self._leave(tx, way, line)
        if self.ways:
            tx.once_kept(self.queued)

    def _leave(self, tx: Tx, way: Way, line: Line) -> None:
        is_urgent = line.is_urgent or line.purpose == Purpose.THREAT_TO_LIFE
        is_open = bool(way.gather) and not is_urgent
        if is_open and store.letters.join(tx, way.name, line, most=MOST_TOLD):
            return
        due_at = tx.now + way.gather if is_open else tx.now
        store.letters.put(
            tx, way.name, self.ids(), line, due_at=due_at, is_urgent=is_urgent, is_open=is_open
        )


def _line(event: str, alert: HeldAlert, watch: Watch) -> Line:
    return Line(
        event=event,
        alert=alert.id,
        watch=alert.watch,
        member=alert.member,
        state=alert.state,
        topic=watch.topic,
        purpose=watch.purpose,
        is_urgent=watch.is_urgent,
        score=alert.score,
    )
