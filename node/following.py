"""Following: doors, lines and lanes as the charter in force says, from the moment that it holds."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from federation.charter import Charter
from federation.errors import CharterError
from federation.faults import foreseen
from federation.messages import MemberId
from node.assembly import TICK_S, Bell

#: After a fault it is tried again so soon.
AGAIN_S = 2.0

Apply = Callable[[Charter], Awaitable[None]]


@dataclass(slots=True)
class Following:
    """Applies the charter in force; belongs to one event loop, but for the bell it hears.

    `doors` hear the members of a charter, `lines` speak to them. A charter that has expired leaves
    both nobody; one that suspends us leaves us doors alone, so that we hear of our return.
    """

    us: MemberId
    charter: Callable[[], Charter]
    clock: Callable[[], datetime]
    doors: Apply
    lines: tuple[Apply, ...]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_expired: bool = False

    async def follow(self) -> None:
        """Do as the charter says now; raises the first fault once all is done that can be."""
        async with self._turn:
            charter = self._as_it_counts()
            steps = [self.doors(charter.listening(self.us))]
            steps += [apply(charter) for apply in self.lines]
            done = await asyncio.gather(*steps, return_exceptions=True)
        for fault in done:
            if isinstance(fault, BaseException):
                raise fault

    async def run(self, bell: Bell) -> None:
        """Follow whenever the bell is rung, when the charter expires, and once a minute anyway."""
        while True:
            count, wait_s = bell.count, TICK_S
            try:
                await self.follow()
            except Exception as error:  # noqa: BLE001 - a port that is taken now may be free later
                foreseen(error)
                wait_s = AGAIN_S
            await bell.since(count, min(wait_s, self._until_s()))

    def _as_it_counts(self) -> Charter:
        charter = self.charter()
        try:
            charter.check_in_force(self.clock())
        except CharterError as fault:
            if not self._is_expired:
                structlog.get_logger().error("charter expired: doors close", detail=str(fault))
            self._is_expired = True
            return charter.alone(self.us)
        self._is_expired = False
        return charter

    def _until_s(self) -> float:
        left_s = (self.charter().expires_at - self.clock()).total_seconds()
        return min(TICK_S, left_s) if left_s > 0 else TICK_S
