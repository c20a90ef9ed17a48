"""Three nodes as processes, each reached by the others through links that can be cut."""

import asyncio
import contextlib
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from federation.charter import Member
from federation.messages import MemberId, PersonId
from node import config, desk, store
from node import home as homes
from node.desk import Desk, Line
from node.home import Home
from node.records import RecordId
from node.store import House, View
from node.store.instants import instant
from tests.flows.links import Link
from tests.simulation.evidence import Evidence, undone
from tests.simulation.history import Event, Kept

#: Where a node listens, and where the charter says that it does: the links lie between.
DOORS, KNOCKS = "127.0.0.1", "127.0.0.2"
PERSON = PersonId("first")
#: A file of a process whose disk is full cannot be longer than this.
FULL_BYTES = 4_096


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


@dataclass
class Process:
    """One node: its home, and its process while it runs."""

    home: Home
    running: subprocess.Popen[bytes] | None = None

    @property
    def id(self) -> MemberId:
        """Which member it is."""
        return self.home.member

    def start(self) -> None:
        """Begin a process, as `amber lab start` does."""
        with (self.home.path / "node.log").open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-P", "-m", "node", "serve", str(self.home.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ends(self, number: signal.Signals) -> None:
        """End its process by a signal."""
        if self.running:
            self.running.send_signal(number)
            self.running.wait(30)
            self.running = None

    def fill(self, bytes_: int) -> None:
        """No file of it grows beyond so many bytes from now on: -1 for any."""
        if self.running:
            limits = (bytes_, resource.RLIM_INFINITY)
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(self.running.pid, resource.RLIMIT_FSIZE, limits)

    @property
    def is_up(self) -> bool:
        """Whether its present process has come so far that it says where its desk is."""
        said = self.home.running()
        return bool(said and self.running and said.pid == self.running.pid)

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """Its desk, as its first person reaches it."""
        said = self.home.running()
        address = said.desk if said else f"{DOORS}:1"
        key, certificate = self.home.person_credentials(PERSON)
        line = Line(address, self.id, self.home.ca(), key, certificate)
        async with desk.opened(line) as opened:
            yield opened

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """What is on its disk, beside the process that writes there."""
        reading = store.look(self.home.database, House(self.id, clock, self.home.keys()))
        try:
            with reading.view() as view:
                yield view
        finally:
            reading.close()

    def undone(self) -> list[str]:
        """What it still has to do."""
        with self.view() as view:
            return list(undone(view))


@dataclass
class Nodes:
    """All three, under one charter, with a link for each way."""

    folder: Path
    base: int
    most_waiting: int
    processes: dict[MemberId, Process] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        made = [
            homes.make(self.folder / id, self._settings(id, 64 * place), clock)
            for place, id in enumerate(("EE", "LV", "PL"))
        ]
        homes.federate(made)
        self.processes = {home.member: Process(home) for home in made}
        members = made[0].charter().members.values()
        self.links = [_link(to, by) for to in members for by in members if to != by]

    def _settings(self, id: str, offset: int) -> config.Config:
        settings = config.lab_member(id, self.base + offset, has_quotas=False)
        return msgspec.structs.replace(
            settings,
            member=msgspec.structs.replace(settings.member, host=KNOCKS),
            listen=config.Listen(host=DOORS),
            mail=config.Mail(beat_s=5.0, most_waiting=self.most_waiting),
        )

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """Everything is there until this ends."""
        for link in self.links:
            await link.open()
        try:
            for process in self.processes.values():
                process.start()
            yield
        finally:
            for process in self.processes.values():
                process.ends(signal.SIGKILL)
            for link in self.links:
                await link.close()

    async def quiet(self, within_s: float) -> list[str]:
        """What is still to be done when nothing is, or after so many seconds."""
        async with asyncio.timeout(within_s):
            while left := [word for one in self.processes.values() for word in one.undone()]:  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.2)
        return left

    def history(self) -> list[Event]:
        """What the databases say that happened; their nodes must be stopped."""
        evidence = {id: Evidence(id) for id in self.processes}
        told: list[list[Event]] = [[], [], [], []]
        for id, process in self.processes.items():
            with process.view() as view:
                told[0] += _told(view, evidence[id])
        known = {key: one for each in evidence.values() for key, one in each.references.items()}
        for id, process in self.processes.items():
            with process.view() as view:
                for lane in store.mail.lanes(view):
                    told[1] += evidence[id].arrived(view, lane.member)
                    told[2] += evidence[id].acknowledged(view, lane.member)
                told[3] += evidence[id].end(view, clock(), known)
        return [event for part in told for event in part]


def _link(to: Member, by: Member) -> Link:
    port = to.door_for(by)
    return Link((KNOCKS, port), (DOORS, port))


def _told(view: View, evidence: Evidence) -> list[Event]:
    """What a member kept and sent, in the order in which it did."""
    at: list[tuple[datetime, int, Event]] = []
    for (id,) in view._live().execute("SELECT id FROM record").fetchall():
        at += [(when, 0, kept) for when, kept in _kept(view, evidence.us, id)]
    queued_at = dict(view._live().execute("SELECT id, queued_at FROM mail_out").fetchall())
    for lane in store.mail.lanes(view):
        sent = evidence.sent(view, lane.member)
        at += [(instant(queued_at[one.id]), 1, one) for one in sent]
    return [event for _, _, event in sorted(at, key=lambda one: one[:2])]


def _kept(view: View, us: MemberId, id: str) -> Iterator[tuple[datetime, Kept]]:
    for one in store.records.versions(view, RecordId(id)):
        assert one.entity, "nothing is erased here"
        audience = frozenset(str(name) for name in one.marking.audience)
        about = (one.version, one.entity.first("name"), int(one.marking.share), audience)
        yield one.changed_at, Kept(us, id, *about, one.entity.first("notes"))
