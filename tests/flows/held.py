"""A line that is held to another member's door by hand, whatever the caller's own node knows."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import grpc

from federation import trust, wire
from federation.charter import Charter
from federation.errors import Code
from federation.faults import fault_of
from federation.keys import Keys, Ring
from federation.messages import Asker, MemberId, PersonId, Question, QuestionId, Sought
from federation.peer import Self
from node import app

#: Between two questions on one line.
PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class End:
    """When a call ended, and the fault that it ended by; none for one that was answered."""

    at: float
    fault: Code | None = None


@dataclass
class Line:
    """One connection of a member to a door, with its keys and the charter of when it began.

    Belongs to an event loop. Its owner is not told of anything: it asks as long as it is answered.
    """

    keys: Keys
    charter: Charter
    to: MemberId
    clock: Callable[[], datetime] = app.clock
    ends: list[End] = field(default_factory=list)

    def __post_init__(self) -> None:
        members = self.charter.members
        us = members[self.keys.member]
        self._us = Self(Ring(self.keys), lambda: self.charter, self.clock)
        way = trust.way(self.keys, us, members[self.to], self.clock())
        self.channel = trust.peer_channel(way)
        self._call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
        self._call = self.channel.unary_unary(wire.ASK)

    async def ask(self) -> End:
        """Put one question, sealed at this moment."""
        question = Question(
            id=QuestionId(app.new_id()),
            asker=Asker(PersonId("first"), "analyst"),
            case="CASE-1",
            purpose="investigation",
            seeks=Sought(name="Anna Nowak"),
        )
        sealed = self._us.ask(self.to, question.id, wire.question_to(question))
        fault = None
        try:
            await self._call(wire.request_to(sealed), timeout=5)
        except grpc.aio.AioRpcError as error:
            fault = fault_of(error).code
        self.ends.append(End(time.monotonic(), fault))
        return self.ends[-1]

    async def ask_on(self, is_over: asyncio.Event) -> None:
        """Ask without end until it is over; then hang up."""
        while not is_over.is_set():
            await self.ask()
            await asyncio.sleep(PAUSE_S)
        await self.channel.close()

    @property
    def answers(self) -> list[float]:
        """When it was answered."""
        return [end.at for end in self.ends if end.fault is None]

    @property
    def refusals(self) -> list[float]:
        """When it was not."""
        return [end.at for end in self.ends if end.fault is not None]
