"""Planned activities, as a person's command asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.meetings import ContactPoint, Place
from federation.messages import Sought
from node.desk.plain import Plain, Whom, Why, fields, told
from protos.node.v1 import node_pb2 as pb
from protos.node.v1 import node_pb2_grpc


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned, and whom another member calls that gets in the way. Microseconds UTC."""

    kind: str
    begins_at: int
    ends_at: int
    contact: ContactPoint
    target: Sought | None = None
    place: Place | None = None


class ActivityCalls:
    """The part of a desk that is about planned activities."""

    _calls: "node_pb2_grpc.DeskAsyncStub"

    async def add_activity(
        self, plan: Plan, *, why: Why, whom: Whom, instead_of: str = ""
    ) -> Plain:
        """Plan an activity and find out what it meets at the chosen members."""
        contact = plan.contact
        request = pb.AddActivityRequest(
            case_reference=why.case,
            purpose=why.purpose,
            topic=why.topic,
            urgent=why.is_urgent,
            to=whom.to,
            content=_content(plan),
            contact=pb.ContactPoint(name=contact.name, phone=contact.phone, mail=contact.mail),
            instead_of=instead_of,
        )
        response = await told(self._calls.AddActivity(request))
        return fields(response)

    async def activities(self, *, is_all: bool) -> list[Plain]:
        """Activities, how far each was compared, and what it meets."""
        response = await told(self._calls.ListActivities(pb.ListActivitiesRequest(all=is_all)))
        return [_activity(one) for one in response.activities]

    async def remove_activity(self, activity: str) -> None:
        """End an activity."""
        await told(self._calls.RemoveActivity(pb.RemoveActivityRequest(activity=activity)))

    async def answer_meeting(self, meeting: str, *, is_agreed: bool, shows: Sequence[str]) -> None:
        """Agree that both sides of a meeting show more, or do not."""
        request = pb.AnswerMeetingRequest(meeting=meeting, agreed=is_agreed, shows=shows)
        await told(self._calls.AnswerMeeting(request))


def _content(plan: Plan) -> pb.ActivityContent:
    message = pb.ActivityContent(kind=plan.kind, begins_at=plan.begins_at, ends_at=plan.ends_at)
    if plan.target:
        sought = plan.target
        numbers = [pb.Identifier(type=one.type, value=one.value) for one in sought.identifiers]
        target = pb.Target(
            name=sought.name,
            birth_date=sought.birth_date,
            nationality=sought.nationality,
            identifiers=numbers,
            kind=sought.kind,
        )
        message.target.CopyFrom(target)
    if plan.place:
        place = pb.ActivityPlace(
            address=plan.place.address,
            latitude=plan.place.latitude,
            longitude=plan.place.longitude,
            radius_m=plan.place.radius_m,
        )
        message.place.CopyFrom(place)
    return message


def _activity(one: pb.Activity) -> Plain:
    members = [
        fields(member) | {"deliveries": [fields(delivery) for delivery in member.deliveries]}
        for member in one.members
    ]
    more = {
        "content": content_of(one.content) if one.HasField("content") else None,
        "contact": fields(one.contact) if one.HasField("contact") else None,
        "members": members,
        "meetings": [_meeting(met) for met in one.meetings],
    }
    return fields(one) | more


def _meeting(met: pb.Meeting) -> Plain:
    more = {
        "contact": fields(met.contact) if met.HasField("contact") else None,
        "shows": list(met.shows),
        "shown": content_of(met.shown) if met.HasField("shown") else None,
    }
    return fields(met) | more


def content_of(content: pb.ActivityContent) -> Plain:
    """What is planned, as far as it is shown."""
    target = content.target
    numbers = [fields(one) for one in target.identifiers]
    return fields(content) | {
        "target": fields(target) | {"identifiers": numbers} if content.HasField("target") else None,
        "place": _place(content.place) if content.HasField("place") else None,
    }


def _place(place: pb.ActivityPlace) -> Plain:
    is_on_map = place.HasField("latitude") and place.HasField("longitude")
    on_map = {} if is_on_map else {"latitude": None, "longitude": None}
    return fields(place) | on_map
