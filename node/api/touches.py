"""The calls of the desk about records of which we are told, translated to use cases and back."""

import asyncio
import functools

from node.alerts.touching import Touched
from node.api.admission import Admission, Caller, Stream, answered, streamed
from node.store.instants import microseconds
from protos.node.v1 import node_pb2 as pb


class TouchCalls(Admission):
    """The part of the desk port that is about records of which we are told."""

    @streamed
    async def FollowTouches(
        self, request: pb.FollowTouchesRequest, caller: Caller
    ) -> Stream[pb.FollowTouchesResponse]:
        """Show touches in the order of their last change, and go on as they come."""
        behind = functools.partial(self._house.post.touching.shown_to, caller.person, caller.role)
        async for one in self._changes(behind, lambda one: one.touch.change, request):
            yield pb.FollowTouchesResponse(touch=self._marked(_touch_to(one)))

    @answered
    async def Remark(self, request: pb.RemarkRequest, caller: Caller) -> pb.RemarkResponse:
        """Change how we are told when a question touches a record."""
        record, tell = request.record.strip(), self._house.remarking.tell
        await asyncio.to_thread(
            lambda: tell(record, request.tell, by=caller.person, role=caller.role)
        )
        return pb.RemarkResponse()


def _touch_to(shown: Touched) -> pb.Touch:
    touch, entity = shown.touch, shown.entity
    return pb.Touch(
        touch=touch.id,
        member=touch.member,
        person=touch.asker.person,
        role=touch.asker.role,
        purpose=touch.purpose,
        case_reference=touch.case,
        topic=touch.topic,
        urgent=touch.is_urgent,
        tell=touch.tell,
        record=touch.record,
        source=shown.source,
        source_id=entity.id if entity else "",
        caption=entity.caption if entity else "",
        state=touch.state,
        assignee=touch.assignee,
        times=touch.times,
        first_at=microseconds(touch.first_at),
        last_at=microseconds(touch.last_at),
        change=touch.change,
    )
