"""The calls of the desk about watches and alerts, translated to use cases and back."""

import asyncio
import functools
from collections.abc import Iterable
from contextlib import aclosing
from datetime import datetime, timedelta

from federation.errors import InvalidError
from federation.messages import Asker, PersonId, Watch, WatchId
from node.alerts.inbox import Shown
from node.alerts.watching import THRESHOLD, Listed
from node.api.admission import Admission, Caller, Stream, answered, streamed
from node.api.forms import hit_to, last_moment, member_from, members_from, sought_from, target_to
from node.api.lists import stepped
from node.store.alerts import AlertState
from node.store.instants import microseconds
from node.store.mail import Posted
from node.store.watches import AtMember
from protos.node.v1 import node_pb2 as pb


class WatchCalls(Admission):
    """The part of the desk port that is about watches and alerts."""

    @answered
    async def AddWatch(self, request: pb.AddWatchRequest, caller: Caller) -> pb.AddWatchResponse:
        """Let a question stand, as the person who calls."""
        now = self._house.clock()
        watch = self._watch(request, caller.asker, now)
        ends_at = last_moment(request.case_until) if request.case_until else None
        if ends_at and ends_at <= now:
            raise InvalidError("the case is over (--case-until): a watch ends with its case")
        await asyncio.to_thread(
            self._house.post.watching.add,
            watch,
            members_from(list(request.to)),
            now=now,
            case_ends_at=ends_at,
        )
        return pb.AddWatchResponse(watch=watch.id, expires_at=microseconds(watch.expires_at))

    @answered
    async def ListWatches(
        self, request: pb.ListWatchesRequest, caller: Caller
    ) -> pb.ListWatchesResponse:
        """List watches and how they stand."""
        every, shown = self._house.post.watching.every, self._house.administration.shown
        listed = await asyncio.to_thread(lambda: every(is_ended=request.all))
        ids = [one.watch.id for one in listed]
        await asyncio.to_thread(lambda: shown("watches", ids, by=caller.person, role=caller.role))
        watches = list(map(_watch_to, listed))
        for watch in watches:
            for member in watch.members:
                self._marked(member)
        return pb.ListWatchesResponse(watches=watches)

    @answered
    async def RenewWatch(
        self, request: pb.RenewWatchRequest, caller: Caller
    ) -> pb.RenewWatchResponse:
        """Let a watch stand longer."""
        renew, until = self._house.post.watching.renew, last_moment(request.until)
        id, now = WatchId(request.watch), self._house.clock()
        await asyncio.to_thread(lambda: renew(id, caller.person, until=until, now=now))
        return pb.RenewWatchResponse()

    @answered
    async def RemoveWatch(
        self, request: pb.RemoveWatchRequest, caller: Caller
    ) -> pb.RemoveWatchResponse:
        """End a watch everywhere."""
        remove = self._house.post.watching.remove
        await asyncio.to_thread(remove, WatchId(request.watch), caller.person)
        return pb.RemoveWatchResponse()

    @streamed
    async def FollowAlerts(
        self, request: pb.FollowAlertsRequest, caller: Caller
    ) -> Stream[pb.FollowAlertsResponse]:
        """Show alerts in the order of their last change, and go on as they come."""
        behind = functools.partial(self._house.post.inbox.shown_to, caller.person, caller.role)
        async for one in self._changes(behind, lambda one: one.alert.change, request):
            yield pb.FollowAlertsResponse(alert=self._marked(_alert_to(one)))

    @streamed
    async def ListMail(
        self, request: pb.ListMailRequest, caller: Caller
    ) -> Stream[pb.ListMailResponse]:
        """List notices and how their delivery stands."""
        member, members = member_from(request.to), self._house.administration.charter().members
        is_known = not member or member in members
        posted = self._house.post.outbox.posted(member, request.state)
        async with aclosing(stepped(posted)) as taken:
            async for one in taken:
                is_known = True
                yield pb.ListMailResponse(
                    member=one.member, delivery=delivery_to(one), about=one.about
                )
        if not is_known:
            raise InvalidError(f"no mail to {member}: members are {', '.join(members)}")

    @answered
    async def ChangeAlert(
        self, request: pb.ChangeAlertRequest, caller: Caller
    ) -> pb.ChangeAlertResponse:
        """Note what became of an alert."""
        state, change = _state(request.state), self._house.post.change
        assignee = self._colleague(request.assignee) if request.assignee else None
        await asyncio.to_thread(
            lambda: change(request.alert, state, caller.person, assignee=assignee)
        )
        return pb.ChangeAlertResponse()

    def _colleague(self, name: str) -> PersonId:
        """One of our people as somebody names them; raises `InvalidError` for nobody of ours."""
        if name not in self._house.people():
            raise InvalidError("nobody of this name has a certificate here (amber people add)")
        return PersonId(name)

    def _watch(self, request: pb.AddWatchRequest, asker: Asker, now: datetime) -> Watch:
        """The watch that is asked for; unless it says otherwise it stands as long as it may."""
        longest = now + timedelta(days=self._house.config.watch.most_days)
        if request.case_until:
            longest = min(longest, last_moment(request.case_until))
        return Watch(
            id=WatchId(self._house.ids()),
            asker=asker,
            case=request.case_reference.strip(),
            purpose=request.purpose,
            seeks=sought_from(request),
            threshold=_threshold(request),
            expires_at=last_moment(request.until) if request.until else longest,
            topic=request.topic,
            is_urgent=request.urgent,
        )


