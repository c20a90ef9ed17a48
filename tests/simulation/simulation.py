"""A federation of five in virtual time: what its people do and all that goes wrong, by one seed."""

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from federation.errors import FederationError, LateError, UnreachableError
from federation.lanes import Lane
from federation.messages import (
    Asker,
    Marking,
    MemberId,
    PersonId,
    Receipt,
    Share,
    Sought,
    Watch,
    WatchId,
)
from federation.seal import Sealed
from node import store
from node.people import person
from node.records import Draft
from node.store.alerts import AlertState
from tests.simulation.disks import Crash
from tests.simulation.evidence import MOST_SKEW, undone
from tests.simulation.history import Event, Kept, Unsettled
from tests.simulation.members import MEMBERS, WHY, Member, Template, entity

#: Invented people whom nobody takes for one another.
SUBJECTS = ("Viktor Lesnikov", "Anna Nowak", "Jaan Tammsalu", "Marta Ozolina")
ANALYST = person(PersonId("first"), ["analyst"])
#: Virtual seconds of trouble, and in which everything must be well once the trouble is over.
TROUBLE_S, REST_S = 150.0, 300.0
#: How long a dispatch is waited for, and how often a node looks for what is over.
TIMEOUT_S, TICK_S = 20.0, 60.0

Do = Callable[[], None]


@dataclass(frozen=True)
class Plan:
    """How much happens, and how bad the world is: chances from 0 to 1."""

    actions: int = 24
    troubles: int = 10
    lost: float = 0.12
    doubled: float = 0.15
    replayed: float = 0.1
    meanwhile: float = 0.1
    puts_back: float = 0.7


@dataclass
class Way:
    """The way from one member to another: when it is tried, and what is in flight on it."""

    lane: Lane
    is_cut: bool = False
    is_busy: bool = False
    is_planned_at: float = -1.0


