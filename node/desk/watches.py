"""Watches and alerts, as a person's command asks for them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from federation.messages import Sought
from node.desk.plain import Plain, Whom, Why, each, fields, hit_of, told
from protos.node.v1 import node_pb2 as pb
from protos.node.v1 import node_pb2_grpc


@dataclass(frozen=True, slots=True)
class Until:
    """How long a watch stands, and from which score on it raises an alert; empty is the default."""

    until: str = ""
    case_until: str = ""
    threshold: float | None = None


_DEFAULT = Until()


class WatchCalls:
    """The part of a desk that is about watches and alerts."""

    _calls: "node_pb2_grpc.DeskAsyncStub"

    async def add_watch(
        self, sought: Sought, *, why: Why, whom: Whom, until: Until = _DEFAULT
    ) -> Plain:
        """Let a question stand at the chosen members."""
        request = pb.AddWatchRequest(
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
            threshold=until.threshold,
            until=until.until,
            case_until=until.case_until,
        )
        response = await told(self._calls.AddWatch(request))
        return fields(response)

    async def watches(self, *, is_all: bool) -> list[Plain]:
        """Watches, and how each stands at each member."""
        response = await told(self._calls.ListWatches(pb.ListWatchesRequest(all=is_all)))
        return [_watch(one) for one in response.watches]

    async def renew_watch(self, watch: str, until: str) -> None:
        """Let a watch stand until the end of that day."""
        await told(self._calls.RenewWatch(pb.RenewWatchRequest(watch=watch, until=until)))

    async def remove_watch(self, watch: str) -> None:
        """End a watch everywhere."""
        await told(self._calls.RemoveWatch(pb.RemoveWatchRequest(watch=watch)))

    async def alerts(self, *, after: int, is_following: bool) -> AsyncIterator[Plain]:
        """Alerts that changed after a change; without end when they are followed."""
        request = pb.FollowAlertsRequest(after=after, follow=is_following)
        async for response in each(self._calls.FollowAlerts(request)):
            yield _alert(response.alert)

    async def mail(self, *, to: str, state: str) -> AsyncIterator[Plain]:
        """Notices to other members, and how the delivery of each stands."""
        async for response in each(self._calls.ListMail(pb.ListMailRequest(to=to, state=state))):
            about = {"member": response.member, "about": response.about}
            yield about | fields(response.delivery)

    async def touches(self, *, after: int, is_following: bool) -> AsyncIterator[Plain]:
        """Touches that changed after a change; without end when they are followed."""
        request = pb.FollowTouchesRequest(after=after, follow=is_following)
        async for response in each(self._calls.FollowTouches(request)):
            yield fields(response.touch)

    async def alarms(self, *, after: int, is_following: bool) -> AsyncIterator[Plain]:
        """Alarms that changed after a change; without end when they are followed."""
        request = pb.FollowAlarmsRequest(after=after, follow=is_following)
        async for response in each(self._calls.FollowAlarms(request)):
            yield fields(response.alarm)

    async def remark(self, record: str, tell: str) -> None:
        """Change how we are told when a question touches a record."""
        await told(self._calls.Remark(pb.RemarkRequest(record=record, tell=tell)))

    async def change_alert(self, alert: str, state: str, assignee: str) -> None:
        """Note what became of an alert."""
        request = pb.ChangeAlertRequest(alert=alert, state=state, assignee=assignee)
        await told(self._calls.ChangeAlert(request))


def _watch(watch: pb.Watch) -> Plain:
    members = [
        fields(one) | {"deliveries": [fields(delivery) for delivery in one.deliveries]}
        for one in watch.members
    ]
    identifiers = [fields(one) for one in watch.identifiers]
    return fields(watch) | {"members": members, "identifiers": identifiers}


def _alert(alert: pb.Alert) -> Plain:
    hit = hit_of(alert.hit) if alert.HasField("hit") else None
    identifiers = [fields(one) for one in alert.seeks.identifiers]
    return fields(alert) | {"hit": hit, "seeks": fields(alert.seeks) | {"identifiers": identifiers}}