def _threshold(request: pb.AddWatchRequest) -> float:
    if not request.HasField("threshold"):
        return THRESHOLD
    if not 0 < request.threshold <= 1:
        raise InvalidError("--threshold is a score from 0 to 1")
    return request.threshold


def _state(word: str) -> AlertState:
    if word not in set(AlertState) - {AlertState.NEW}:
        raise InvalidError("an alert becomes seen, assigned, useful or false")
    return AlertState(word)


def _watch_to(listed: Listed) -> pb.Watch:
    own, watch = listed.own, listed.watch
    return pb.Watch(
        watch=watch.id,
        person=own.person,
        name=watch.seeks.name,
        birth_date=watch.seeks.birth_date,
        nationality=watch.seeks.nationality,
        identifiers=[pb.Identifier(type=i.type, value=i.value) for i in watch.seeks.identifiers],
        kind=watch.seeks.kind,
        case_reference=watch.case,
        purpose=watch.purpose,
        topic=watch.topic,
        urgent=watch.is_urgent,
        threshold=watch.threshold,
        made_at=microseconds(own.made_at),
        expires_at=microseconds(own.expires_at),
        ended_at=microseconds(own.ended_at) if own.ended_at else 0,
        members=[_member_to(one, listed.deliveries) for one in own.members],
        alerts=listed.alerts,
        unseen=listed.unseen,
        proposed_threshold=listed.proposed,
    )


def _member_to(one: AtMember, deliveries: Iterable[Posted]) -> pb.WatchMember:
    return pb.WatchMember(
        member=one.member,
        state=one.state,
        ground=one.ground,
        changed_at=microseconds(one.changed_at),
        deliveries=[delivery_to(posted) for posted in deliveries if posted.member == one.member],
    )


def delivery_to(posted: Posted) -> pb.Delivery:
    """One notice and how its delivery stands."""
    return pb.Delivery(
        notice=posted.id,
        kind=posted.kind,
        sequence=posted.sequence,
        state=posted.state,
        ground=posted.ground,
        queued_at=microseconds(posted.queued_at),
        ended_at=microseconds(posted.ended_at) if posted.ended_at else 0,
    )


def _alert_to(shown: Shown) -> pb.Alert:
    alert, watch = shown.alert, shown.watch
    return pb.Alert(
        alert=alert.id,
        watch=alert.watch,
        case_reference=watch.case,
        topic=watch.topic,
        urgent=watch.is_urgent,
        state=alert.state,
        assignee=alert.assignee,
        recalled=alert.recalled,
        times=alert.times,
        first_at=microseconds(alert.first_at),
        last_at=microseconds(alert.last_at),
        hit=hit_to(shown.hit) if shown.hit else None,
        member=alert.member,
        reference=alert.reference,
        change=alert.change,
        priority=shown.priority,
        seeks=target_to(watch.seeks),
    )
