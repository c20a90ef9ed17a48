"""A federation of nodes in one process: real files, keys and TLS, a clock turned by hand."""

import asyncio
import itertools
import os
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from federation import charter
from federation.messages import (
    Asker,
    Entity,
    Gathered,
    Hit,
    Identifier,
    Marking,
    MemberId,
    Outcome,
    PersonId,
    Question,
    QuestionId,
    Sought,
    Watch,
    WatchId,
)
from node import app, config, store
from node import home as homes
from node.alerts.inbox import Shown
from node.api.house import House
from node.audit import Entry, decode
from node.codes import SHARES
from node.keeping import Keeping, Why
from node.kinds import SCHEMA_FOR, Kind, property_for
from node.records import Change, Draft
from node.search import findable

Result = TypeVar("Result")
#: Changes the settings of a member before its home is made.
Settings = Callable[[config.Config], config.Config]

#: Ports of this test process, apart from those of processes beside it: a stretch for each of one
#: run, begun elsewhere by each run.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_STRETCH = range(12_000 + _WORKER * 6_000, 17_900 + _WORKER * 6_000, 64)
_BASES = itertools.islice(itertools.cycle(_STRETCH), os.getpid() % len(_STRETCH), None)
_SHM = Path("/dev/shm")  # noqa: S108 - memory, so that a test does not wait for a disk


@dataclass
class Clock:
    """A clock that stands still until it is turned. It begins now: TLS has a clock of its own."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def turn(self, **by: float) -> None:
        """Turn it forward, as in `turn(hours=2)`."""
        self.now += timedelta(**by)


@dataclass
class Found:
    """What a search brought, in the words of a test."""

    gathered: Gathered

    @property
    def is_complete(self) -> bool:
        """Whether everybody answered."""
        return self.gathered.is_complete

    def hits_from(self, member: str) -> tuple[Hit, ...]:
        """The hits of one member."""
        return tuple(hit for hit in self.gathered.hits if hit.member == member.upper())

    def ids_from(self, member: str) -> list[str]:
        """The owner's own ids of one member's hits, where it shows them."""
        return [hit.entity.id for hit in self.hits_from(member) if hit.entity]

    def outcome(self, member: str) -> Outcome:
        """How one member met the question."""
        return next(one for one in self.gathered.outcomes if one.member == member.upper())


@dataclass
class Place:
    """One member's node in the world."""

    world: "World"
    home: homes.Home
    node: app.Node | None = None
    house: House | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    @property
    def up(self) -> app.Node:
        """The running node."""
        assert self.node is not None, "this node was stopped"
        return self.node

    @property
    def desk(self) -> House:
        """What the desk of the running node may use."""
        assert self.house is not None, "this node was stopped"
        return self.house

    def start(self) -> None:
        """Run it, with doors and desk."""

        async def begin() -> None:
            self.node = await self._stack.enter_async_context(app.running(self.home))
            self.house = self.node.house()

        self.world.run(begin())

    def stop(self) -> None:
        """Stop it; its port is closed, as of a process that ended."""
        self.world.run(self._stack.aclose())
        self.node = self.house = None

    def holds(  # noqa: PLR0913 - the words of a test
        self,
        name: str = "",
        *,
        kind: str = "person",
        id: str | None = None,
        identifiers: Sequence[tuple[str, str]] = (),
        audience: Sequence[str] = ("ALL",),
        share: str = "full",
        marking: Marking | None = None,
        **properties: str,
    ) -> str:
        """Store a record; returns its id here. Properties are FollowTheMoney's words."""
        id = id or f"{self.home.member}-{next(self._ids)}"
        values: dict[str, list[str]] = {word: [value] for word, value in properties.items()}
        if name:
            values["name"] = [name]
        for type_, value in identifiers:
            word, typed = property_for(Identifier(type_, value), Kind(kind))
            values.setdefault(word, []).append(typed)
        entity = Entity(id, SCHEMA_FOR[Kind(kind)], {word: tuple(v) for word, v in values.items()})
        marked = replace(
            marking or Marking(),
            share=SHARES[share],
            audience=frozenset(name if name == "ALL" else name.upper() for name in audience),
        )
        self.keeps(Draft(entity, marked, "tests"))
        return id

    def changes(self, id: str, **marking: Any) -> None:
        """Give a record another marking, as in `changes(id, share=Share.HIDDEN)`."""
        keeping = Keeping(self.home.member, findable, app.new_id, self.up.post.matching.notice)
        with self.up.store.write() as tx:
            held = store.records.by_source(tx, "tests", [id])[id]
            marked = replace(held.record.marking, **marking)
            why = Why(PersonId("first"), "analyst", "a test")
            keeping.remark(tx, held.record.id, marked, why)

    def withdraws(self, id: str) -> None:
        """Take a record out of every search."""
        keeping = Keeping(self.home.member, findable, app.new_id, self.up.post.matching.notice)
        with self.up.store.write() as tx:
            keeping.withdraw(tx, "tests", [id], Why(PersonId("first"), "analyst", "a test"))

    def keeps(self, *drafts: Draft) -> Counter[Change]:
        """Store drafts as an analyst of this member."""
        keeping = Keeping(self.home.member, findable, app.new_id, self.up.post.matching.notice)
        with self.up.store.write() as tx:
            return keeping.keep(tx, drafts, Why(PersonId("first"), "analyst", "a test"))

    def search(  # noqa: PLR0913
        self,
        name: str = "",
        *,
        purpose: str = "investigation",
        case: str = "CASE-1",
        role: str = "analyst",
        to: Sequence[str] = (),
        timeout_s: float = 10.0,
        topic: str = "",
        is_urgent: bool = False,
        limit: int = 10,
        **sought: Any,
    ) -> Found:
        """Ask the federation as one of this member's people."""
        question = Question(
            id=QuestionId(app.new_id()),
            asker=Asker(PersonId("first"), role),
            case=case,
            purpose=purpose,
            seeks=Sought(name=name, **sought),
            topic=topic,
            is_urgent=is_urgent,
            limit=limit,
        )
        members = [MemberId(member.upper()) for member in to]
        asked = self.desk.asking.ask(question, to=members, timeout_s=timeout_s)
        return Found(self.world.run(asked))

    def watches(  # noqa: PLR0913
        self,
        name: str = "",
        *,
        to: Sequence[str] = (),
        threshold: float = 0.7,
        days: float = 30,
        purpose: str = "investigation",
        topic: str = "",
        role: str = "analyst",
        **sought: Any,
    ) -> WatchId:
        """Let a question stand, as one of this member's people."""
        now = self.world.clock()
        watch = Watch(
            id=WatchId(app.new_id()),
            asker=Asker(PersonId("first"), role),
            case="CASE-1",
            purpose=purpose,
            seeks=Sought(name=name, **sought),
            threshold=threshold,
            expires_at=now + timedelta(days=days),
            topic=topic,
        )
        members = [MemberId(member.upper()) for member in to]
        return self.up.post.watching.add(watch, members, now=now)

    def watch_states(self, id: WatchId) -> dict[str, str]:
        """How a watch stands at each member."""
        every = self.up.post.watching.every(is_ended=True)
        [listed] = [one for one in every if one.watch.id == id]
        return {one.member: str(one.state) for one in listed.own.members}

    @property
    def alerts(self) -> list[Shown]:
        """Its inbox."""
        return self.up.post.inbox.behind(0)

    @property
    def audit(self) -> list[Entry]:
        """Every entry of its log."""
        with self.up.store.view() as view:
            return [decode(row) for row in store.audit.read(view)]

    @property
    def last_audit(self) -> Entry:
        """The newest entry of its log."""
        return self.audit[-1]


