"""The client of our own running node: what a person's command asks of it over the desk port.

Answers come back in the plain words that `--json` prints, so that a command only has to lay
them out.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from federation import trust
from federation.messages import MemberId, Sought
from node.desk.activities import ActivityCalls, Plan
from node.desk.audits import AuditCalls
from node.desk.charters import CharterCalls, Wanted, standing_of
from node.desk.keyring import KeyCalls, key_of
from node.desk.plain import Plain, Whom, Why, each, ended, fields, hit_of, outcome_of, told
from node.desk.watches import Until, WatchCalls
from protos.node.v1 import node_pb2 as pb
from protos.node.v1 import node_pb2_grpc

__all__ = [
    "Answers",
    "Begun",
    "Desk",
    "Line",
    "LoadOptions",
    "Plain",
    "Plan",
    "ScreenOptions",
    "Until",
    "Wanted",
    "Whom",
    "Why",
    "opened",
]

CHUNK_BYTES = 256 * 1024

ScreenCall = grpc.aio.StreamStreamCall[pb.ScreenRequest, pb.ScreenResponse]
LoadCall = grpc.aio.StreamStreamCall[pb.LoadRequest, pb.LoadResponse]


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a file is to be read and what every record of it is marked with."""

    format: str
    source: str
    is_edition: bool
    share: str
    to: tuple[str, ...]
    handling: tuple[str, ...]
    handling_text: str
    topic: str
    category: str
    grade: str
    mapping: bytes = b""
    tell: str = ""


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """Why a list is screened and what is wanted of each row; how much of it is there already."""

    why: Why
    limit: int
    is_strong_only: bool
    answered: int
    screening: str


@dataclass(frozen=True, slots=True)
class Begun:
    """How many rows a list has, and how many of the answers that are there hold."""

    rows: int
    answered: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The next bytes of the answers; how many there are by now, None in the middle of a part."""

    lines: bytes
    answered: int | None


class Desk(ActivityCalls, AuditCalls, CharterCalls, KeyCalls, WatchCalls):
    """An open line to a node, as the person whose certificate opened it.

    Every fault of the node is raised as the fault it was there.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._calls = node_pb2_grpc.DeskStub(channel)

    async def search(self, sought: Sought, *, why: Why, whom: Whom) -> Plain:
        """Ask the chosen members at once; hits best first, and how each member met it."""
        request = pb.SearchRequest(
            name=sought.name,
            birth_date=sought.birth_date,
            nationality=sought.nationality,
            identifiers=[pb.Identifier(type=i.type, value=i.value) for i in sought.identifiers],
            kind=sought.kind,
            case_reference=why.case,
            purpose=why.purpose,
            topic=why.topic,
            urgent=why.is_urgent,
            to=whom.to,
            limit=whom.limit,
            timeout_s=whom.timeout_s,
        )
        response = await told(self._calls.Search(request))
        return {
            "question": response.question,
            "complete": response.complete,
            "hits": [hit_of(hit) for hit in response.hits],
            "members": [outcome_of(outcome) for outcome in response.members],
        }

    async def show(self, member: str, reference: str, *, why: Why) -> Plain:
        """Fetch one hit again from its owner, as much of it as is shared now."""
        request = pb.ShowRequest(
            member=member,
            reference=reference,
            case_reference=why.case,
            purpose=why.purpose,
            topic=why.topic,
            urgent=why.is_urgent,
        )
        response = await told(self._calls.Show(request))
        found = _fetched(response.hit) if response.HasField("hit") else None
        return {"hit": found, "member": outcome_of(response.member)}

    async def load(
        self, path: Path, options: LoadOptions, progress: Callable[[int], None]
    ) -> Plain:
        """Store a file, or every file of a folder; `progress` hears how many rows were read.

        Nothing of the file is sent before the node has said that this person may load it.
        """
        call = self._calls.Load()
        result: Plain = {}
        try:
            await call.write(_load_options(path, options))
            await call.read()
            await _send(call, path)
            while isinstance(response := await call.read(), pb.LoadResponse):
                if response.HasField("progress"):
                    progress(response.progress.read)
                else:
                    awaited = list(response.result.awaited)
                    result = fields(response.result) | {"awaited": awaited}
        except grpc.aio.AioRpcError as error:
            raise ended(error) from None
        return result

    async def screen(
        self, path: Path, options: ScreenOptions
    ) -> AsyncIterator[Begun | Answers | Plain]:
        """Screen a list: how it begins, its answers piece by piece, and what it came to.

        Nothing of the list is sent before the node has said that this person may screen.
        """
        call = self._calls.Screen()
        try:
            await call.write(_screen_options(path, options))
            await call.read()
            await _send_list(call, path)
            while isinstance(response := await call.read(), pb.ScreenResponse):
                yield _screened(response)
        except grpc.aio.AioRpcError as error:
            raise ended(error) from None
        finally:
            call.cancel()

    async def status(self) -> Plain:
        """How the node stands."""
        response = await told(self._calls.GetStatus(pb.GetStatusRequest()))
        doors, lanes = map(fields, response.doors), map(fields, response.lanes)
        ways, refused = map(fields, response.ways), map(fields, response.refused)
        ends = map(key_of, response.ends_soon)
        lists = {"doors": doors, "lanes": lanes, "ways": ways, "refused": refused}
        plain = {name: list(rows) for name, rows in (lists | {"ends_soon": ends}).items()}
        return fields(response) | plain | {"charter": standing_of(response.charter)}

    async def reindex(self, progress: Callable[[int, int], None], *, is_all: bool) -> Plain:
        """Make keys and forms of records anew; `progress` hears how many of how many are done."""
        call = self._calls.Reindex(pb.ReindexRequest(all=is_all))
        result: Plain = {}
        async for response in each(call):
            if response.HasField("progress"):
                progress(response.progress.done, response.progress.records)
            else:
                result = fields(response.result)
        return result

    async def renew_person(self, person: str) -> Plain:
        """Issue a new certificate for one of our own people, for the same key."""
        response = await told(self._calls.RenewPerson(pb.RenewPersonRequest(person=person)))
        return fields(response)

    async def add_person(self, person: str, roles: Sequence[str]) -> Plain:
        """Issue a certificate for one of our own people."""
        request = pb.AddPersonRequest(person=person, roles=roles)
        response = await told(self._calls.AddPerson(request))
        return fields(response)


