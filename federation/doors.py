"""A door per other member: its own server, port and threads, trusting that member's CA only.

Whatever one member sends, the doors of the others go on.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

import grpc
import structlog

from federation import limits, trust, veil, wire
from federation.charter import Charter, Member
from federation.errors import (
    BusyError,
    FederationError,
    FloodError,
    InvalidError,
    UnfinishedError,
    UnknownMethodError,
)
from federation.faults import end, foreseen
from federation.messages import MemberId
from federation.peer import Self
from federation.refusals import Flood, Refusals
from federation.server import Books, Gate, Letterbox, Limits, NoBooks, Porter, Reply
from federation.shares import Shares
from federation.standing import Standing
from federation.trust import AuthContext

Context = grpc.aio.ServicerContext[bytes, bytes]
#: Plain code that makes of a request its reply.
Serve = Callable[[AuthContext, bytes], Reply]
Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"


@dataclass(frozen=True, slots=True)
class Doorstep:
    """What all doors of a node share: who we are, what stands behind, the address they listen on.

    `heard` is told, in the event loop, of every member that was served. `refusals` counts those
    that were not, and `shares` deals out turns to work on the calls of all.
    """

    us: Self
    gate: Gate
    letterbox: Letterbox
    host: str
    limits: Limits = field(default_factory=Limits)
    heard: Callable[[MemberId], None] = lambda _: None
    refusals: Refusals = field(default_factory=Refusals)
    shares: Shares = field(default_factory=lambda: Shares(Limits().together))
    books: Books = field(default_factory=NoBooks)


class Door:
    """Where one member knocks: at `address`, whose `port` is our base and the member's number."""

    def __init__(self, step: Doorstep, member: Member) -> None:
        self.member = member
        self.port = step.us.charter().member(step.us.id).door_for(member)
        self.address = trust.target(step.host, self.port)
        self._step = step
        behind = step.gate, step.letterbox
        self._porter = Porter(step.us, *behind, member.id, step.limits.refused, step.books)
        # Threads of its own: the calls of one member never wait for those of another.
        self._threads = ThreadPoolExecutor(
            step.limits.in_flight, thread_name_prefix=f"door {member.id}"
        )
        self._inside: set[Future[Reply]] = set()
        self._open = 0
        self._standing = Standing(self._built, self._ended)
        self._flood = Flood(limits.FLOOD, limits.FLOOD_S)

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
        served = {
            wire.ASK: self._handler(self._porter.answered),
            wire.DELIVER: self._handler(self._porter.taken),
            wire.RECONCILE: self._handler(self._porter.accounted),
        }
        methods = _Methods(served, self._handler(self._unknown, has_message=False))
        server.add_generic_rpc_handlers((methods,))
        server.add_secure_port(self.address, trust.server_credentials(self._certified))
        return server

    def _certified(self) -> trust.Certified:
        """What the member that knocks now is shown, and by which CAs it is believed."""
        us = self._step.us
        member = us.charter().member(self.member.id)
        return trust.door_certified(us.ring.shown_to(member.id), member, us.clock())

    def _handler(self, serve: Serve, *, has_message: bool = True) -> Handler:
        """A call to this door; every way out of it but a reply is a fault of the one table.

        It is ours from its head on, as only calls of streams are: one whose message does not come
        is counted, and ended.
        """

        async def served(_: AsyncIterator[bytes], context: Context) -> bytes:
            loop = asyncio.get_running_loop()
            try:
                self._enter()
                request = await self._received(context) if has_message else b""
                # From the whole message on: by a late one its sender could shift the veil's times.
                came_s = loop.time()
                reply = await self._replied(serve, context.auth_context(), request)
            except grpc.aio.BaseError:
                raise
            except Exception as error:  # noqa: BLE001 - the edge: nothing of ours may leave but a fault
                await end(context, self._refused(error))
            if reply.is_veiled:
                floor_s = self._step.limits.floor.total_seconds()
                await asyncio.sleep(veil.wait_s(loop.time() - came_s, floor_s))
            self._step.heard(self.member.id)
            return reply.data

        return grpc.stream_unary_rpc_method_handler(served)

    def _enter(self) -> None:
        """Have a place from now until the reply has left, or raise `BusyError`."""
        if max(self._open, len(self._inside)) >= limits.CALLS:
            raise BusyError(f"{limits.CALLS} calls are inside")
        task = asyncio.current_task()
        if task:
            self._open += 1
            task.add_done_callback(self._left)

    def _left(self, _: "asyncio.Task[object]") -> None:
        self._open -= 1

    async def _received(self, context: Context) -> bytes:
        """The message of a call; raises `UnfinishedError` when there is none."""
        fault = UnfinishedError("no whole message came")
        loop = asyncio.get_running_loop()
        # Ended from beside: a read that is broken off leaves grpc writing to memory that is free.
        late = loop.call_later(limits.RECEIVE_S, lambda: loop.create_task(_hung_up(context, fault)))
        try:
            message = await context.read()
        except (asyncio.CancelledError, grpc.aio.BaseError):
            self._refused(fault)
            raise
        finally:
            late.cancel()
        if not isinstance(message, bytes):
            raise fault
        return message

    async def _replied(self, serve: Serve, context: AuthContext, request: bytes) -> Reply:
        work = self._threads.submit(self._in_turn, serve, context, request)
        # A caller that goes away frees its place only when its thread is free again, which takes
        # it out there and then: to tell the loop of it would wake the loop twice for each call.
        self._inside.add(work)
        work.add_done_callback(self._inside.discard)
        return await asyncio.wrap_future(work)

    def _in_turn(self, serve: Serve, context: AuthContext, request: bytes) -> Reply:
        with self._step.shares.turn(self.member.id):
            return serve(context, request)

    def _unknown(self, _context: AuthContext, _request: bytes) -> Reply:
        fault = UnknownMethodError("a method that no node has")
        self._step.gate.turned_away(self.member.id, fault, None)
        raise fault

    def _refused(self, error: Exception) -> FederationError:
        """The fault that a call ends by, counted; our log is told, but not of each of a flood."""
        fault = error if isinstance(error, FederationError) else FederationError()
        if calls := self._step.refusals.count(self.member.id, fault.code):
            foreseen(error, door=self.member.id, calls=str(calls))
        if self._flood.rises(fault.code):
            flood = FloodError(f"{limits.FLOOD} calls that were none in {limits.FLOOD_S:.0f} s")
            structlog.get_logger().warning("door shut", door=self.member.id, detail=str(flood))
            self._standing.shut(flood, limits.SHUT_S)
        return fault

    async def _ended(self, fault: FederationError) -> None:
        """Write down that a caller of this door brought its server down, or had it shut."""
        self._refused(fault)
        structlog.get_logger().warning("door rebuilt", door=self.member.id, detail=str(fault))
        work = self._threads.submit(self._step.gate.turned_away, self.member.id, fault, None)
        try:
            await asyncio.wrap_future(work)
        except Exception as error:  # noqa: BLE001 - a log that is full must not shut the door
            foreseen(error, door=self.member.id)


