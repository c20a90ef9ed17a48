"""Carrying: letters leave by one way, one at a time, until each was taken."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from federation.errors import FederationError
from federation.faults import foreseen
from federation.lanes import Lane
from federation.messages import MemberId
from federation.threads import in_thread
from node import store
from node.config import Config
from node.store import Store
from node.store.letters import Letter
from node.ways.email import Email
from node.ways.webhook import Webhook

#: How often it is looked for what is due, at least.
TICK_S = 60.0
#: How long nothing is tried when not even that could be noted, as with a full disk.
_PAUSE_S = 1.0


class Way(Protocol):
    """A way out of the node: plain synchronous code, called in a thread."""

    name: str

    def check(self) -> None:
        """Raise the fault that stands in the way before anything is carried."""

    def carry(self, letter: Letter) -> str:
        """Carry a letter; once this returns it was taken, with a word if not by everybody."""


class Bell(Protocol):
    """What is rung when a letter is queued."""

    count: int

    async def since(self, count: int, timeout_s: float) -> None:
        """Wait until it was rung more often than `count` times, or so many seconds."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries the letters of one way, while it runs.

    A letter is noted as taken after it was: one that was taken when the node was killed is carried
    again, under the same id. Nothing else of the node waits for it.
    """

    way: Way
    store: Store
    bell: Bell
    lane: Lane

    async def run(self) -> None:
        """Carry what is due and whatever comes; without end."""
        while True:
            count = self.bell.count
            try:
                wait_s = await self.carried()
            except Exception as error:  # noqa: BLE001 - a disk that is full must not end it
                foreseen(error, way=self.way.name)
                wait_s = _PAUSE_S
            await self.bell.since(count, wait_s)
            if self.bell.count > count:
                # Who queues letters may be heard by whoever takes them: it is tried before long.
                self.lane.queued(_now())
                self.lane.heard(_now())

    async def carried(self) -> float:
        """Carry the next letter if it is time; the seconds until there may be another."""
        if (wait_s := self.lane.due_at - _now()) > 0 and self.lane.failures:
            return wait_s
        letter = await in_thread(self._next)
        if letter is None:
            return await in_thread(self._until_due)
        self.lane.tried(_now())
        try:
            remark = await in_thread(self.way.carry, letter)
            # One that was taken and cannot be noted comes again: less and less often, as any other.
            await in_thread(self._taken, letter, remark)
        except Exception as error:  # noqa: BLE001 - whatever is done to us, we try again
            self.lane.failed(_now())
            await in_thread(self._failed, letter, foreseen(error, way=self.way.name))
        else:
            self.lane.delivered(_now(), has_more=True)
        return 0

    def _next(self) -> Letter | None:
        with self.store.view() as view:
            due_at = store.letters.due_at(view, self.way.name)
            if due_at is None or due_at > view.house.clock():
                return None
        with self.store.write() as tx:
            return store.letters.take(tx, self.way.name)

    def _until_due(self) -> float:
        with self.store.view() as view:
            due_at = store.letters.due_at(view, self.way.name)
            if due_at is None:
                return TICK_S
            return min(TICK_S, max(0.0, (due_at - view.house.clock()).total_seconds()))

    def _taken(self, letter: Letter, remark: str) -> None:
        with self.store.write() as tx:
            store.letters.taken(tx, letter.id, fault=remark)

    def _failed(self, letter: Letter, fault: FederationError) -> None:
        with self.store.write() as tx:
            store.letters.failed(tx, letter.id, fault.code)


def used(settings: Config, us: MemberId, clock: Callable[[], datetime]) -> list[Way]:
    """The ways that are configured; none is until it is."""
    ways: list[Way] = []
    if settings.webhook.url:
        ways.append(Webhook(settings.webhook, us, clock))
    if settings.smtp.host:
        ways.append(Email(settings.smtp, us))
    return ways


def _now() -> float:
    return asyncio.get_running_loop().time()
