"""Delivery: empties the outbox, member by member, in order; one transfer in flight to each.

What is said of the state of mail is said by the outbox, which is on disk. Nothing is kept here
that a restart could lose.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from federation import wire
from federation.charter import Charter
from federation.errors import FederationError, LateError
from federation.faults import foreseen
from federation.lanes import Lane
from federation.messages import MemberId, Receipt
from federation.peer import Lines, Self
from federation.threads import in_thread

#: Seconds that a member has to take one dispatch.
TIMEOUT_S = 20.0


class Outbox(Protocol):
    """The mail that waits for each member, on disk: plain synchronous code, called from threads."""

    def dispatch(self, member: MemberId) -> wire.Dispatch:
        """What a member is to be given next: the first that it has not taken, in order."""

    def taken(self, member: MemberId, receipt: Receipt, shown: wire.ShownHead | None) -> bool:
        """Note how far a member has our mail, and what it says to our log; whether more waits."""

    def failed(self, member: MemberId, fault: FederationError) -> None:
        """Note why a member was not given its mail."""


@dataclass(slots=True)
class _Way:
    """The way to one member: its lane, and what wakes whoever waits for it to be due."""

    member: MemberId
    lane: Lane
    bell: asyncio.Event = field(default_factory=asyncio.Event)


class Delivery:
    """Delivers from `apply` to `close`. Belongs to one event loop, but for `queued`.

    It has lines of its own: one that tries in vain must not keep a question from a member that
    has just come back, and a long dispatch none waiting.
    """

    def __init__(
        self, us: Self, outbox: Outbox, ids: Callable[[], str], lane: Callable[[], Lane]
    ) -> None:
        self._us, self._lines = us, Lines(us)
        self._outbox, self._ids, self._lane = outbox, ids, lane
        self._loop = asyncio.get_running_loop()
        self._ways: dict[MemberId, _Way] = {}
        self._runs: dict[MemberId, asyncio.Task[None]] = {}

    async def apply(self, charter: Charter) -> None:
        """Deliver to each other member of this charter, and to nobody else."""
        others = [member.id for member in charter.others(self._us.id)]
        for id in set(self._ways) - set(others):
            await self._stop(id)
        await self._lines.apply(charter)
        for member in others:
            if member not in self._ways:
                way = self._ways[member] = _Way(member, self._lane())
                self._runs[member] = asyncio.create_task(self._run(way))

    def queued(self, member: MemberId) -> None:
        """Something was put in the outbox for a member; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._tell, member, Lane.queued)

    def heard(self, member: MemberId) -> None:
        """A member called us."""
        self._tell(member, Lane.heard)

    async def close(self) -> None:
        """Stop delivering; what is in flight is given up, and delivered again another time."""
        for id in tuple(self._ways):
            await self._stop(id)
        await self._lines.close()

    def _tell(self, member: MemberId, what: Callable[[Lane, float], None]) -> None:
        if way := self._ways.get(member):
            what(way.lane, self._loop.time())
            way.bell.set()

    async def _stop(self, id: MemberId) -> None:
        del self._ways[id]
        run = self._runs.pop(id)
        run.cancel()
        await asyncio.wait([run])

    async def _run(self, way: _Way) -> None:
        while True:
            await self._until_due(way)
            way.lane.tried(self._loop.time())
            try:
                has_more = await self._delivered(way.member)
            except Exception as error:  # noqa: BLE001 - whatever a member does to us, we try again
                way.lane.failed(self._loop.time())
                await self._note(way.member, error)
            else:
                way.lane.delivered(self._loop.time(), has_more=has_more)

    async def _until_due(self, way: _Way) -> None:
        while (wait_s := way.lane.due_at - self._loop.time()) > 0:
            way.bell.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await way.bell.wait()
            except TimeoutError:
                return

    async def _delivered(self, member: MemberId) -> bool:
        """Give a member what is next; whether more waits for it."""
        dispatch = await in_thread(self._outbox.dispatch, member)
        peer = self._lines.to(member)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                receipt = await peer.deliver(self._ids(), dispatch, timeout_s=TIMEOUT_S)
        except TimeoutError:
            raise LateError from None
        return await in_thread(self._outbox.taken, member, receipt, dispatch.shown)

    async def _note(self, member: MemberId, error: Exception) -> None:
        fault = foreseen(error, member=member)
        try:
            await in_thread(self._outbox.failed, member, fault)
        except Exception as second:  # noqa: BLE001 - a disk that is full must not end delivery
            foreseen(second, member=member)