@dataclass(frozen=True, slots=True)
class Line:
    """How a person reaches the desk of a node: address, the node's CA, the person's credentials."""

    address: str
    member: MemberId
    ca: bytes
    key: bytes
    certificate: bytes


@asynccontextmanager
async def opened(line: Line) -> AsyncIterator[Desk]:
    """An open line to the desk, closed when this ends."""
    channel = trust.desk_channel(
        line.address, line.ca, line.member, key=line.key, certificate=line.certificate
    )
    async with channel:
        yield Desk(channel)


def _fetched(hit: pb.Hit) -> Plain:
    """A hit that was asked for by its reference: nothing was compared, so nothing is scored."""
    return hit_of(hit) | {"score": None, "strong": None}


async def _send(call: LoadCall, path: Path) -> None:
    """Send a file, or every file of a folder; a node that has ended the call hears no more."""
    for chunk in _chunks(path):
        if call.done():
            return
        await call.write(pb.LoadRequest(chunk=chunk))
    await call.done_writing()


async def _send_list(call: ScreenCall, path: Path) -> None:
    """Send a list; a node that has ended the call hears no more."""
    with path.open("rb") as stream:
        while not call.done() and (data := stream.read(CHUNK_BYTES)):
            await call.write(pb.ScreenRequest(chunk=data))
    if not call.done():
        await call.done_writing()


def _screen_options(path: Path, options: ScreenOptions) -> pb.ScreenRequest:
    return pb.ScreenRequest(
        options=pb.ScreenOptions(
            case_reference=options.why.case,
            purpose=options.why.purpose,
            topic=options.why.topic,
            urgent=options.why.is_urgent,
            limit=options.limit,
            strong_only=options.is_strong_only,
            name=path.name,
            answered=options.answered,
            screening=options.screening,
        )
    )


def _screened(response: pb.ScreenResponse) -> Begun | Answers | Plain:
    match response.WhichOneof("part"):
        case "begun":
            return Begun(response.begun.rows, response.begun.answered)
        case "answers":
            return Answers(response.answers.lines, response.answers.answered or None)
        case _:
            return fields(response.result)


def _chunks(path: Path) -> Iterator[pb.LoadChunk]:
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if file.is_file():
            yield pb.LoadChunk(file=file.name)  # an empty file is one, too
            with file.open("rb") as stream:
                while data := stream.read(CHUNK_BYTES):
                    yield pb.LoadChunk(file=file.name, data=data)


def _load_options(path: Path, options: LoadOptions) -> pb.LoadRequest:
    return pb.LoadRequest(
        options=pb.LoadOptions(
            format=options.format,
            source=options.source,
            edition=options.is_edition,
            share=options.share,
            to=options.to,
            handling=options.handling,
            handling_text=options.handling_text,
            topic=options.topic,
            category=options.category,
            grade=options.grade,
            tell=options.tell,
            mapping=options.mapping,
            name=path.name,
            folder=path.is_dir(),
        )
    )