class World:
    """Members by name, `world["ee"]`, under one charter, on one loop in a thread of its own."""

    def __init__(
        self,
        folder: Path,
        members: Sequence[str],
        settings: Callable[[config.Config], config.Config],
        life: timedelta = homes.LONG,
    ) -> None:
        self.clock = Clock()
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        made = [
            homes.make(folder / name, settings(_settings(name)), self.clock) for name in members
        ]
        homes.federate(made, life)
        self.places = {
            home.member.lower(): Place(self, replace(home, is_durable=False)) for home in made
        }

    def stranger(self, member: str) -> Place:
        """One more home, whose node is alone under a charter of its own."""
        home = homes.make(self.folder / member, _settings(member), self.clock)
        place = self.places[member.lower()] = Place(self, replace(home, is_durable=False))
        return place

    def __getitem__(self, name: str) -> Place:
        return self.places[name.lower()]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something on the world's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=60)

    def close(self) -> None:
        """Stop every node and the loop."""
        for place in self.places.values():
            if place.node:
                place.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


def _as_it_is(settings: config.Config) -> config.Config:
    return settings


@contextmanager
def federation(
    *members: str, settings: Settings = _as_it_is, life: timedelta = homes.LONG
) -> Iterator[World]:
    """A running world of these members, whose first charter lasts so long.

    Its files are gone when it ends.
    """
    with tempfile.TemporaryDirectory(dir=_SHM if _SHM.is_dir() else None) as folder:
        world = World(Path(folder), [member.upper() for member in members], settings, life)
        try:
            for place in world.places.values():
                place.start()
            yield world
        finally:
            world.close()


def signed(document: bytes, *by: homes.Home) -> bytes:
    """A charter that goes round as a file, with the signature of each of these members."""
    for home in by:
        document = charter.sign(document, home.keys().signer, current=home.document())
    return document


def eventually(what: Callable[[], Result], timeout_s: float = 10.0) -> Result:
    """What comes true by itself, as soon as it does; fails when it does not in time."""
    ended = time.monotonic() + timeout_s
    while not (found := what()):
        assert time.monotonic() < ended, "it did not come true"
        threading.Event().wait(0.01)
    return found


def _settings(member: str) -> config.Config:
    return config.lab_member(member, free_base(), has_quotas=False)


def free_base(nodes: int = 1) -> int:
    """The next base from which the ports of so many nodes are nobody's."""
    while True:
        bases = [next(_BASES) for _ in range(nodes)]
        in_a_row = bases[-1] - bases[0] == (nodes - 1) * 64
        if in_a_row and all(_is_free(base + number) for base in bases for number in range(12)):
            return bases[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