@dataclass
class Simulation:
    """One run. Everything that is by chance comes from `chance`, so that a seed is one story."""

    template: Template
    folder: Path
    seed: int
    plan: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.now = 0.0
        self.history: list[Event] = []
        self._events: list[tuple[float, int, Do]] = []
        self._order = itertools.count()
        self._old: list[tuple[MemberId, MemberId, bytes]] = []
        self._is_calm = False
        few = self.chance.random() < 0.5
        beat_s = self.chance.choice((40.0, 150.0))
        self.members = {MemberId(name): self._member(name, few, beat_s) for name in MEMBERS}
        self.ways: dict[tuple[MemberId, MemberId], Way] = {}

    def _member(self, name: str, few: bool, beat_s: float) -> Member:
        most = self.chance.randint(1, 5) if few else 1000
        member = Member(
            MemberId(name),
            self.template,
            self.folder,
            self.chance,
            lambda: self.now,
            self.history,
            most,
            beat_s,
        )
        member.disk.meanwhile = lambda: self._meanwhile(member)
        return member

    async def run(self) -> list[Event]:
        """Let it all happen; what is left of it in the end is the last of the history."""
        try:
            for member in self.members.values():
                self._start(member)
            self._plan_troubles()
            await self._until(TROUBLE_S)
            self._calm()
            await self._until(TROUBLE_S + REST_S, is_over=self._is_quiet)
            return self._end()
        finally:
            for member in self.members.values():
                if member.is_up:
                    member.stop()

    def _end(self) -> list[Event]:
        for member in self.members.values():
            if not member.is_up:
                return [*self.history, Unsettled(member.id, "is down")]
        references = {
            known: record
            for one in self.members.values()
            for known, record in one.evidence.references.items()
        }
        ends = [event for one in self.members.values() for event in one.end(references)]
        return [*self.history, *ends]

    # Time.

    def at(self, time: float, do: Do) -> None:
        """Have something done at a time."""
        heapq.heappush(self._events, (time, next(self._order), do))

    def later(self, least_s: float, most_s: float, do: Do) -> None:
        """Have something done in a while."""
        self.at(self.now + self.chance.uniform(least_s, most_s), do)

    async def _until(self, time: float, is_over: Callable[[], bool] = lambda: False) -> None:
        while self._events and self._events[0][0] <= time:
            self.now, _, do = heapq.heappop(self._events)
            do()
            await asyncio.sleep(0)
            self._look()
            if is_over():
                return
        self.now = time

    def _look(self) -> None:
        """Plan what is due now: work whose bell was rung, and lanes whose time has come."""
        for member in self.members.values():
            if member.is_up and member.post.due.count != member.rung:
                member.rung = member.post.due.count
                self.later(0, 0.05, self._in(member, partial(self._work, member)))
        for (sender, to), way in self.ways.items():
            due_at = max(way.lane.due_at, self.now)
            is_planned = self.now <= way.is_planned_at <= due_at
            if self.members[sender].is_up and not way.is_busy and not is_planned:
                way.is_planned_at = due_at
                self.at(due_at, partial(self._try, sender, to))

    # Processes.

    def _start(self, member: Member) -> None:
        member.start()
        member.rung = 0
        for to in self.members:
            if to != member.id:
                lane = Lane(member.beat_s, self.chance.random, due_at=self.now)
                before = self.ways.get((member.id, to))
                self.ways[member.id, to] = Way(lane, is_cut=bool(before and before.is_cut))
        self._tick(member, member.life)

    def _tick(self, member: Member, life: int) -> None:
        if member.is_up and member.life == life:
            self.at(self.now + TICK_S, lambda: self._tick(member, life))
            self._in(member, lambda: self._work(member))()

    def _in(self, member: Member, do: Do) -> Do:
        """Something that this process does: it may die of it, and has no time when it is dead."""
        life = member.life

        def done() -> None:
            if member.is_up and member.life == life:
                self._alive(member, do)

        return done

    def _alive(self, member: Member, do: Do) -> bool:
        """Do something in a process; False when it died of it."""
        try:
            do()
        except Crash:
            self._kill(member)
        self._tell(member)
        return member.is_up

    def _kill(self, member: Member) -> None:
        """As kill -9: it starts again in a while, now and then from its backup."""
        if not member.is_up:
            return
        member.stop()
        member.disk.heal()
        if member.backup and self.chance.random() < self.plan.puts_back and not self._is_calm:
            member.put_back()
        self.later(0.1, 1 if self._is_calm else 40, lambda: self._restart(member))

    def _restart(self, member: Member) -> None:
        if not member.is_up:
            self._start(member)

    def _tell(self, member: Member) -> None:
        """Tell lanes of what waits, as the outbox does once it is on disk."""
        if member.is_up:
            for to, waiting in member.queued.items():
                if waiting:
                    self.ways[member.id, to].lane.queued(self.now)
            member.queued.clear()

    def _work(self, member: Member) -> None:
        """What a node does by itself."""
        post = member.post
        for step in (post.end_over, post.matching.run_next, post.matching.tell_owed):
            try:
                for _ in range(200):
                    if not step():
                        break
                else:
                    raise AssertionError(f"{member.id}: {step.__name__} goes on for ever")
            except FederationError:
                continue

    # The network.

    def _try(self, sender: MemberId, to: MemberId) -> None:
        """A transfer begins, if it is due."""
        member, way = self.members[sender], self.ways[sender, to]
        if not member.is_up or way.is_busy or way.lane.due_at > self.now:
            return
        way.is_busy = True
        way.lane.tried(self.now)
        try:
            said, request = member.request(to)
        except FederationError as fault:
            self._failed(member, to, way, fault)
            return
        self._send(member, to, way, said, request)

    def _send(self, member: Member, to: MemberId, way: Way, said: Sealed, request: bytes) -> None:
        """A request goes its way: it may be lost, doubled, late, and come again weeks later."""
        sender, life = member.id, member.life

        def replied(response: bytes | FederationError) -> None:
            is_lost = self._is_lost(to, sender)
            if not is_lost and member.life == life:
                self.later(0.001, 0.5, lambda: self._hear(member, to, way, (said, response)))

        def late() -> None:
            if way.is_busy and self.ways[sender, to] is way and way.lane.tried_at == tried_at:
                self._failed(member, to, way, LateError())

        tried_at = way.lane.tried_at
        self.at(self.now + TIMEOUT_S, late)
        self._old.append((sender, to, request))
        if not self._is_lost(sender, to):
            self.later(0.001, 0.5, lambda: replied(self._arrive(sender, to, request)))
        again = [(5, self._old[-1])] if self._happens(self.plan.doubled) else []
        if self._happens(self.plan.replayed):
            again.append((60, self.chance.choice(self._old)))
        for within_s, old in again:
            self.later(0.001, within_s, partial(self._come_again, *old))

    def _come_again(self, sender: MemberId, to: MemberId, request: bytes) -> None:
        """A request is at a door once more; whatever is replied, nobody hears it."""
        self._arrive(sender, to, request)

    def _arrive(self, sender: MemberId, to: MemberId, request: bytes) -> bytes | FederationError:
        """A request is at a door; what is replied, if there is anybody."""
        member = self.members[to]
        reply: bytes | FederationError = UnreachableError()
        if not member.is_up:
            return reply

        def serve() -> None:
            nonlocal reply
            try:
                reply = member.reply(sender, request)
            except FederationError as fault:
                reply = fault
            else:
                self.ways[to, sender].lane.heard(self.now)

        is_alive = self._alive(member, serve)
        return reply if is_alive else UnreachableError()

    def _hear(
        self, member: Member, to: MemberId, way: Way, heard: tuple[Sealed, bytes | FederationError]
    ) -> None:
        """A reply is back in time, unless the wait for it is over."""
        said, response = heard
        if not (member.is_up and way.is_busy and self.ways[member.id, to] is way):
            return
        if isinstance(response, FederationError):
            self._failed(member, to, way, response)
            return
        receipt = member.receipt(to, said, response)
        self._alive(member, lambda: self._taken(member, to, way, receipt))

    def _taken(self, member: Member, to: MemberId, way: Way, receipt: Receipt) -> None:
        try:
            has_more = member.post.mailing.taken(to, receipt)
        except FederationError as fault:
            self._failed(member, to, way, fault)
        else:
            way.is_busy = False
            way.lane.delivered(self.now, has_more=has_more)

    def _failed(self, member: Member, to: MemberId, way: Way, fault: FederationError) -> None:
        if not member.is_up:
            return
        way.is_busy = False
        way.lane.failed(self.now)

        def note() -> None:
            try:
                member.post.mailing.failed(to, fault)
            except FederationError:
                return

        self._alive(member, note)

    def _is_lost(self, sender: MemberId, to: MemberId) -> bool:
        return self.ways[sender, to].is_cut or self._happens(self.plan.lost)

    def _happens(self, chance: float) -> bool:
        return not self._is_calm and self.chance.random() < chance

    # Trouble.

    def _plan_troubles(self) -> None:
        for _ in range(self.plan.actions):
            member = self._any()
            self.later(0, TROUBLE_S, partial(self._do, member))
        troubles = (
            self._cut,
            self._cut,
            self._crash,
            self._crash,
            self._fill,
            self._fail_once,
            self._turn,
            self._back_up,
            self._back_up,
        )
        for _ in range(self.plan.troubles):
            self.later(0, TROUBLE_S, self.chance.choice(troubles))

    def _any(self) -> Member:
        return self.chance.choice(list(self.members.values()))

    def _cut(self) -> None:
        """Nothing gets through from one member to another, or both ways, for a while."""
        sender, to = self.chance.sample(list(self.members), 2)
        ways = [(sender, to), (to, sender)][: self.chance.randint(1, 2)]

        def heal() -> None:
            for way in ways:
                self.ways[way].is_cut = False

        for way in ways:
            self.ways[way].is_cut = True
        self.later(5, 120, heal)

    def _crash(self) -> None:
        """A process dies: now, in its next transaction, or right behind it."""
        member = self._any()
        how = self.chance.randrange(3)
        member.disk.is_torn, member.disk.is_gone = how == 1, how == 2
        if how == 0:
            self._kill(member)

    def _fill(self) -> None:
        """A disk is full for a while."""
        member = self._any()
        if member.is_up:
            member.store.fill()
            self.later(5, 60, lambda: member.store.heal() if member.is_up else None)

    def _fail_once(self) -> None:
        self._any().disk.fails_once = True

    def _turn(self) -> None:
        """A clock goes wrong, or right again."""
        most_s = MOST_SKEW.total_seconds()
        self._any().skew_s = self.chance.choice((0.0, self.chance.uniform(-most_s, most_s)))

    def _back_up(self) -> None:
        member = self._any()
        if member.is_up:
            member.take_backup()

    def _calm(self) -> None:
        """Everything works from now on."""
        self._is_calm = True
        for member in self.members.values():
            member.disk.heal()
            if member.is_up:
                member.store.heal()
            else:
                self._start(member)
        for way in self.ways.values():
            way.is_cut = False

    def _is_quiet(self) -> bool:
        for member in self.members.values():
            if not member.is_up:
                return False
            with member.store.view() as view:
                if next(undone(view), None):
                    return False
        return all(not self._knows_better(*way) for way in self.ways)

    def _knows_better(self, sender: MemberId, to: MemberId) -> bool:
        """Whether two members still differ about how far the mail of one is."""
        with self.members[sender].store.view() as view:
            acknowledged = store.mail.lane(view, to).acknowledged
        with self.members[to].store.view() as view:
            return acknowledged != store.mail.lane(view, sender).received

    # What people do.

    def _do(self, member: Member) -> None:
        """Somebody does something, if there is a node to do it at."""
        self._in(member, partial(self._act, member))()

    def _meanwhile(self, member: Member) -> None:
        """Another thread has its turn before the transaction that was to begin."""
        if self._happens(self.plan.meanwhile) and not member.is_acting:
            self._act(member)

    def _act(self, member: Member) -> None:
        member.is_acting = True
        try:
            doing = self.chance.choices(_ACTIONS, _OFTEN)[0]
            doing(self, member)
        except FederationError:
            return  # whoever did it was told that it was not done
        finally:
            member.is_acting = False

    def _store(self, member: Member) -> None:
        """Somebody new, or something new of somebody."""
        is_new = not member.stamps or self.chance.random() < 0.6
        id = f"P-{len(member.stamps)}" if is_new else self.chance.choice(list(member.stamps))
        subject = self.chance.choice(SUBJECTS)
        with member.store.write() as tx:
            draft = Draft(entity(id, subject, self._stamp(member, id)), self._marking(), "ours")
            member.keeping.keep(tx, [draft], WHY)
            _note(member, tx, id)

    def _remark(self, member: Member) -> None:
        with member.store.write() as tx:
            known = store.records.by_source(tx, "ours", list(member.stamps))
            if known:
                id = self.chance.choice(sorted(known))
                member.keeping.remark(tx, known[id].record.id, self._marking(), WHY)
                _note(member, tx, id)

    def _withdraw(self, member: Member) -> None:
        with member.store.write() as tx:
            known = store.records.by_source(tx, "ours", list(member.stamps))
            if known:
                id = self.chance.choice(sorted(known))
                member.keeping.withdraw(tx, "ours", [id], WHY)
                _note(member, tx, id)

    def _watch(self, member: Member) -> None:
        now = member.clock()
        lasts_s = self.chance.choice((self.chance.uniform(10, 300), 86_400.0))
        watch = Watch(
            id=WatchId(member.ids()),
            asker=Asker(PersonId("first"), "analyst"),
            case="CASE-1",
            purpose="investigation",
            seeks=Sought(name=self.chance.choice(SUBJECTS)),
            threshold=0.9,
            expires_at=now + timedelta(seconds=lasts_s),
        )
        members = self.chance.sample(list(self.members), self.chance.randint(1, 3))
        member.post.watching.add(watch, members, now=now)

    def _renew(self, member: Member) -> None:
        if id := self._own(member):
            until = member.clock() + timedelta(seconds=self.chance.uniform(60, 86_400))
            member.post.watching.renew(id, ANALYST, until=until, now=member.clock())

    def _remove(self, member: Member) -> None:
        if id := self._own(member):
            member.post.watching.remove(id, ANALYST)

    def _see(self, member: Member) -> None:
        if shown := member.post.inbox.behind(0):
            id = self.chance.choice(shown).alert.id
            member.post.inbox.change(id, AlertState.SEEN, ANALYST)

    def _own(self, member: Member) -> WatchId | None:
        with member.store.view() as view:
            every = store.watches.every(view, is_ended=False)
        return self.chance.choice(every).id if every else None

    def _stamp(self, member: Member, id: str) -> str:
        member.stamps[id] = f"{id} {self.chance.getrandbits(32):08x}"
        return member.stamps[id]

    def _marking(self) -> Marking:
        share = self.chance.choices(list(Share), (1, 2, 2, 5))[0]
        some = self.chance.sample(MEMBERS, self.chance.randint(0, 4))
        audience = ("ALL",) if self.chance.random() < 0.6 else some
        return replace(Marking(), share=share, audience=frozenset(audience))


def _note(member: Member, tx: store.Tx, id: str) -> None:
    """Have it written down, with its transaction, how a record is now."""
    held = store.records.by_source(tx, "ours", [id])[id].record
    member.kept.append(
        Kept(
            member.id,
            held.id,
            held.version,
            held.entity.first("name"),
            int(held.marking.share),
            frozenset(held.marking.audience),
            held.entity.first("notes"),
            is_withdrawn=held.is_withdrawn,
        )
    )


_ACTIONS: Sequence[Callable[[Simulation, Member], None]] = (
    Simulation._store,
    Simulation._remark,
    Simulation._withdraw,
    Simulation._watch,
    Simulation._renew,
    Simulation._remove,
    Simulation._see,
)
_OFTEN = (10, 4, 1, 4, 1, 1, 1)
