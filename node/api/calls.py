"""The calls of the desk port: who calls, in which role, translated to a use case and back."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from federation.errors import InvalidError
from federation.faults import abort
from federation.messages import (
    Asker,
    Detail,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Sought,
)
from node.api import lists
from node.api.activities import ActivityCalls
from node.api.admission import Context
from node.api.alarms import AlarmCalls
from node.api.audits import AuditCalls
from node.api.charters import CharterCalls, charter_to
from node.api.forms import (
    door_to,
    gathered_to,
    hit_to,
    lane_to,
    marking_from,
    members_from,
    outcome_to,
    refused_to,
    sought_from,
    way_to,
)
from node.api.house import House
from node.api.incoming import Incoming, first, received
from node.api.keyring import KeyCalls, key_to
from node.api.told import Told
from node.api.touches import TouchCalls
from node.api.watches import WatchCalls
from node.keeping import Why as Because
from node.keyring.expiries import soon
from node.loading import Load, Loaded
from node.people import Person, Role
from node.screening import LIMIT
from protos.node.v1 import node_pb2 as pb
from protos.node.v1.node_pb2_grpc import DeskServicer

Why = pb.SearchRequest | pb.ShowRequest | pb.ScreenOptions


class DeskPort(
    ActivityCalls,
    AlarmCalls,
    AuditCalls,
    CharterCalls,
    KeyCalls,
    TouchCalls,
    WatchCalls,
    DeskServicer,
):
    """Serves our own people. Every call begins by asking who calls and whether that role may."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._screening = asyncio.Lock()

    async def Search(self, request: pb.SearchRequest, context: Context) -> pb.SearchResponse:
        """Ask the members, as the person who calls."""
        try:
            who, role = self._admitted(context, "Search")
            asked = self._question(request, sought_from(request), Asker(who.id, role))
            if request.HasField("limit"):
                asked = replace(asked, limit=request.limit)
            default_s = self._house.config.ask.timeout_s
            gathered = await self._house.asking.ask(
                asked,
                to=members_from(list(request.to)),
                timeout_s=request.timeout_s if request.HasField("timeout_s") else default_s,
            )
        except Exception as error:  # noqa: BLE001 - the edge: only faults of the one table leave
            await abort(context, error)
        return gathered_to(gathered)

    async def Show(self, request: pb.ShowRequest, context: Context) -> pb.ShowResponse:
        """Ask the owner of one hit for it again."""
        try:
            who, role = self._admitted(context, "Show")
            detail = Detail(Reference(request.reference))
            asked = self._question(request, detail, Asker(who.id, role))
            to = members_from([request.member])
            timeout_s = self._house.config.ask.timeout_s
            gathered = await self._house.asking.ask(asked, to=to, timeout_s=timeout_s)
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        hit = hit_to(gathered.hits[0]) if gathered.hits else None
        return pb.ShowResponse(hit=hit, member=outcome_to(gathered.outcomes[0]))

    async def Load(
        self, request_iterator: AsyncIterator[pb.LoadRequest], context: Context
    ) -> AsyncIterator[pb.LoadResponse]:
        """Take a file in; progress is told while it is read and kept.

        The first progress, of nothing yet, tells the caller that it may send the file.
        """
        try:
            options = await first(request_iterator)
            who, role = self._admitted(context, "Load")
            yield pb.LoadResponse(progress=pb.LoadProgress())
            async with received(options, request_iterator, self._house.incoming) as incoming:
                async for response in self._loaded(incoming, who, role):
                    yield response
        except Exception as error:  # noqa: BLE001
            await abort(context, error)

    async def Screen(
        self, request_iterator: AsyncIterator[pb.ScreenRequest], context: Context
    ) -> AsyncIterator[pb.ScreenResponse]:
        """Match a list against our own records; one list at a time, in the order of asking.

        The first response tells the caller that it may send the list.
        """
        try:
            options = await lists.first(request_iterator)
            who, role = self._admitted(context, "Screen")
            asked = self._question(options, Sought(), Asker(who.id, role))
            asked = replace(asked, limit=options.limit if options.HasField("limit") else LIMIT)
            yield pb.ScreenResponse(ready=pb.ScreenReady())
            incoming = lists.received(options, request_iterator, self._house.incoming)
            async with incoming as list_, self._screening:
                steps = self._house.screening.screen(list_, asked)
                async with aclosing(lists.stepped(steps)) as taken:
                    async for step in taken:
                        for response in lists.responses(step):
                            yield response
        except Exception as error:  # noqa: BLE001
            await abort(context, error)

    async def GetStatus(
        self,
        request: pb.GetStatusRequest,
        context: Context,
    ) -> pb.GetStatusResponse:
        """Say how the node stands."""
        try:
            who, _ = self._admitted(context, "GetStatus")
            standing = await asyncio.to_thread(self._house.administration.standing)
            every = await asyncio.to_thread(self._house.rotating.held)
            now = self._house.clock()
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.GetStatusResponse(
            member=self._house.rotating.ring.member,
            pid=self._house.pid,
            charter_version=standing.charter.version,
            doors=[door_to(door, self._house.clocks) for door in self._house.doors()],
            records=standing.records,
            audit_entries=standing.audit_entries,
            reindex_due=standing.reindex_due,
            lanes=[
                self._marked(lane_to(lane, standing.logs.get(lane.member)))
                for lane in standing.lanes
            ],
            charter=charter_to(standing, self._house.rotating.ring.member, self._house.clock()),
            ways=[way_to(way) for way in standing.ways],
            refused=refused_to(self._house.refusals.counts()),
            alarms=standing.alarms if who.acting("FollowAlarms") else 0,
            ends_soon=[key_to(one, now) for one in soon(every, now)],
            keys_encrypted=self._house.rotating.is_encrypted,
            keys_changing=self._house.rotating.is_changing,
        )

    async def AddPerson(
        self, request: pb.AddPersonRequest, context: Context
    ) -> pb.AddPersonResponse:
        """Issue a certificate for one of our people."""
        try:
            who, _ = self._admitted(context, "AddPerson")
            roles = _roles(list(request.roles))
            added = functools.partial(self._house.administration.person_added, roles, by=who)
            person = PersonId(request.person)
            issued = await asyncio.to_thread(self._house.issue, person, roles, added)
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.AddPersonResponse(certificate=str(issued.certificate), key=str(issued.key))

    async def Reindex(
        self, request: pb.ReindexRequest, context: Context
    ) -> AsyncIterator[pb.ReindexResponse]:
        """Make keys and forms of records anew; progress is told on the way."""
        try:
            who, role = self._admitted(context, "Reindex")
            told: Told[tuple[int, int]] = Told()
            reindex = functools.partial(
                self._house.reindexing.reindex,
                Because(who.id, role, "asked for at the desk"),
                is_all=request.all,
                progress=lambda done, every: told((done, every)),
            )
            reindexing = asyncio.ensure_future(asyncio.to_thread(reindex))
            async for done, every in told.until(reindexing):
                progress = pb.ReindexProgress(done=done, records=every)
                yield pb.ReindexResponse(progress=progress)
            yield pb.ReindexResponse(result=pb.ReindexResult(reindexed=await reindexing))
        except Exception as error:  # noqa: BLE001
            await abort(context, error)

    def _question(self, why: Why, seeks: Sought | Detail, asker: Asker) -> Question:
        return Question(
            id=QuestionId(self._house.ids()),
            asker=asker,
            case=why.case_reference.strip(),
            purpose=why.purpose,
            seeks=seeks,
            topic=why.topic,
            is_urgent=why.urgent,
            limit=self._house.config.ask.limit,
        )

    async def _loaded(
        self, incoming: Incoming, who: Person, role: Role
    ) -> AsyncIterator[pb.LoadResponse]:
        """Load in a thread; tell how many rows it has come to."""
        told: Told[int] = Told()
        load = functools.partial(
            self._house.loading.load, _load(incoming), by=who.id, role=role, progress=told
        )
        loading = asyncio.ensure_future(asyncio.to_thread(load))
        async for read in told.until(loading):
            yield pb.LoadResponse(progress=pb.LoadProgress(read=read))
        yield pb.LoadResponse(result=_result(await loading))


def _load(incoming: Incoming) -> Load:
    options = incoming.options
    if not options.source:
        raise InvalidError("--source must name the list or system")
    return Load(
        path=incoming.path,
        format=options.format,
        source=options.source,
        marking=marking_from(options),
        is_edition=options.edition,
        mapping=incoming.mapping,
    )


def _result(loaded: Loaded) -> pb.LoadResult:
    return pb.LoadResult(
        read=loaded.read,
        stored=loaded.stored,
        updated=loaded.updated,
        unchanged=loaded.unchanged,
        removed=loaded.removed,
        rejected=loaded.rejected,
        rejects=str(loaded.rejects or ""),
    )


def _roles(names: list[str]) -> tuple[Role, ...]:
    if not names or not set(names) <= set(Role):
        raise InvalidError(f"a role is one of {', '.join(Role)}")
    return tuple(Role(name) for name in names)
