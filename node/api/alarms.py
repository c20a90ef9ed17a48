"""The calls of the desk about who seemed to fish, translated to use cases and back."""

import functools

from node.api.admission import Admission, Caller, Stream, streamed
from node.store.alarms import HeldAlarm
from node.store.instants import microseconds
from protos.node.v1 import node_pb2 as pb


class AlarmCalls(Admission):
    """The part of the desk port that is about who seemed to fish."""

    @streamed
    async def FollowAlarms(
        self, request: pb.FollowAlarmsRequest, caller: Caller
    ) -> Stream[pb.FollowAlarmsResponse]:
        """Show alarms in the order of their last change, and go on as they come."""
        who, role = caller.person, caller.role
        behind = functools.partial(self._house.post.guarding.shown_to, who, role)
        async for one in self._changes(behind, lambda one: one.change, request):
            alarm = self._marked(_alarm_to(one))
            alarm.told_by_standing = self._standing(alarm.told_by)
            yield pb.FollowAlarmsResponse(alarm=alarm)


def _alarm_to(alarm: HeldAlarm) -> pb.Alarm:
    about = alarm.about
    return pb.Alarm(
        alarm=alarm.id,
        told_by=alarm.told_by,
        member=alarm.member,
        person=about.person,
        kind=about.kind,
        case_reference=about.case,
        questions=about.questions,
        misses=about.misses,
        state=alarm.state,
        assignee=alarm.assignee,
        times=alarm.times,
        first_at=microseconds(about.since),
        last_at=microseconds(about.until),
        change=alarm.change,
        reference=about.id,
    )
