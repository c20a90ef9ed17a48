"""A server that stands: whatever ends it, it is rebuilt in its place.

A call whose method path is not UTF-8 ends a grpc.aio server (measured with grpcio 1.85), and
anybody who gets through the handshake can send one.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc

from federation.errors import FederationError, InvalidError

#: It is rebuilt at once the first time, then after a pause that doubles up to a second.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 1.0

Build = Callable[[], grpc.aio.Server]
Ended = Callable[[FederationError], Awaitable[None]]


class Standing:
    """One server on one port. `build` makes it anew each time, bound and with its methods.

    `ended` hears what ended it, once it stands again, and must not raise. A server that stood
    for `quiet_s` seconds is rebuilt at once. Belongs to one event loop.
    """

    def __init__(self, build: Build, ended: Ended, *, quiet_s: float = 5.0) -> None:
        self.is_open = False
        self._build, self._ended, self._quiet_s = build, ended, quiet_s
        self._stopping, self._turn = asyncio.Event(), asyncio.Lock()
        self._server: grpc.aio.Server | None = None
        self._shut: tuple[FederationError, float] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve from now on. Raises `RuntimeError`, as grpc does, when the port cannot be had."""
        _hush(asyncio.get_running_loop())
        server = await self._start()
        self._keeper = asyncio.create_task(self._keep(server))

    async def stop(self, grace_s: float) -> None:
        """Stop listening for good; calls in flight have `grace_s` seconds to finish.

        `ended` is not called any more once this returns.
        """
        self._stopping.set()
        if self._server and self._keeper:
            await self._end(self._server, grace_s)
            await self._keeper
        self.is_open = False

    def shut(self, fault: FederationError, pause_s: float) -> None:
        """End the server at once, with every connection to it; it stands again after so long."""
        if self._server and self.is_open:
            self.is_open = False
            self._shut = fault, pause_s
            self._ending = asyncio.create_task(self._end(self._server, None))

    async def _start(self) -> grpc.aio.Server:
        async with self._turn:
            server = self._server = self._build()
            await server.start()
        self.is_open = True
        return server

    async def _keep(self, server: grpc.aio.Server) -> None:
        loop = asyncio.get_running_loop()
        pause_s = 0.0
        while not self._stopping.is_set():
            stood_since = loop.time()
            fault = await _end_of(server)
            self.is_open = False
            await self._end(server, None)
            if loop.time() - stood_since >= self._quiet_s:
                pause_s = 0.0
            if self._shut:
                (fault, pause_s), self._shut = self._shut, None
            while not (self.is_open or await self._is_stopped_within(pause_s)):
                with contextlib.suppress(RuntimeError):
                    server = await self._start()
                pause_s = min(max(2 * pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            if self.is_open:
                await self._ended(fault)

    async def _end(self, server: grpc.aio.Server, grace_s: float | None) -> None:
        """Stop a server, which may have ended already.

        Starts and stops take turns: two stops of one server at once, or a stop in the midst of
        its start, bring the process down (grpcio 1.85).
        """
        async with self._turn:
            await server.stop(grace_s)

    async def _is_stopped_within(self, pause_s: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause_s)
        return self._stopping.is_set()


async def _end_of(server: grpc.aio.Server) -> FederationError:
    """Wait until a server has ended, and say what ended it."""
    fault = InvalidError("the server ended")
    try:
        await server.wait_for_termination()
    except UnicodeDecodeError:
        fault = InvalidError("a call whose method path is not UTF-8")
    return fault


def _hush(loop: asyncio.AbstractEventLoop) -> None:
    """Keep the end of a server, which a caller can bring about at will, from filling our log.

    grpc reports it twice with a traceback: in its own log, and by a task of its own whose fault
    nobody can get hold of. Whoever hears `ended` writes it down once.
    """
    logging.getLogger("grpc._cython.cygrpc").addFilter(_is_news)
    then = loop.get_exception_handler()
    if not isinstance(then, _Hushed):
        loop.set_exception_handler(_Hushed(then))


def _is_news(record: logging.LogRecord) -> bool:
    """Not that a server ended, nor each call that ended with it, named as its caller liked."""
    is_end = isinstance(record.msg, UnicodeDecodeError)
    return not is_end and not str(record.msg).startswith("Aborting method")


@dataclass(frozen=True, slots=True)
class _Hushed:
    """What a loop does with faults that nobody waits for, but for the one that ends a server."""

    then: Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object] | None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(context.get("exception"), UnicodeDecodeError):
            return
        if self.then:
            self.then(loop, context)
        else:
            loop.default_exception_handler(context)
