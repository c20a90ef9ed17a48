"""Admission: every call of the desk begins by asking who calls, and in which role."""

import asyncio
import functools
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc

from federation import trust
from federation.errors import FederationError
from federation.faults import abort
from federation.messages import Asker, MemberId
from node.api.house import House
from node.errors import RoleError
from node.people import MAY, Person, Role, person
from protos.node.v1 import node_pb2 as pb

Context = grpc.aio.ServicerContext[Any, Any]
Change = TypeVar("Change")
Request = TypeVar("Request")
Response = TypeVar("Response")
Part = TypeVar("Part", bound="Admission")
#: The answers of one call, one after the other.
Stream = AsyncGenerator[Response, None]
#: Who asks what changed, from where on, and whether to be told on.
Follow = pb.FollowAlertsRequest | pb.FollowTouchesRequest | pb.FollowAlarmsRequest
#: What says from which member it is.
Marked = TypeVar(
    "Marked", pb.ActivityMember, pb.Alarm, pb.Alert, pb.Lane, pb.Meeting, pb.Touch, pb.WatchMember
)

#: How a member stands that the charter does not name any more.
LEFT = "left"

#: Seconds after which a follower that hears nothing is looked after.
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and in which of its roles."""

    person: Person
    role: Role

    @property
    def asker(self) -> Asker:
        """The same, as a question names it."""
        return Asker(self.person.id, self.role)


class Admission:
    """What every part of the desk port stands on."""

    def __init__(self, house: House) -> None:
        self._house = house

    def admitted(self, context: Context, call: str) -> Caller:
        """Who calls, by its certificate, and the role in which it may make this call.

        Raises `StrangerError` for none of our people, `RoleError` for one that may not.
        """
        house = self._house
        cas = house.rotating.cas()
        holder = trust.holder(
            context.auth_context(), house.rotating.ring.member, cas, house.clock()
        )
        who = person(holder.person, holder.roles)
        role = who.acting(call)
        if role is None:
            has, may = ", ".join(sorted(who.roles)) or "none", " or ".join(MAY.get(call, ()))
            raise RoleError(f"It needs the role {may or 'of nobody'}; {who.id} has {has}.")
        return Caller(who, role)

    async def heard(self, request: object, context: Context, call: str) -> Caller:
        """The same, for a call that may be one of many messages.

        Whoever is refused while its first message is on its way reads of a fault of grpc's own in
        place of the refusal (grpcio 1.85), so that message is waited for.
        """
        try:
            return self.admitted(context, call)
        except FederationError:
            if isinstance(request, AsyncIterator):
                await anext(request, None)
            raise

    def _marked(self, message: Marked) -> Marked:
        """What came from a member, with how that member stands now: it stays, and is marked."""
        message.member_standing = self._standing(message.member)
        return message

    def _standing(self, id: str) -> str:
        """How a member stands now."""
        member = self._house.administration.charter().members.get(MemberId(id))
        return member.standing if member else LEFT

    async def _changes(
        self,
        behind: Callable[[int], Sequence[Change]],
        place: Callable[[Change], int],
        request: Follow,
    ) -> AsyncIterator[Change]:
        """Every change behind the one that is named, in order, and more as they come if asked."""
        told, after = self._house.post.told, request.after
        while True:
            rung = told.count
            found = await asyncio.to_thread(behind, after)
            for one in found:
                after = place(one)
                yield one
            if not found:
                if not request.follow:
                    return
                await told.since(rung, _PATIENCE_S)


def answered(
    call: Callable[[Part, Request, Caller], Awaitable[Response]],
) -> Callable[[Part, Request, Context], Coroutine[Any, Any, Response]]:
    """A call with one answer, made only by whoever may make the call of this name.

    Who calls is asked before anything else, and every fault leaves by the one table.
    """

    @functools.wraps(call)
    async def admitted(self: Part, request: Request, context: Context) -> Response:
        try:
            return await call(self, request, self.admitted(context, call.__name__))
        except Exception as error:  # noqa: BLE001 - the edge: only faults of the one table leave
            await abort(context, error)

    return admitted


def streamed(
    call: Callable[[Part, Request, Caller], Stream[Response]],
) -> Callable[[Part, Request, Context], Stream[Response]]:
    """A call with many answers, under the same rule; whoever hangs up ends it at once."""

    @functools.wraps(call)
    async def admitted(self: Part, request: Request, context: Context) -> Stream[Response]:
        try:
            caller = await self.heard(request, context, call.__name__)
            async with aclosing(call(self, request, caller)) as responses:
                async for response in responses:
                    yield response
        except Exception as error:  # noqa: BLE001 - the edge: only faults of the one table leave
            await abort(context, error)

    return admitted
