"""Admission: every call of the desk begins by asking who calls, and in which role."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

import grpc

from federation import trust
from federation.errors import RefusedError
from federation.messages import MemberId
from node.api.house import House
from node.people import Person, Role, person
from protos.node.v1 import node_pb2 as pb

Context = grpc.aio.ServicerContext[Any, Any]
Change = TypeVar("Change")
#: What says from which member it is.
Marked = TypeVar(
    "Marked", pb.ActivityMember, pb.Alert, pb.Lane, pb.Meeting, pb.Touch, pb.WatchMember
)

#: How a member stands that the charter does not name any more.
LEFT = "left"

#: Seconds after which a follower that hears nothing is looked after.
_PATIENCE_S = 30.0


class Admission:
    """What every part of the desk port stands on."""

    def __init__(self, house: House) -> None:
        self._house = house

    def _admitted(self, context: Context, call: str) -> tuple[Person, Role]:
        """The person of the certificate, and the role in which it may make this call."""
        house = self._house
        cas = house.rotating.cas()
        holder = trust.holder(
            context.auth_context(), house.rotating.ring.member, cas, house.clock()
        )
        who = person(holder.person, holder.roles)
        role = who.acting(call)
        if role is None:
            raise RefusedError(f"{who.id} may not {call}")
        return who, role

    def _marked(self, message: Marked) -> Marked:
        """What came from a member, with how that member stands now: it stays, and is marked."""
        member = self._house.administration.charter().members.get(MemberId(message.member))
        message.member_standing = member.standing if member else LEFT
        return message

    async def _changes(
        self, behind: Callable[[int], Sequence[Change]], place: Callable[[Change], int], after: int
    ) -> AsyncIterator[Change | None]:
        """Every change behind one, in order, as they come; None whenever all were told."""
        told = self._house.post.told
        while True:
            rung = told.count
            found = await asyncio.to_thread(behind, after)
            for one in found:
                after = place(one)
                yield one
            if not found:
                yield None
                await told.since(rung, _PATIENCE_S)
