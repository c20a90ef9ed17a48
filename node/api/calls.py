"""The calls of the desk port: who calls, in which role, translated to a use case and back."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from federation.errors import InvalidError
from federation.limits import HITS
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
from node.api.admission import Caller, Stream, answered, streamed
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
from node.api.keyring import KeyCalls, is_shown_to, key_state, key_to
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

    @answered
    async def Search(self, request: pb.SearchRequest, caller: Caller) -> pb.SearchResponse:
        """Ask the members, as the person who calls."""
        asked = self._question(request, sought_from(request), caller.asker)
        if request.HasField("limit"):
            asked = replace(asked, limit=request.limit)
        default_s = self._house.config.ask.timeout_s
        gathered = await self._house.asking.ask(
            asked,
            to=members_from(list(request.to)),
            timeout_s=request.timeout_s if request.HasField("timeout_s") else default_s,
        )
        return gathered_to(gathered, asked.limit)

    @answered
    async def Show(self, request: pb.ShowRequest, caller: Caller) -> pb.ShowResponse:
        """Ask the owner of one hit for it again."""
        detail = Detail(Reference(request.reference))
        asked = self._question(request, detail, caller.asker)
        to = members_from([request.member])
        timeout_s = self._house.config.ask.timeout_s
        gathered = await self._house.asking.ask(asked, to=to, timeout_s=timeout_s)
        hit = hit_to(gathered.hits[0]) if gathered.hits else None
        outcome = outcome_to(gathered.outcomes[0], len(gathered.hits), HITS)
        return pb.ShowResponse(hit=hit, member=outcome)

    @streamed
    async def Load(
        self, requests: AsyncIterator[pb.LoadRequest], caller: Caller
    ) -> Stream[pb.LoadResponse]:
        """Take a file in; progress is told while it is read and kept.

        The first progress, of nothing yet, tells the caller that it may send the file.
        """
        options = await first(requests)
        yield pb.LoadResponse(progress=pb.LoadProgress())
        async with received(options, requests, self._house.incoming) as incoming:
            async for response in self._loaded(incoming, caller.person, caller.role):
                yield response

    @streamed
    async def Screen(
        self, requests: AsyncIterator[pb.ScreenRequest], caller: Caller
    ) -> Stream[pb.ScreenResponse]:
        """Match a list against our own records; one list at a time, in the order of asking.

        The first response tells the caller that it may send the list.
        """
        options = await lists.first(requests)
        asked = self._question(options, Sought(), caller.asker)
        asked = replace(asked, limit=options.limit if options.HasField("limit") else LIMIT)
        yield pb.ScreenResponse(ready=pb.ScreenReady())
        incoming = lists.received(options, requests, self._house.incoming)
        async with incoming as list_, self._screening:
            steps = self._house.screening.screen(list_, asked)
            async with aclosing(lists.stepped(steps)) as taken:
                async for step in taken:
                    for response in lists.responses(step):
                        yield response

    @answered
    async def GetStatus(
        self,
        request: pb.GetStatusRequest,
        caller: Caller,
    ) -> pb.GetStatusResponse:
        """Say how the node stands."""
        standing = await asyncio.to_thread(self._house.administration.standing)
        keys, now = await key_state(self._house.rotating), self._house.clock()
        us, who = self._house.rotating.ring.member, caller.person
        return pb.GetStatusResponse(
            member=us,
            pid=self._house.pid,
            charter_version=standing.charter.version,
            doors=[door_to(door, self._house.clocks) for door in self._house.doors()],
            records=standing.records,
            audit_entries=standing.audit_entries,
            reindex_due=standing.reindex_due,
            lanes=[self._marked(lane_to(lane, standing)) for lane in standing.lanes],
            doubt=standing.logs[us].doubt if us in standing.logs else "",
            charter=charter_to(standing, us, now),
            ways=[way_to(way) for way in standing.ways],
            refused=refused_to(self._house.refusals.counts()),
            alarms=standing.alarms if who.acting("FollowAlarms") else 0,
            ends_soon=[key_to(one, now) for one in soon(keys.every, now) if is_shown_to(one, who)],
            keys_encrypted=keys.is_encrypted,
            keys_changing=keys.is_changing,
        )

    @answered
    async def AddPerson(self, request: pb.AddPersonRequest, caller: Caller) -> pb.AddPersonResponse:
        """Issue a certificate for one of our people."""
        roles, person = _roles(list(request.roles)), PersonId(request.person)
        added = functools.partial(self._house.administration.person_added, roles, by=caller.person)
        issued = await asyncio.to_thread(self._house.issue, person, roles, added)
        return pb.AddPersonResponse(certificate=str(issued.certificate), key=str(issued.key))

    @answered
    async def RenewPerson(
        self, request: pb.RenewPersonRequest, caller: Caller
    ) -> pb.RenewPersonResponse:
        """Issue a new certificate for one of our people, for the same key."""
        note = functools.partial(self._house.administration.person_renewed, by=caller.person)
        renewed = await asyncio.to_thread(self._house.renew, PersonId(request.person), note)
        return pb.RenewPersonResponse(certificate=str(renewed))

    @streamed
    async def Reindex(
        self, request: pb.ReindexRequest, caller: Caller
    ) -> Stream[pb.ReindexResponse]:
        """Make keys and forms of records anew; progress is told on the way."""
        told: Told[tuple[int, int]] = Told()
        reindex = functools.partial(
            self._house.reindexing.reindex,
            Because(caller.person.id, caller.role, "asked for at the desk"),
            is_all=request.all,
            progress=lambda done, every: told((done, every)),
        )
        reindexing = asyncio.ensure_future(asyncio.to_thread(reindex))
        async for done, every in told.until(reindexing):
            progress = pb.ReindexProgress(done=done, records=every)
            yield pb.ReindexResponse(progress=progress)
        yield pb.ReindexResponse(result=pb.ReindexResult(reindexed=await reindexing))

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
        awaited=loaded.awaited,
    )


def _roles(names: list[str]) -> tuple[Role, ...]:
    if not names or not set(names) <= set(Role):
        raise InvalidError(f"a role is one of {', '.join(Role)}")
    return tuple(Role(name) for name in names)
