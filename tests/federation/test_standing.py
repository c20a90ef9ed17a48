import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest

from federation.errors import FederationError, FloodError
from federation.standing import FIRST_PAUSE_S, Standing
from tests.federation.world import HOST, break_down, free_base


class Desk:
    """A server of one method on one port, and what was heard of its ends."""

    def __init__(self) -> None:
        self.port = free_base()
        self.builds = 0
        self.ends: list[str] = []
        self.heard = asyncio.Event()
        self.squatters: list[socket.socket] = []

    def build(self) -> grpc.aio.Server:
        self.builds += 1

        async def answer(request: bytes, _: object) -> bytes:
            return request

        methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]]
        methods = {"Echo": grpc.unary_unary_rpc_method_handler(answer)}
        server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("desk", methods),))
        if self.squatters and self.builds > 1:
            with self.squatters.pop():
                server.add_insecure_port(f"{HOST}:{self.port}")
        server.add_insecure_port(f"{HOST}:{self.port}")
        return server

    async def ended(self, fault: FederationError) -> None:
        self.ends.append(str(fault))
        self.heard.set()

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[grpc.aio.Channel]:
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(f"{HOST}:{self.port}", options) as channel:
            yield channel

    async def echoed(self) -> bytes:
        async with self.channel() as channel:
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
            call = channel.unary_unary("/desk/Echo")
            return await call(b"heard", timeout=5)

    async def break_down(self) -> None:
        """End the server, and wait until it stands again."""
        self.heard.clear()
        async with self.channel() as channel:
            await break_down(channel)
        async with asyncio.timeout(5):
            await self.heard.wait()


@pytest.fixture
async def desk() -> Desk:
    """A desk that is not open yet."""
    return Desk()


async def test_a_server_that_was_brought_down_stands_again_on_its_port(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()

    await desk.break_down()

    assert await desk.echoed() == b"heard"
    assert standing.is_open
    assert desk.ends == ["a call whose method path is not UTF-8"]
    await standing.stop(0)


async def test_whoever_brings_it_down_again_and_again_has_to_wait_longer(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()
    loop = asyncio.get_running_loop()
    started = loop.time()

    for _ in range(5):
        await desk.break_down()

    assert loop.time() - started >= FIRST_PAUSE_S * (1 + 2 + 4 + 8)
    assert len(desk.ends) == 5
    await standing.stop(0)


async def test_a_server_that_stood_for_a_while_is_rebuilt_at_once(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended, quiet_s=0)
    await standing.start()
    loop = asyncio.get_running_loop()
    started = loop.time()

    for _ in range(10):
        await desk.break_down()

    assert loop.time() - started < FIRST_PAUSE_S * 2**8
    await standing.stop(0)


async def test_it_is_tried_again_while_somebody_else_sits_on_the_port(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()

    class Squatter(socket.socket):
        def __enter__(self) -> "Squatter":
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.bind((HOST, desk.port))
            self.listen()
            return self

    desk.squatters = [Squatter(), Squatter()]
    await desk.break_down()

    assert await desk.echoed() == b"heard"
    assert desk.builds == 4
    await standing.stop(0)


async def test_a_port_that_cannot_be_had_is_said_at_the_start(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)

    with (
        socket.create_server((HOST, desk.port)),
        pytest.raises(RuntimeError, match=str(desk.port)),
    ):
        await standing.start()

    assert not standing.is_open
    await standing.stop(0)


async def test_a_server_that_was_stopped_stays_down(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()

    await standing.stop(0)

    with socket.create_server((HOST, desk.port)):
        assert not standing.is_open
    assert desk.ends == []
    assert desk.builds == 1


async def test_stopping_wins_over_rebuilding(desk: Desk) -> None:
    for _ in range(20):
        standing = Standing(desk.build, desk.ended)
        await standing.start()
        async with desk.channel() as channel:
            breaking = asyncio.create_task(break_down(channel))
            await asyncio.sleep(0)
            await standing.stop(0)
            await breaking

        with socket.create_server((HOST, desk.port)):
            assert not standing.is_open


async def test_a_server_that_is_rebuilt_at_the_moment_it_is_stopped_goes_down_too(
    desk: Desk,
) -> None:
    stopping: list[asyncio.Task[None]] = []

    def build() -> grpc.aio.Server:
        server = desk.build()
        if desk.builds == 2:
            stopping.append(asyncio.create_task(standing.stop(0)))
        return server

    standing = Standing(build, desk.ended)
    await standing.start()

    await desk.break_down()
    await stopping[0]

    with socket.create_server((HOST, desk.port)):
        assert not standing.is_open


async def test_what_ends_a_server_is_not_repeated_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()

    await desk.break_down()

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    await standing.stop(0)


async def test_every_other_fault_that_nobody_waits_for_is_still_heard_of(desk: Desk) -> None:
    loop = asyncio.get_running_loop()
    heard: list[object] = []
    loop.set_exception_handler(lambda _, context: heard.append(context["exception"]))
    for _ in range(2):
        standing = Standing(desk.build, desk.ended)
        await standing.start()
        await standing.stop(0)
    fault = KeyError("lost")

    loop.call_exception_handler({"message": "lost", "exception": fault})

    assert heard == [fault]


async def test_without_a_listener_of_its_own_the_loop_logs_such_a_fault(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()
    await standing.stop(0)

    asyncio.get_running_loop().call_exception_handler({"message": "lost"})

    assert [record.message for record in caplog.records] == ["lost"]


async def test_a_server_that_is_shut_lets_everybody_go_and_stands_again_later(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()
    loop = asyncio.get_running_loop()
    shut_at = loop.time()

    standing.shut(FloodError("too much"), 0.3)
    standing.shut(FloodError("a second time"), 60)
    with pytest.raises(grpc.aio.AioRpcError):
        await desk.echoed()
    async with asyncio.timeout(5):
        await desk.heard.wait()

    assert loop.time() - shut_at >= 0.3
    assert await desk.echoed() == b"heard"
    assert desk.ends == ["too much"]
    await standing.stop(0)


async def test_a_server_that_is_shut_can_be_stopped_while_it_is(desk: Desk) -> None:
    standing = Standing(desk.build, desk.ended)
    await standing.start()

    standing.shut(FloodError("too much"), 60)
    async with asyncio.timeout(5):
        await standing.stop(0)

    assert not standing.is_open
    assert desk.ends == []
