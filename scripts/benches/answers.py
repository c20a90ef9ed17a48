"""Sealed and audited answers of one node per second, against a bare mutual-TLS echo.

No question is put twice before all were put. `AMBER_SEARCHERS` says how many searchers stand
beside the node that answers.
"""

import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import grpc

from federation import trust
from federation.fanout import Fanout
from federation.keys import Ring
from federation.messages import (
    Asker,
    Detail,
    Identifier,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Sought,
)
from federation.peer import Self
from node import app, audit, store
from node import home as homes
from scripts.benches.crowd import crowd

SCENARIO = Path("../shared/data/scenario")
ASKED, ASKING = "EE", "FI"
PORT, ECHO_PORT = 21_000, 21_200
RECORDS, WARM, CALLS, AT_ONCE, TIMEOUT_S = 15_000, 64, 3_000, 32, 60.0

Call = Callable[[int], Awaitable[None]]
Echo: TypeAlias = "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]"


@dataclass(frozen=True, slots=True)
class Timed:
    """Calls per second with `AT_ONCE` in flight, and how long one of them took in ms."""

    rate: float
    p50: float
    p99: float


@dataclass(slots=True)
class Client:
    """Another member that asks the node, and keeps what it was given."""

    fanout: Fanout
    answers: int = 0
    given: list[Reference] = field(default_factory=list)

    async def ask(self, seeks: Sought | Detail) -> None:
        """Put one sealed question; raises unless it is answered."""
        question = Question(
            id=QuestionId(app.new_id()),
            asker=Asker(PersonId("bench"), "analyst"),
            case="BENCH-1",
            purpose="investigation",
            seeks=seeks,
        )
        (outcome,) = await self.fanout.ask(question, timeout_s=TIMEOUT_S)
        if outcome.answer is None:
            raise RuntimeError(f"not answered: {outcome.kind}, {outcome.reason}")
        self.answers += 1
        self.given += (hit.reference for hit in outcome.answer.hits)


