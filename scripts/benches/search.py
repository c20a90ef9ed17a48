"""Federated search over eight nodes, against a mutual-TLS echo fanned out to eight processes."""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import grpc

from federation import trust
from federation.messages import Sought
from node import app, desk
from node import home as homes
from node.desk import Desk, Line, Whom, Why
from scripts.benches.crowd import crowd

MEMBERS = ("LT", "LV", "EE", "FI", "PL", "BG", "DE", "FR")
PORT, ECHO_PORT, SPAN = 17_400, 18_100, 64
RECORDS, CALLS, AT_ONCE = 2_000, 200, 8

Call = Callable[[int], Awaitable[Any]]
Echo: TypeAlias = "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]"
Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"


def bench() -> Iterator[dict[str, Any]]:
    """Time of one search when nothing else runs, and searches per second with eight at once."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / "lab"
        with _lab(lab), _echoes(lab):
            ours, floor = asyncio.run(_measured(lab))
    yield {
        "figure": round(ours["p50"], 2),
        "unit": "ms p50, one at a time",
        "floor": round(floor["p50"], 2),
        "floor_is": "grpc.aio mutual-TLS echo fanned out to eight processes",
        "ratio": round(ours["p50"] / floor["p50"], 2),
    }
    yield {
        "figure": round(ours["rate"], 1),
        "unit": "searches/s, eight at once",
        "floor": round(floor["rate"], 1),
        "floor_is": "the same fan-out of echoes, eight at once",
        "ratio": round(ours["rate"] / floor["rate"], 4),
    }


async def _measured(lab: Path) -> tuple[dict[str, float], dict[str, float]]:
    names = [entity.first("name") for entity in crowd(CALLS)]
    why, whom = Why("BENCH-1", "investigation"), Whom()
    async with _desk(lab / "LT") as ours, _fan(lab) as echo:

        async def search(number: int) -> None:
            found = await ours.search(Sought(name=names[number % CALLS]), why=why, whom=whom)
            if not found["complete"]:
                raise RuntimeError(json.dumps(found["members"]))

        return await _timed(search), await _timed(echo)


async def _timed(call: Call) -> dict[str, float]:
    """p50 in ms of calls in turn, and calls per second of eight lanes at once."""
    for number in range(20):
        await call(number)
    spent = []
    for number in range(CALLS):
        started = time.perf_counter()
        await call(number)
        spent.append(time.perf_counter() - started)
    started = time.perf_counter()
    await asyncio.gather(*(_lane(call, range(lane, CALLS, AT_ONCE)) for lane in range(AT_ONCE)))
    rate = CALLS / (time.perf_counter() - started)
    return {"p50": statistics.median(spent) * 1_000, "rate": rate}


async def _lane(call: Call, numbers: range) -> None:
    for number in numbers:
        await call(number)


@asynccontextmanager
async def _desk(path: Path) -> AsyncIterator[Desk]:
    home = homes.open(path, app.clock)
    run = home.running()
    if run is None:
        raise RuntimeError(f"{path} does not run")
    key, certificate = home.person_credentials(homes.FIRST_PERSON)
    async with desk.opened(Line(run.desk, home.member, home.ca(), key, certificate)) as opened:
        yield opened


@asynccontextmanager
async def _fan(lab: Path) -> AsyncIterator[Call]:
    """One call of every echo, all at once, with the credentials of a member of the lab."""
    keys = homes.open(lab / "LT", app.clock).keys()
    channels = [
        trust.desk_channel(
            f"127.0.0.1:{ECHO_PORT + place}",
            homes.open(lab / name, app.clock).ca(),
            homes.open(lab / name, app.clock).member,
            key=keys.tls_key,
            certificate=keys.tls_chain,
        )
        for place, name in enumerate(MEMBERS)
    ]
    asks: list[Echo] = [channel.unary_unary("/echo.Echo/Ask") for channel in channels]

    async def call(_number: int) -> None:
        await asyncio.gather(*(ask(b"x" * 600, timeout=60, wait_for_ready=True) for ask in asks))

    try:
        yield call
    finally:
        for channel in channels:
            await channel.close()


async def echo(home: Path, caller: Path, port: int) -> None:
    """Serve one bare echo under mutual TLS, with nothing behind it."""
    keys, caller_ca = homes.open(home, app.clock).keys(), homes.open(caller, app.clock).ca()

    async def ask(request: bytes, _context: object) -> bytes:
        return request

    handlers: dict[str, Handler] = {"Ask": grpc.unary_unary_rpc_method_handler(ask)}
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("echo.Echo", handlers),))
    pairs = [(keys.tls_key, keys.tls_chain)]
    server.add_secure_port(
        f"127.0.0.1:{port}",
        grpc.ssl_server_credentials(pairs, root_certificates=caller_ca, require_client_auth=True),
    )
    await server.start()
    await server.wait_for_termination()


@contextmanager
def _lab(folder: Path) -> Iterator[None]:
    """Eight running nodes with a crowd each."""
    _amber("lab", "create", str(folder), "--members", ",".join(MEMBERS), "--port", str(PORT))
    for seed, member in enumerate(MEMBERS):
        file = folder / f"{member}.ftm"
        file.write_text("".join(_line(one) for one in crowd(RECORDS, seed)))
        options = ("--format", "ftm", "--share", "full", "--to", "ALL")
        _amber("-n", str(folder / member), "load", str(file), *options)
    _amber("lab", "start", str(folder), "--detach")
    try:
        yield
    finally:
        _amber("lab", "stop", str(folder))


@contextmanager
def _echoes(lab: Path) -> Iterator[None]:
    """Eight processes that echo."""
    started = [
        subprocess.Popen(  # noqa: S603 - ourselves
            [
                *(sys.executable, "-m", "scripts.benches.search"),
                *(str(lab / name), str(lab / "LT"), str(ECHO_PORT + place)),
            ]
        )
        for place, name in enumerate(MEMBERS)
    ]
    time.sleep(3)
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def _amber(*arguments: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "node", *arguments], check=True, stdout=subprocess.DEVNULL
    )


def _line(entity: Any) -> str:  # noqa: ANN401 - an entity, as JSON
    plain = {"id": entity.id, "schema": entity.schema, "properties": entity.properties}
    return json.dumps(plain) + "\n"


if __name__ == "__main__":
    asyncio.run(echo(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
