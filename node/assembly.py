"""Mail, alerts and the charter put together, and what they do while a node runs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from securesystemslib.signer import Signer

from federation import charter, seal
from federation.alarms import Alarm
from federation.charter import Routine
from federation.delivery import Delivery
from federation.errors import CharterError
from federation.faults import foreseen
from federation.keys import AUDIT_HEAD_TYPE, Ring
from federation.lanes import Lane
from federation.messages import (
    Alert,
    MemberId,
    PersonId,
    Recall,
    Watch,
    WatchEnd,
    WatchVerdict,
)
from federation.peer import Self
from federation.seal import SigningKey
from federation.threads import in_thread
from federation.votes import CharterAdopted
from node import store
from node.again import again
from node.alerts.guarding import Guarding, words_of
from node.alerts.inbox import Inbox
from node.alerts.leaving import Leaving, Way
from node.alerts.matching import Matching
from node.alerts.standing import Registry
from node.alerts.telling import Telling
from node.alerts.touching import Touching
from node.alerts.watching import Watching
from node.answering import Gate
from node.audit import Break
from node.chartering.adopting import Adopting
from node.chartering.gathering import Gathering
from node.chartering.in_force import InForce
from node.chartering.proposing import Proposing
from node.chartering.renewing import Renewing
from node.config import Config, Guard
from node.deconfliction.comparing import Comparing
from node.deconfliction.encounters import Encounters
from node.deconfliction.planning import Planning
from node.fishing import Measure
from node.mail.heads import Shown
from node.mail.letterbox import Letterbox
from node.mail.outbox import Outbox
from node.people import Person
from node.store import Store, Tx
from node.store.alerts import AlertState
from node.store.witness import Cosigned
from node.ways.carrying import Carrier, used
from node.witnessing import Witnessing

#: How often it is looked for what is over, at least.
TICK_S = 60.0


#: A head is shown with each heartbeat, also with one that is a little early.
_ALMOST = 0.8


@dataclass(frozen=True, slots=True)
class _Signs:
    """Our signing keys, and how those of others are judged."""

    ring: Ring

    def sign(self, data: bytes, to: MemberId) -> bytes:
        """Our signature under a head, by the key that a member knows."""
        return self.ring.sign_for(to, data)

    def is_ours(self, data: bytes, signature: bytes) -> bool:
        """Whether we signed a head, with any key that we ever had."""
        return self.ring.holds(data, signature)

    def holds(self, keys: Sequence[SigningKey], data: bytes, signature: bytes) -> bool:
        """Whether the owner of one of these keys signed a head."""
        return seal.is_by(keys, AUDIT_HEAD_TYPE, data, signature)


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
    """What a node takes from outside of itself: new ids, numbers from 0 to 1, secret bytes.

    `remember` keeps outside of the database what others signed of our log.
    """

    ids: Callable[[], str]
    number: Callable[[], float]
    secret: Callable[[int], bytes]
    remember: Callable[[Cosigned], None]


@dataclass(frozen=True, slots=True)
class Post:
    """Everything about mail, alerts and the charter.

    `due` is rung when there is work, `told` for an alert, `adopted` for a charter in force.
    """

    outbox: Outbox
    letterbox: Letterbox
    delivery: Delivery
    registry: Registry
    watching: Watching
    inbox: Inbox
    matching: Matching
    witnessing: Witnessing
    touching: Touching
    guarding: Guarding
    guard_s: float
    planning: Planning
    carriers: Sequence[Carrier]
    renewing: Renewing
    due: Bell
    told: Bell
    adopted: Bell

    @classmethod
    def of(cls, gate: Gate, us: Self, config: Config, chance: Chance, in_force: InForce) -> "Post":
        """Put it together; what is queued is delivered once there is somebody to deliver to."""
        due, told, adopted = Bell(), Bell(), Bell()
        adopting: Adopting

        def shown(tx: Tx, member: MemberId, charter: int) -> CharterAdopted | None:
            return adopting.shown(tx, member, charter)

        outbox, delivery, witnessing = _mail(gate, us, config, chance, due, shown)
        carriers, leaving = _ways_out(gate.store, us, config, chance)
        inbox = Inbox(us.id, gate.store, chance.ids, told, leaving)
        quiet = timedelta(seconds=config.guard.quiet_s)
        guarding = Guarding(us.id, outbox, us.charter, leaving, _measure(config.guard), quiet, told)
        registry = Registry(gate, outbox, due, guarding.heard)
        days = timedelta(days=config.watch.most_days)
        watching = Watching(registry, days)
        touching = Touching(gate, chance.ids, leaving, told, due)
        matching = Matching(Telling(gate, outbox, inbox, touching))
        encounters = Encounters(gate, outbox, inbox, chance.ids)
        comparing = Comparing(encounters, chance.secret, config.activity.quota_per_hour, due)
        planning = Planning(comparing, timedelta(days=config.activity.most_days))

        def reinstated(tx: Tx, member: MemberId) -> None:
            registry.run_again(tx, member)
            watching.ask_again(tx, member)

        adopting = Adopting(us.id, gate.store, outbox, in_force, adopted, reinstated)
        renewing = _renewing(adopting, us, config)
        outbox.effects.add(
            {
                Watch: registry.asked,
                WatchEnd: registry.ended,
                WatchVerdict: watching.told,
                Alert: inbox.alerted,
                Recall: inbox.recalled,
                Alarm: guarding.alarmed,
                **comparing.effects,
                **renewing.proposing.gathering.effects,
            }
        )
        letterbox = Letterbox(gate.store, outbox.effects, shown, witnessing)
        mail = (outbox, letterbox, delivery)
        made = (*mail, registry, watching, inbox, matching, witnessing, touching)
        guarded = (guarding, config.guard.look_s)
        return cls(*made, *guarded, planning, carriers, renewing, due, told, adopted)

    async def work(self) -> None:
        """Run watches over what is here, tell what was owed, end what is over; without end.

        Questions that were answered are looked through for what they touched unseen.
        """
        while True:
            count = self.due.count
            comparing = self.planning.comparing
            deconfliction = (self.planning.expire, comparing.ask_again, comparing.run_next)
            alerts = (self.end_over, self.matching.run_next, self.matching.tell_owed)
            for step in (self.renewing.look, *alerts, self.touching.look_next, *deconfliction):
                await self._until_done(step)
            await self.due.since(count, TICK_S)

    async def carry(self) -> None:
        """Have letters leave by each way out that is used; without end while any is."""
        async with asyncio.TaskGroup() as carrying:
            for carrier in self.carriers:
                carrying.create_task(carrier.run())

    async def guard(self) -> None:
        """Look from time to time whether somebody seems to fish; without end."""
        await again("looking for fishing", self.guarding.look, self.guard_s)

    def check_ways(self) -> None:
        """Raise the fault that stands in the way of a way out that is used."""
        for carrier in self.carriers:
            carrier.way.check()

    def change(
        self, id: str, state: AlertState, person: Person, *, assignee: PersonId | None = None
    ) -> None:
        """Note what became of an alert, a touch or an alarm; raises `NotFoundError` for none."""
        with self.outbox.store.view() as view:
            is_touch = store.touches.find(view, id) is not None
            is_alarm = store.alarms.find(view, id) is not None
        other = self.guarding.change if is_alarm else self.inbox.change
        changed = self.touching.change if is_touch else other
        changed(id, state, person, assignee=assignee)

    async def _until_done(self, step: Callable[[], bool]) -> None:
        try:
            while await in_thread(step):
                pass
        except Exception as error:  # noqa: BLE001 - what fails now is tried again with the next bell
            foreseen(error)

    def end_over(self) -> bool:
        """End watches whose time is over; False when none is left that is."""
        held = self.outbox.store
        with held.view() as view:
            now = view.house.clock()
            is_over = store.standing.expired(view, now) or store.watches.expired(view, now)
        if is_over:
            with held.write() as tx:
                self.registry.expire(tx)
                self.watching.expire(tx)
        return bool(is_over)


def _mail(  # noqa: PLR0913, PLR0917 - what mail is made of
    gate: Gate, us: Self, config: Config, chance: Chance, due: Bell, shown: Shown
) -> tuple[Outbox, Delivery, Witnessing]:
    """The mail, what delivers it once there is somebody to deliver to, and the logs it shows."""
    delivery: Delivery

    def queued(member: MemberId) -> None:
        delivery.queued(member)

    every = timedelta(seconds=config.mail.beat_s * _ALMOST)
    signs = _Signs(us.ring)
    witnessing = Witnessing(us.id, gate.charter, signs, every, chance.remember, _alarm)
    outbox = Outbox(
        store=gate.store,
        seal=lambda to, id, body, place: us.notice(to, id, body, sequence=place),
        ids=chance.ids,
        most=config.mail.most_waiting,
        queued=queued,
        emptied=due,
        warned=_warn,
        shown=shown,
        heads=witnessing,
        counts=us.is_taken,
    )
    delivery = Delivery(us, outbox, chance.ids, lambda: Lane(config.mail.beat_s, chance.number))
    return outbox, delivery, witnessing


def _measure(guard: Guard) -> Measure:
    """From where on questions look like fishing."""
    return Measure(
        words=words_of,
        miss_share=guard.miss_share,
        miss_least=guard.miss_least,
        walk_least=guard.walk_least,
        variation_least=guard.variation_least,
    )


def _ways_out(
    held: Store, us: Self, config: Config, chance: Chance
) -> tuple[Sequence[Carrier], Leaving]:
    """What carries letters out of the node, and what has them written."""
    queued = Bell()
    gathers = {"webhook": config.webhook.group_s, "email": config.smtp.group_s}
    ways = used(config, us.id, us.clock)
    carriers = [Carrier(way, held, queued, Lane(TICK_S, chance.number)) for way in ways]
    told_by = [Way(way.name, timedelta(seconds=gathers[way.name])) for way in ways]
    return carriers, Leaving(chance.ids, told_by, queued)


def _alarm(broken: Break) -> None:
    structlog.get_logger().error("audit log is not whole", entry=broken.seq, what=broken.what)


def _renewing(adopting: Adopting, us: Self, config: Config) -> Renewing:
    """How the charter changes, and what of it this node agrees to by itself."""
    agrees = {
        Routine.RENEWAL: config.charter.renew,
        Routine.OWN_LINE: config.charter.agree_to_keys,
    }
    gathering = Gathering(
        adopting,
        lambda document, current: _signed(document, current, us.ring.signers),
        frozenset(kind for kind, is_on in agrees.items() if is_on),
    )
    return Renewing(Proposing(gathering), us.clock, config.charter.renew)


def _signed(document: bytes, current: bytes, signers: Sequence[Signer]) -> bytes:
    """A document with our signature, by each key of ours that it or the charter in force names.

    While our own key changes those are two. Raises `CharterError` when they name none.
    """
    faults = []
    for signer in signers:
        try:
            document = charter.sign(document, signer, current=current)
        except CharterError as fault:
            faults.append(fault)
    if len(faults) == len(signers):
        raise faults[0]
    return document


def _warn(member: MemberId, percent: int) -> None:
    structlog.get_logger().warning("mail waits", member=member, percent=percent)