class _Methods(grpc.GenericRpcHandler):
    """The methods of a door; whatever else is called is one more, which is never served."""

    def __init__(self, served: Mapping[str, Handler], unknown: Handler) -> None:
        self._served, self._unknown = served, unknown

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler:
        """Who serves a call."""
        return self._served.get(handler_call_details.method, self._unknown)


async def _hung_up(context: Context, fault: FederationError) -> None:
    """End a call that is waited for elsewhere; who waits is told."""
    with contextlib.suppress(Exception):
        await end(context, fault)


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

        The door of a member that left, or whose port is another one, is closed, with the
        connections on it; a change of keys or CAs needs no other door. Raises `InvalidError` when
        a port cannot be had, once every other door is open; those stay so until `close`.
        """
        others = {member.id: member for member in charter.others(self._step.us.id)}
        here = charter.members.get(self._step.us.id)
        over = [door for door in self if not _stays(door, here, others.get(door.member.id))]
        for door in over:
            del self._doors[door.member.id]
        await asyncio.gather(*(door.close(grace_s=0) for door in over))
        faults = []
        for member in others.values():
            if member.id not in self._doors:
                door = Door(self._step, member)
                try:
                    await door.open()
                except InvalidError as fault:
                    faults.append(fault)
                else:
                    self._doors[member.id] = door
        if faults:
            raise faults[0]

    async def close(self, grace_s: float) -> None:
        """Close all doors at once; calls in flight have `grace_s` seconds to finish."""
        await asyncio.gather(*(door.close(grace_s) for door in self))
        self._doors.clear()


def _stays(door: Door, here: Member | None, member: Member | None) -> bool:
    """Whether a door may stay as it is, for its member and for us as the charter has both now."""
    if here is None or member is None:
        return False
    return door.port == here.door_for(member)
