"""The calls of the desk about watches and alerts, translated to use cases and back."""

import asyncio
import functools
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from datetime import datetime, timedelta

from federation.errors import InvalidError
from federation.faults import abort
from federation.messages import Asker, PersonId, Watch, WatchId
from node.alerts.inbox import Shown
from node.alerts.watching import THRESHOLD, Listed
from node.api.admission import Admission, Context
from node.api.forms import hit_to, last_moment, members_from, sought_from
from node.api.lists import stepped
from node.store.alerts import AlertState
from node.store.instants import microseconds
from node.store.mail import Posted
from node.store.watches import AtMember
from protos.node.v1 import node_pb2 as pb


class WatchCalls(Admission):
    """The part of the desk port that is about watches and alerts."""

    async def AddWatch(self, request: pb.AddWatchRequest, context: Context) -> pb.AddWatchResponse:
        """Let a question stand, as the person who calls."""
        try:
            who, role = self._admitted(context, "AddWatch")
            now = self._house.clock()
            watch = self._watch(request, Asker(who.id, role), now)
            ends_at = last_moment(request.case_until) if request.case_until else None
            await asyncio.to_thread(
                self._house.post.watching.add,
                watch,
                members_from(list(request.to)),
                now=now,
                case_ends_at=ends_at,
            )
        except Exception as error:  # noqa: BLE001 - the edge: only faults of the one table leave
            await abort(context, error)
        return pb.AddWatchResponse(watch=watch.id, expires_at=microseconds(watch.expires_at))

    async def ListWatches(
        self, request: pb.ListWatchesRequest, context: Context
    ) -> pb.ListWatchesResponse:
        """List watches and how they stand."""
        try:
            who, role = self._admitted(context, "ListWatches")
            every, shown = self._house.post.watching.every, self._house.administration.shown
            listed = await asyncio.to_thread(lambda: every(is_ended=request.all))
            ids = [one.watch.id for one in listed]
            await asyncio.to_thread(lambda: shown("watches", ids, by=who, role=role))
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        watches = list(map(_watch_to, listed))
        for watch in watches:
            for member in watch.members:
                self._marked(member)
        return pb.ListWatchesResponse(watches=watches)

    async def RenewWatch(
        self, request: pb.RenewWatchRequest, context: Context
    ) -> pb.RenewWatchResponse:
        """Let a watch stand longer."""
        try:
            who, _ = self._admitted(context, "RenewWatch")
            renew, until = self._house.post.watching.renew, last_moment(request.until)
            id, now = WatchId(request.watch), self._house.clock()
            await asyncio.to_thread(lambda: renew(id, who, until=until, now=now))
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.RenewWatchResponse()

    async def RemoveWatch(
        self, request: pb.RemoveWatchRequest, context: Context
    ) -> pb.RemoveWatchResponse:
        """End a watch everywhere."""
        try:
            who, _ = self._admitted(context, "RemoveWatch")
            remove = self._house.post.watching.remove
            await asyncio.to_thread(remove, WatchId(request.watch), who)
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.RemoveWatchResponse()

    async def FollowAlerts(
        self, request: pb.FollowAlertsRequest, context: Context
    ) -> AsyncIterator[pb.FollowAlertsResponse]:
        """Show alerts in the order of their last change, and go on as they come."""
        try:
            who, role = self._admitted(context, "FollowAlerts")
            behind = functools.partial(self._house.post.inbox.shown_to, who, role)
            async for one in self._changes(behind, lambda one: one.alert.change, request.after):
                if one:
                    yield pb.FollowAlertsResponse(alert=self._marked(_alert_to(one)))
                elif not request.follow:
                    return
        except Exception as error:  # noqa: BLE001
            await abort(context, error)

    async def ListMail(
        self, request: pb.ListMailRequest, context: Context
    ) -> AsyncIterator[pb.ListMailResponse]:
        """List notices and how their delivery stands."""
        try:
            self._admitted(context, "ListMail")
            posted = self._house.post.outbox.posted(request.to.strip().upper(), request.state)
            async with aclosing(stepped(posted)) as taken:
                async for one in taken:
                    yield pb.ListMailResponse(
                        member=one.member, delivery=delivery_to(one), about=one.about
                    )
        except Exception as error:  # noqa: BLE001
            await abort(context, error)

    async def ChangeAlert(
        self, request: pb.ChangeAlertRequest, context: Context
    ) -> pb.ChangeAlertResponse:
        """Note what became of an alert."""
        try:
            who, _ = self._admitted(context, "ChangeAlert")
            state, change = _state(request.state), self._house.post.change
            assignee = PersonId(request.assignee) if request.assignee else None
            await asyncio.to_thread(lambda: change(request.alert, state, who, assignee=assignee))
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.ChangeAlertResponse()

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
    )
