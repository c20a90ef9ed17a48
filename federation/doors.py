"""A door per other member: its own server, port and threads, trusting that member's CA only.

Whatever one member sends, the doors of the others go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import grpc
import structlog

from federation import limits, trust, wire
from federation.charter import Charter, Member
from federation.errors import BusyError, FederationError, InvalidError
from federation.faults import abort, foreseen
from federation.messages import MemberId
from federation.peer import Self
from federation.server import Gate, Letterbox, Limits, Porter
from federation.standing import Standing
from federation.trust import AuthContext

Context = grpc.aio.ServicerContext[bytes, bytes]
#: Plain code that makes of a request its reply.
Serve = Callable[[AuthContext, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Doorstep:
    """What all doors of a node share: who we are, what stands behind, the address they listen on.

    `heard` is told, in the event loop, of every member that was served.
    """

    us: Self
    gate: Gate
    letterbox: Letterbox
    host: str
    limits: Limits = field(default_factory=Limits)
    heard: Callable[[MemberId], None] = lambda _: None


class Door:
    """Where one member knocks: at `address`, whose `port` is our base and the member's number."""

    def __init__(self, step: Doorstep, member: Member) -> None:
        self.member = member
        self.port = step.us.charter().member(step.us.id).door_for(member)
        self.address = trust.target(step.host, self.port)
        self._step = step
        self._porter = Porter(step.us, step.gate, step.letterbox, member.id, step.limits.window)
        # Threads of its own: the calls of one member never wait for those of another.
        self._threads = ThreadPoolExecutor(
            step.limits.in_flight, thread_name_prefix=f"door {member.id}"
        )
        self._inside: set[Future[bytes]] = set()
        self._standing = Standing(self._built, self._ended)

    @property
    def is_open(self) -> bool:
        """Whether the member is served when it knocks now."""
        return self._standing.is_open

    async def open(self) -> None:
        """Listen; raises `InvalidError` when the port cannot be had."""
        try:
            await self._standing.start()
        except RuntimeError:
            raise InvalidError(
                f"the door of {self.member.id} cannot open: {self.address} cannot be had"
            ) from None

    async def close(self, grace_s: float) -> None:
        """Stop listening; calls in flight have `grace_s` seconds to finish.

        What the gate has begun it ends, even for a caller that is gone by then.
        """
        await self._standing.stop(grace_s)
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    def _built(self) -> grpc.aio.Server:
        server = grpc.aio.server(options=limits.DOOR)
        methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]]
        methods = {
            "Ask": grpc.unary_unary_rpc_method_handler(self._served(self._porter.answered)),
            "Deliver": grpc.unary_unary_rpc_method_handler(self._served(self._porter.taken)),
        }
        handler = grpc.method_handlers_generic_handler(wire.SERVICE, methods)
        server.add_generic_rpc_handlers((handler,))
        us = self._step.us
        credentials = trust.door_credentials(us.keys, self.member, us.clock())
        server.add_secure_port(self.address, credentials)
        return server

    def _served(self, serve: Serve) -> Callable[[bytes, Context], Awaitable[bytes]]:
        """A call to this door; every way out of it but a reply is a fault of the one table."""

        async def served(request: bytes, context: Context) -> bytes:
            try:
                reply = await self._replied(serve, context.auth_context(), request)
            except Exception as error:  # noqa: BLE001 - the edge: nothing of ours may leave but a fault
                await abort(context, error, door=self.member.id)
            self._step.heard(self.member.id)
            return reply

        return served

    async def _replied(self, serve: Serve, context: AuthContext, request: bytes) -> bytes:
        if len(self._inside) >= limits.CALLS:
            raise BusyError(f"{len(self._inside)} calls are inside")
        work = self._threads.submit(serve, context, request)
        # A caller that goes away frees its place only when its thread is free again, which takes
        # it out there and then: to tell the loop of it would wake the loop twice for each call.
        self._inside.add(work)
        work.add_done_callback(self._inside.discard)
        return await asyncio.wrap_future(work)

    async def _ended(self, fault: FederationError) -> None:
        """Write down that a caller of this door brought its server down."""
        structlog.get_logger().warning("door rebuilt", door=self.member.id, detail=str(fault))
        work = self._threads.submit(self._step.gate.turned_away, self.member.id, fault, None)
        try:
            await asyncio.wrap_future(work)
        except Exception as error:  # noqa: BLE001 - a log that is full must not shut the door
            foreseen(error, door=self.member.id)


class Doors:
    """All doors of a node, one for each other member of the charter. Belongs to one event loop."""

    def __init__(self, step: Doorstep) -> None:
        self._step = step
        self._doors: dict[MemberId, Door] = {}

    def __iter__(self) -> Iterator[Door]:
        """Every door, in the order of the members."""
        return iter(sorted(self._doors.values(), key=lambda door: door.member.number))

    async def apply(self, charter: Charter) -> None:
        """Have a door open for each other member of this charter, and for nobody else.

        The door of a member that left, or is reached otherwise, is closed, with the connections
        on it. Raises `InvalidError` when a port cannot be had; what is open by then stays so
        until `close`.
        """
        others = {member.id: member for member in charter.others(self._step.us.id)}
        here = charter.members.get(self._step.us.id)
        over = [door for door in self if not _stays(door, here, others.get(door.member.id))]
        for door in over:
            del self._doors[door.member.id]
        await asyncio.gather(*(door.close(grace_s=0) for door in over))
        for member in others.values():
            if member.id not in self._doors:
                door = Door(self._step, member)
                await door.open()
                self._doors[member.id] = door

    async def close(self, grace_s: float) -> None:
        """Close all doors at once; calls in flight have `grace_s` seconds to finish."""
        await asyncio.gather(*(door.close(grace_s) for door in self))
        self._doors.clear()


def _stays(door: Door, here: Member | None, member: Member | None) -> bool:
    """Whether a door may stay as it is, for its member and for us as the charter has both now."""
    if here is None or member is None:
        return False
    return (door.port, door.member.reached_by) == (here.door_for(member), member.reached_by)
