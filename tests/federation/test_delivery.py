import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from federation import wire
from federation.delivery import Delivery
from federation.errors import BusyError, Code, FederationError
from federation.lanes import Lane
from federation.messages import MemberId, Notice, NoticeId, Receipt, WatchEnd, WatchId
from federation.seal import Sealed
from tests.federation.world import EE, LT, LV, World


@dataclass
class Outbox:
    """A small real outbox in memory."""

    world: World
    waiting: dict[MemberId, list[int]] = field(default_factory=dict)
    faults: list[tuple[MemberId, Code]] = field(default_factory=list)
    most: int = 100

    def put(self, member: MemberId, *places: int) -> None:
        self.waiting.setdefault(member, []).extend(places)

    def dispatch(self, member: MemberId) -> wire.Dispatch:
        waiting = self.waiting.get(member, [])
        notices = tuple(self._sealed(member, place) for place in waiting[: self.most])
        return wire.Dispatch(max(waiting, default=0), min(waiting, default=1), notices)

    def taken(self, member: MemberId, receipt: Receipt, _: object = None) -> bool:
        left = [place for place in self.waiting.get(member, []) if place > receipt.through]
        self.waiting[member] = left
        return bool(left)

    def failed(self, member: MemberId, fault: FederationError) -> None:
        self.faults.append((member, fault.code))

    def _sealed(self, member: MemberId, place: int) -> Sealed:
        notice = Notice(NoticeId(f"n-{place}"), place, WatchEnd(WatchId("w-1")))
        body = wire.notice_to(notice)
        return self.world[EE].us.notice(member, notice.id, body, sequence=place)


@asynccontextmanager
async def delivering(world: World, outbox: Outbox) -> AsyncIterator[Delivery]:
    ids = iter(f"d-{number}" for number in range(10_000))
    delivery = Delivery(world[EE].us, outbox, lambda: next(ids), lambda: Lane(60.0, lambda: 0.0))
    await delivery.apply(world.charter)
    try:
        yield delivery
    finally:
        await delivery.close()


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - what is waited for is somebody else's state
            await asyncio.sleep(0.01)


def places(world: World, member: MemberId) -> list[int]:
    """The sequences of all notices that a member was given, in order."""
    mail = world[member].house.mail
    return [one.statement.sequence for _, _, posted in mail for one in posted]


async def test_what_waits_is_delivered_in_order_under_its_own_seal(world: World) -> None:
    outbox = Outbox(world)
    outbox.put(LV, 1, 2, 3)

    async with delivering(world, outbox):
        await until(lambda: outbox.waiting[LV] == [])

    assert places(world, LV) == [1, 2, 3]
    [(sender, dispatch, posted)] = [mail for mail in world[LV].house.mail if mail[2]]
    assert (sender, dispatch.assigned, dispatch.oldest) == (EE, 3, 1)
    assert all(isinstance(one.notice, Notice) for one in posted)


async def test_a_member_without_mail_hears_a_heartbeat(world: World) -> None:
    async with delivering(world, Outbox(world)):
        await until(lambda: world[LV].house.mail and world[LT].house.mail)

    [(_, dispatch, posted)] = world[LT].house.mail
    assert (dispatch.notices, tuple(posted)) == ((), ())


async def test_what_is_queued_is_delivered_at_once(world: World) -> None:
    outbox = Outbox(world)
    async with delivering(world, outbox) as delivery:
        await until(lambda: world[LV].house.mail)

        outbox.put(LV, 1)
        await asyncio.to_thread(delivery.queued, LV)

        await until(lambda: places(world, LV) == [1])


async def test_more_than_one_dispatch_holds_follows_at_once(world: World) -> None:
    outbox = Outbox(world, most=2)
    outbox.put(LV, 1, 2, 3, 4, 5)

    async with delivering(world, outbox):
        await until(lambda: places(world, LV) == [1, 2, 3, 4, 5])


async def test_a_member_that_takes_nothing_is_tried_again_and_the_fault_is_kept(
    world: World,
) -> None:
    outbox = Outbox(world)
    outbox.put(LV, 1)
    world[LV].house.fault = BusyError()

    async with delivering(world, outbox):
        await until(lambda: (LV, Code.BUSY) in outbox.faults)
        world[LV].house.fault = None
        await until(lambda: places(world, LV) == [1])


async def test_a_member_that_is_down_keeps_nobody_elses_mail_waiting(world: World) -> None:
    outbox = Outbox(world)
    outbox.put(LV, 1)
    outbox.put(LT, 1)
    await world[LV].doors.close(0)

    async with delivering(world, outbox):
        await until(lambda: places(world, LT) == [1])
        await until(lambda: (LV, Code.UNREACHABLE) in outbox.faults)

    assert outbox.waiting[LV] == [1]


async def test_a_receipt_that_was_lost_brings_the_same_bytes_again(world: World) -> None:
    outbox = Outbox(world)
    outbox.put(LV, 1)
    taken = outbox.taken
    lost = iter([True])

    def loses_one(member: MemberId, receipt: Receipt, _: object = None) -> bool:
        if member == LV and next(lost, False):
            raise BusyError("the disk is full")
        return taken(member, receipt)

    outbox.taken = loses_one  # type: ignore[method-assign]
    async with delivering(world, outbox):
        await until(lambda: outbox.waiting[LV] == [])

    assert places(world, LV) == [1, 1]


async def test_a_member_that_left_is_given_nothing_more(world: World) -> None:
    outbox = Outbox(world)
    async with delivering(world, outbox) as delivery:
        await until(lambda: world[LV].house.mail)
        stays = {id: one for id, one in world.charter.members.items() if id != LV}

        await delivery.apply(replace(world.charter, version=2, members=stays))
        outbox.put(LV, 1)
        delivery.queued(LV)
        outbox.put(LT, 1)
        delivery.queued(LT)
        await until(lambda: places(world, LT) == [1])

    assert places(world, LV) == []
