"""A federation of five in virtual time: what its people do and all that goes wrong, by one seed."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from federation.errors import FederationError, LateError, UnreachableError
from federation.lanes import Lane
from federation.messages import (
    MemberId,
    Receipt,
)
from federation.seal import Sealed
from node import store
from tests.simulation.agenda import Agenda, Do
from tests.simulation.disks import Crash
from tests.simulation.evidence import undone
from tests.simulation.history import Event, Unsettled
from tests.simulation.members import MEMBERS, Member, Template
from tests.simulation.people import People
from tests.simulation.troubles import Troubles, Way

#: Virtual seconds of trouble, and in which everything must be well once the trouble is over.
TROUBLE_S, REST_S = 100.0, 300.0
#: How long a dispatch is waited for, and how often a node looks for what is over.
TIMEOUT_S, TICK_S, LOOK_S = 20.0, 60.0, 2.0


@dataclass(frozen=True)
class Plan:
    """How much happens, and how bad the world is: chances from 0 to 1."""

    actions: int = 20
    troubles: int = 10
    lost: float = 0.12
    doubled: float = 0.15
    replayed: float = 0.1
    meanwhile: float = 0.1
    puts_back: float = 0.7


@dataclass
class Simulation:
    """One run. Everything that is by chance comes from `chance`, so that a seed is one story."""

    template: Template
    folder: Path
    seed: int
    plan: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.agenda = Agenda(self.chance)
        self.history: list[Event] = []
        self._old: list[tuple[MemberId, MemberId, bytes]] = []
        self._is_calm, self._looked_at = False, 0.0
        few = self.chance.random() < 0.5
        beat_s = self.chance.choice((40.0, 150.0))
        self.members = {MemberId(name): self._member(name, few, beat_s) for name in MEMBERS}
        self.ways: dict[tuple[MemberId, MemberId], Way] = {}
        self.people = People(self.chance)
        self.troubles = Troubles(self.agenda, self.members, self.ways, self._kill)

    def _member(self, name: str, few: bool, beat_s: float) -> Member:
        most = self.chance.randint(1, 5) if few else 1000
        member = Member(
            MemberId(name),
            self.template,
            self.folder,
            self.chance,
            lambda: self.agenda.now,
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

    async def _until(self, time: float, is_over: Callable[[], bool] = lambda: False) -> None:
        while do := self.agenda.next(before=time):
            do()
            await asyncio.sleep(0)
            self._look()
            if is_over():
                return

    def _look(self) -> None:
        """Plan what is due now: work whose bell was rung, and lanes whose time has come."""
        for member in self.members.values():
            if member.is_up and member.post.due.count != member.rung:
                member.rung = member.post.due.count
                self.agenda.later(0, 0.05, self._in(member, partial(self._work, member)))
        for (sender, to), way in self.ways.items():
            due_at = max(way.lane.due_at, self.agenda.now)
            is_planned = self.agenda.now <= way.is_planned_at <= due_at
            if self.members[sender].is_up and not way.is_busy and not is_planned:
                way.is_planned_at = due_at
                self.agenda.at(due_at, partial(self._try, sender, to))

    # Processes.

    def _start(self, member: Member) -> None:
        member.start()
        member.rung = 0
        for to in self.members:
            if to != member.id:
                lane = Lane(member.beat_s, self.chance.random, due_at=self.agenda.now)
                before = self.ways.get((member.id, to))
                self.ways[member.id, to] = Way(lane, is_cut=bool(before and before.is_cut))
        self._tick(member, member.life)

    def _tick(self, member: Member, life: int) -> None:
        if member.is_up and member.life == life:
            self.agenda.at(self.agenda.now + TICK_S, lambda: self._tick(member, life))
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
        self.agenda.later(0.1, 1 if self._is_calm else 40, lambda: self._restart(member))

    def _restart(self, member: Member) -> None:
        if not member.is_up:
            self._start(member)

    def _tell(self, member: Member) -> None:
        """Tell lanes of what waits, as the outbox does once it is on disk."""
        if member.is_up:
            for to, waiting in member.queued.items():
                if waiting:
                    self.ways[member.id, to].lane.queued(self.agenda.now)
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
        if not member.is_up or way.is_busy or way.lane.due_at > self.agenda.now:
            return
        way.is_busy = True
        way.lane.tried(self.agenda.now)
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
                self.agenda.later(0.001, 0.5, lambda: self._hear(member, to, way, (said, response)))

        def late() -> None:
            if way.is_busy and self.ways[sender, to] is way and way.lane.tried_at == tried_at:
                self._failed(member, to, way, LateError())

        tried_at = way.lane.tried_at
        self.agenda.at(self.agenda.now + TIMEOUT_S, late)
        self._old.append((sender, to, request))
        if not self._is_lost(sender, to):
            self.agenda.later(0.001, 0.5, lambda: replied(self._arrive(sender, to, request)))
        again = [(5, self._old[-1])] if self._happens(self.plan.doubled) else []
        if self._happens(self.plan.replayed):
            again.append((60, self.chance.choice(self._old)))
        for within_s, old in again:
            self.agenda.later(0.001, within_s, partial(self._come_again, *old))

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
                self.ways[to, sender].lane.heard(self.agenda.now)

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
            has_more = member.post.outbox.taken(to, receipt)
        except FederationError as fault:
            self._failed(member, to, way, fault)
        else:
            way.is_busy = False
            way.lane.delivered(self.agenda.now, has_more=has_more)

    def _failed(self, member: Member, to: MemberId, way: Way, fault: FederationError) -> None:
        if not member.is_up:
            return
        way.is_busy = False
        way.lane.failed(self.agenda.now)

        def note() -> None:
            try:
                member.post.outbox.failed(to, fault)
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
            member = self.troubles.anyone()
            self.agenda.later(0, TROUBLE_S, partial(self._do, member))
        for _ in range(self.plan.troubles):
            self.agenda.later(0, TROUBLE_S, self.troubles.any())

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
        """Whether nothing is left to be done; looked for now and then, because it takes time."""
        if self.agenda.now < self._looked_at + LOOK_S:
            return False
        self._looked_at = self.agenda.now
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
            self.people.act(member)
        finally:
            member.is_acting = False
