"""Carrying: each letter until it is taken, again after a failure, and the others meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from federation.errors import RefusedError, UnreachableError
from federation.lanes import Lane
from node import config, store
from node.alerts.leaving import Leaving
from node.alerts.leaving import Way as GatheredWay
from node.assembly import Bell
from node.store.letters import Letter
from node.ways.carrying import TICK_S, Carrier, used
from tests.node.store.shelf import EE, NOW, Shelf
from tests.node.store.test_letters import LINE
from tests.world import eventually


@dataclass
class Recorded:
    """A way that takes what it is told to and remembers all."""

    name: str = "webhook"
    faults: list[Exception | None] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Nothing stands in the way."""

    def carry(self, letter: Letter) -> str:
        self.tried.append(letter.id)
        if letter.id in self.refused:
            raise RefusedError("no")
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        self.taken.append(letter.id)
        return ""


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    with closing(shelf):
        yield shelf


@asynccontextmanager
async def carried(shelf: Shelf, way: Recorded) -> AsyncIterator[Leaving]:
    """A way that runs; what is left by it is carried until this ends."""
    bell = Bell()
    numbers = iter(range(1_000))
    gathered = GatheredWay(way.name, timedelta(0))
    carrier = Carrier(way, shelf.store, bell, Lane(60, lambda: 0.0))
    running = asyncio.create_task(carrier.run())
    yield Leaving(lambda: f"L-{next(numbers)}", (gathered,), bell)
    running.cancel()
    await asyncio.wait([running])


def leave(shelf: Shelf, leaving: Leaving, count: int) -> None:
    with shelf.store.write() as tx:
        for _ in range(count):
            leaving.leave(tx, LINE)


async def taken(shelf: Shelf, count: int) -> None:
    """Wait until so many letters are noted as taken."""

    def delivered() -> int:
        with shelf.store.view() as view:
            return sum(way.delivered for way in store.letters.states(view))

    await asyncio.to_thread(eventually, lambda: delivered() >= count)


async def test_every_letter_is_carried_once_in_order(shelf: Shelf) -> None:
    way = Recorded()

    async with carried(shelf, way) as leaving:
        await asyncio.to_thread(leave, shelf, leaving, 20)
        await taken(shelf, 20)

    assert way.taken == [f"L-{number}" for number in range(20)]


@pytest.mark.parametrize("fault", [UnreachableError("gone"), OSError("what nobody foresaw")])
async def test_what_was_not_taken_is_carried_again_until_it_is(
    shelf: Shelf, fault: Exception
) -> None:
    way = Recorded(faults=[fault, fault, None])

    async with carried(shelf, way) as leaving:
        await asyncio.to_thread(leave, shelf, leaving, 2)
        await taken(shelf, 2)

    assert way.tried == ["L-0", "L-1", "L-0", "L-1"]
    assert way.taken == ["L-0", "L-1"]


async def test_a_letter_that_is_refused_again_and_again_holds_up_no_other(shelf: Shelf) -> None:
    way = Recorded(refused={"L-0"})

    async with carried(shelf, way) as leaving:
        await asyncio.to_thread(leave, shelf, leaving, 3)
        await taken(shelf, 2)
        with shelf.store.view() as view:
            [state] = store.letters.states(view)

    assert way.taken == ["L-1", "L-2"]
    assert (state.waiting, state.fault) == (1, "refused")
    assert state.tries >= 1


async def test_what_was_queued_when_the_node_ended_is_carried_by_the_next(shelf: Shelf) -> None:
    way = Recorded(faults=[UnreachableError("gone")] * 9)
    async with carried(shelf, way) as leaving:
        await asyncio.to_thread(leave, shelf, leaving, 1)
        await asyncio.to_thread(eventually, lambda: way.tried)

    other = Recorded()
    async with carried(Shelf(shelf.folder), other):
        await taken(shelf, 1)

    assert other.taken == ["L-0"]


async def test_one_that_was_taken_and_not_noted_is_carried_again_under_the_same_id(
    shelf: Shelf,
) -> None:
    with shelf.store.write() as tx:
        Leaving(lambda: "L-1", (GatheredWay("webhook", timedelta(0)),)).leave(tx, LINE)
        first = store.letters.take(tx, "webhook")

    way = Recorded()
    async with carried(shelf, way):
        await taken(shelf, 1)

    assert first is not None
    assert way.taken == [first.id]


async def test_what_is_gathered_waits_for_its_time(shelf: Shelf) -> None:
    way, bell = Recorded(), Bell()
    with shelf.store.write() as tx:
        gathered = GatheredWay("webhook", timedelta(minutes=5))
        Leaving(lambda: "L-1", (gathered,)).leave(tx, LINE)
    carrier = Carrier(way, shelf.store, bell, Lane(60, lambda: 0.0))
    assert await carrier.carried() == 60
    assert way.tried == []

    shelf.now += timedelta(minutes=5)
    await carrier.carried()
    assert await carrier.carried() == TICK_S

    assert way.taken == ["L-1"]


def test_no_way_is_used_until_it_is_configured() -> None:
    settings = config.made(id="EE", name="Estonia", host="127.0.0.1", port=7400)
    both = msgspec.structs.replace(
        settings, webhook=config.Webhook(url="https://localhost/"), smtp=config.Smtp(host="here")
    )

    assert used(settings, EE, lambda: NOW) == []
    assert [way.name for way in used(both, EE, lambda: NOW)] == ["webhook", "email"]
