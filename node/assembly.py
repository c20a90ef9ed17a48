"""Mail and alerts put together, and what they do by themselves while a node runs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from federation.charter import Charter
from federation.delivery import Delivery
from federation.faults import foreseen
from federation.lanes import Lane
from federation.messages import Alert, MemberId, Recall, Watch, WatchEnd, WatchVerdict
from federation.peer import Self
from federation.threads import in_thread
from node import store
from node.alerts.inbox import Inbox
from node.alerts.matching import Matching
from node.alerts.standing import Registry
from node.alerts.telling import Telling
from node.alerts.watching import Watching
from node.answering import Gate
from node.config import Config
from node.deconfliction.comparing import Comparing
from node.deconfliction.encounters import Encounters
from node.deconfliction.planning import Planning
from node.mailing import Mailing

#: How often it is looked for what is over, at least.
TICK_S = 60.0


class Bell:
    """Rung from any thread, heard in the event loop in which it was made."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        self.count = 0

    def __call__(self) -> None:
        """Ring it."""
        self._loop.call_soon_threadsafe(self._ring)

    async def since(self, count: int, timeout_s: float) -> None:
        """Wait until it was rung more often than `count` times, or so many seconds."""
        if self.count > count:
            return
        rung = self._rung
        try:
            async with asyncio.timeout(timeout_s):
                await rung.wait()
        except TimeoutError:
            return

    def _ring(self) -> None:
        self.count += 1
        self._rung.set()
        self._rung = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Chance:
    """What a node takes from outside of itself: new ids, numbers from 0 to 1, secret bytes."""

    ids: Callable[[], str]
    number: Callable[[], float]
    secret: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Post:
    """Everything about mail and alerts; `due` is rung when there is work, `told` for an alert."""

    mailing: Mailing
    delivery: Delivery
    registry: Registry
    watching: Watching
    inbox: Inbox
    matching: Matching
    planning: Planning
    due: Bell
    told: Bell

    @classmethod
    def of(
        cls,
        gate: Gate,
        charter: Callable[[], Charter],
        us: Self,
        config: Config,
        chance: Chance,
    ) -> "Post":
        """Put it together; what is queued is delivered once there is somebody to deliver to."""
        due, told = Bell(), Bell()
        delivery: Delivery

        def queued(member: MemberId) -> None:
            delivery.queued(member)

        mailing = Mailing(
            store=gate.store,
            seal=lambda to, id, body, place: us.notice(to, id, body, sequence=place),
            ids=chance.ids,
            most=config.mail.most_waiting,
            queued=queued,
            emptied=due,
            warned=_warn,
        )
        delivery = Delivery(
            us, mailing, chance.ids, lambda: Lane(config.mail.beat_s, chance.number)
        )
        inbox = Inbox(us.id, gate.store, chance.ids, told)
        registry = Registry(us.id, gate, charter, mailing, due)
        days = timedelta(days=config.watch.most_days)
        watching = Watching(registry, gate.store, charter, days)
        matching = Matching(Telling(us.id, gate, charter, mailing, inbox))
        encounters = Encounters(us.id, gate, mailing, inbox, chance.ids)
        comparing = Comparing(encounters, chance.secret, config.activity.quota_per_hour, due)
        planning = Planning(comparing, charter, timedelta(days=config.activity.most_days))
        mailing.effects.update(
            {
                Watch: registry.asked,
                WatchEnd: registry.ended,
                WatchVerdict: watching.told,
                Alert: inbox.alerted,
                Recall: inbox.recalled,
                **comparing.effects,
            }
        )
        return cls(mailing, delivery, registry, watching, inbox, matching, planning, due, told)

    async def work(self) -> None:
        """Run watches over what is here, tell what was owed, end what is over; without end."""
        while True:
            count = self.due.count
            comparing = self.planning.comparing
            deconfliction = (self.planning.expire, comparing.ask_again, comparing.run_next)
            alerts = (self.end_over, self.matching.run_next, self.matching.tell_owed)
            for step in (*alerts, *deconfliction):
                await self._until_done(step)
            await self.due.since(count, TICK_S)

    async def _until_done(self, step: Callable[[], bool]) -> None:
        try:
            while await in_thread(step):
                pass
        except Exception as error:  # noqa: BLE001 - what fails now is tried again with the next bell
            foreseen(error)

    def end_over(self) -> bool:
        """End watches whose time is over; False when none is left that is."""
        held = self.mailing.store
        with held.view() as view:
            now = view.house.clock()
            is_over = store.standing.expired(view, now) or store.watches.expired(view, now)
        if is_over:
            with held.write() as tx:
                self.registry.expire(tx)
                self.watching.expire(tx)
        return bool(is_over)


def _warn(member: MemberId, percent: int) -> None:
    structlog.get_logger().warning("mail waits", member=member, percent=percent)