def bench() -> Iterator[dict[str, Any]]:
    """Answers to searches, then answers without any: hits that are fetched again."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / "lab"
        with _running(lab):
            client, searched, fetched = asyncio.run(_measured(lab))
        _check(lab, client)
        with _echo(lab):
            floor = asyncio.run(_echoed(lab))
    yield _figure(f"to searches, {min(CALLS, len(_seeks()))} different ones", searched, floor)
    yield _figure("to hits fetched again, without a search", fetched, floor)


def _figure(what: str, ours: Timed, floor: Timed) -> dict[str, Any]:
    return {
        "figure": round(ours.rate, 1),
        "unit": f"sealed and audited answers/s {what}, {AT_ONCE} in flight",
        "p50_ms": round(ours.p50, 2),
        "p99_ms": round(ours.p99, 2),
        "floor": round(floor.rate, 1),
        "floor_is": "bare grpc.aio mutual-TLS echo, as many in flight",
        "ratio": round(ours.rate / floor.rate, 4),
    }


async def _measured(lab: Path) -> tuple[Client, Timed, Timed]:
    async with _client(lab) as client:
        searched = await _timed(client, _seeks())
        again = [Detail(reference) for reference in dict.fromkeys(client.given)]
        return client, searched, await _timed(client, again)


@asynccontextmanager
async def _client(lab: Path) -> AsyncIterator[Client]:
    home = homes.open(lab / ASKING, app.clock)
    charter = home.charter()
    fanout = Fanout(Self(Ring(home.keys()), lambda: charter, app.clock))
    try:
        yield Client(fanout)
    finally:
        await fanout.close()


async def _timed(client: Client, seeks: Sequence[Sought | Detail]) -> Timed:
    async def call(number: int) -> None:
        await client.ask(seeks[number % len(seeks)])

    await _spent(call, WARM)
    return await _spent(call, CALLS)


async def _spent(call: Call, count: int) -> Timed:
    """So many calls in lanes that never wait for one another."""
    spent: list[float] = []
    numbers = iter(range(count))

    async def lane() -> None:
        for number in numbers:
            started = time.perf_counter()
            await call(number)
            spent.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
    rate = count / (time.perf_counter() - started)
    cuts = statistics.quantiles(spent, n=100)
    return Timed(rate, cuts[49] * 1_000, cuts[98] * 1_000)


async def _echoed(lab: Path) -> Timed:
    keys, ours = homes.open(lab / ASKING, app.clock).keys(), homes.open(lab / ASKED, app.clock)
    address, own = f"127.0.0.1:{ECHO_PORT}", (keys.tls_key, keys.tls_chain)
    channel = trust.desk_channel(address, ours.ca(), ours.member, key=own[0], certificate=own[1])
    async with channel:
        ask: Echo = channel.unary_unary("/echo.Echo/Ask")

        async def call(_number: int) -> None:
            await ask(b"x" * 600, timeout=TIMEOUT_S, wait_for_ready=True)

        await _spent(call, WARM)
        return await _spent(call, CALLS)


def _check(lab: Path, client: Client) -> None:
    """Raise unless every answer is in a whole log, and every hit among the disclosures."""
    home = homes.open(lab / ASKED, app.clock)
    with closing(home.store(home.keys())) as opened, opened.view() as view:
        broken = store.audit.verify(view)
        entries = [audit.decode(row) for row in store.audit.read(view)]
    answered = sum(one.event == "answered" and one.peer == ASKING for one in entries)
    with closing(sqlite3.connect(home.path / "amber.db")) as database:
        ((disclosed,),) = database.execute("SELECT count(*) FROM disclosure")
    found = (broken, answered, disclosed)
    if found != (None, client.answers, len(client.given)):
        raise RuntimeError(f"{client.answers} answers, {len(client.given)} hits, but {found}")


def _seeks() -> list[Sought]:
    """What the scenario's queries seek, or people of the crowd where there is no scenario."""
    if not SCENARIO.is_dir():
        return [Sought(name=one.first("name")) for one in crowd(CALLS)]
    lines = map(json.loads, (SCENARIO / "queries.jsonl").read_text().splitlines())
    return [_sought(line) for line in lines]


def _sought(line: dict[str, Any]) -> Sought:
    numbers = tuple(Identifier(**line[key]) for key in ("identifier",) if line.get(key))
    return Sought(
        name=line.get("name", ""),
        birth_date=line.get("dob", ""),
        identifiers=numbers,
        kind=line["kind"],
    )


@contextmanager
def _running(lab: Path) -> Iterator[None]:
    """A lab of two members, all records in one of them."""
    _amber("lab", "create", str(lab), "--members", f"{ASKED},{ASKING}", "--port", str(PORT))
    settings = lab / ASKED / "amber.toml"
    searchers = os.environ.get("AMBER_SEARCHERS", "0")  # noqa: TID251 - a bench is at the top
    text = settings.read_text().replace("searchers = 0", f"searchers = {int(searchers)}")
    settings.write_text(text)
    files = sorted(SCENARIO.glob("??.jsonl")) or [_crowd(lab / "crowd.jsonl")]
    for file in files:
        options = ("--format", "simple", "--source", file.stem, "--share", "full", "--to", "ALL")
        _amber("-n", str(lab / ASKED), "load", str(file), *options)
    _amber("lab", "start", str(lab), "--detach")
    try:
        yield
    finally:
        _amber("lab", "stop", str(lab))


def _crowd(file: Path) -> Path:
    people = (
        {"id": one.id, "kind": "person", "names": one.all("name"), "dob": one.first("birthDate")}
        for one in crowd(RECORDS)
    )
    file.write_text("".join(json.dumps(person) + "\n" for person in people))
    return file


@contextmanager
def _echo(lab: Path) -> Iterator[None]:
    """A process that echoes to the asking member."""
    homes_of = (str(lab / ASKED), str(lab / ASKING))
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "scripts.benches.search", *homes_of, str(ECHO_PORT)]
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _amber(*arguments: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "node", *arguments], check=True, stdout=subprocess.DEVNULL
    )
