"""The calls of the desk about planned activities, translated to use cases and back."""

import asyncio
from collections.abc import Iterable

from federation.errors import InvalidError
from federation.meetings import ContactPoint, Place
from federation.messages import Asker, Showing, Sought
from node.api.admission import Admission, Caller, answered
from node.api.forms import identifiers_from, members_from, target_to
from node.api.watches import delivery_to
from node.deconfliction.activities import Activity, ActivityId
from node.deconfliction.encounters import USUAL, Part, contact_of, shown_of
from node.deconfliction.planning import Planned
from node.intake import countries
from node.store.instants import instant, microseconds
from node.store.mail import MailState, Posted
from node.store.meetings import Met
from node.store.probes import HeldProbe, ProbeState
from protos.node.v1 import node_pb2 as pb


class ActivityCalls(Admission):
    """The part of the desk port that is about planned activities."""

    @answered
    async def AddActivity(
        self, request: pb.AddActivityRequest, caller: Caller
    ) -> pb.AddActivityResponse:
        """Plan an activity, as the person who calls."""
        id = ActivityId(self._house.ids())
        activity = _activity(id, request, caller.asker)
        add, now = self._house.post.planning.add, self._house.clock()
        to = members_from(list(request.to))
        await asyncio.to_thread(lambda: add(activity, to, now=now, instead_of=request.instead_of))
        return pb.AddActivityResponse(activity=id)

    @answered
    async def ListActivities(
        self, request: pb.ListActivitiesRequest, caller: Caller
    ) -> pb.ListActivitiesResponse:
        """List activities, how they stand and what they meet."""
        every, shown = self._house.post.planning.every, self._house.administration.shown
        planned = await asyncio.to_thread(lambda: every(is_ended=request.all))
        ids = [one.held.id for one in planned]
        await asyncio.to_thread(
            lambda: shown("activities", ids, by=caller.person, role=caller.role)
        )
        activities = list(map(_planned_to, planned))
        for activity in activities:
            for member in activity.members:
                self._marked(member)
            for meeting in activity.meetings:
                self._marked(meeting)
        return pb.ListActivitiesResponse(activities=activities)

    @answered
    async def RemoveActivity(
        self, request: pb.RemoveActivityRequest, caller: Caller
    ) -> pb.RemoveActivityResponse:
        """End an activity."""
        await asyncio.to_thread(self._house.post.planning.remove, request.activity, caller.person)
        return pb.RemoveActivityResponse()

    @answered
    async def AnswerMeeting(
        self, request: pb.AnswerMeetingRequest, caller: Caller
    ) -> pb.AnswerMeetingResponse:
        """Agree to show more, or not."""
        answer, shows = self._house.post.planning.answer, _shows(request.shows)
        is_agreed = request.agreed
        await asyncio.to_thread(
            lambda: answer(request.meeting, caller.person, is_agreed=is_agreed, shows=shows)
        )
        return pb.AnswerMeetingResponse()


def _activity(id: ActivityId, request: pb.AddActivityRequest, asker: Asker) -> Activity:
    content, contact = request.content, request.contact
    if not (content.begins_at > 0 and content.ends_at > 0):
        raise InvalidError("an activity needs a time: --from and --until")
    return Activity(
        id=id,
        asker=asker,
        case=request.case_reference.strip(),
        purpose=request.purpose,
        kind=content.kind,
        contact=ContactPoint(contact.name.strip(), contact.phone.strip(), contact.mail.strip()),
        begins_at=instant(content.begins_at),
        ends_at=instant(content.ends_at),
        target=_target(content.target) if content.HasField("target") else None,
        place=_place(content.place) if content.HasField("place") else None,
        topic=request.topic,
        is_urgent=request.urgent,
    )


def _target(target: pb.Target) -> Sought:
    return Sought(
        name=target.name.strip(),
        birth_date=target.birth_date.strip(),
        nationality=countries.code(target.nationality),
        identifiers=identifiers_from(target.identifiers),
        kind=target.kind,
    )


def _place(place: pb.ActivityPlace) -> Place:
    is_on_map = place.HasField("latitude") and place.HasField("longitude")
    return Place(
        place.address.strip(),
        place.latitude if is_on_map else None,
        place.longitude if is_on_map else None,
        place.radius_m,
    )


def _shows(words: Iterable[str]) -> tuple[Part, ...]:
    chosen = tuple(words) or USUAL
    if unknown := sorted(set(chosen) - set(Part)):
        raise InvalidError(f"{', '.join(unknown)}: show {', '.join(Part)}")
    return tuple(map(Part, chosen))


def _planned_to(planned: Planned) -> pb.Activity:
    held, activity = planned.held, planned.activity
    message = pb.Activity(
        activity=held.id,
        made_at=microseconds(held.made_at),
        ended_at=microseconds(held.ended_at) if held.ended_at else 0,
        ground=held.ground,
        members=[_member_to(one, planned.deliveries) for one in planned.probes],
        meetings=map(_meeting_to, planned.meetings),
    )
    if activity:
        message.person = activity.asker.person
        message.case_reference, message.purpose = activity.case, activity.purpose
        message.topic, message.urgent = activity.topic, activity.is_urgent
        message.content.CopyFrom(_content_to(activity))
        message.contact.CopyFrom(_contact_to(activity.contact))
    return message


def _member_to(probe: HeldProbe, deliveries: Iterable[Posted]) -> pb.ActivityMember:
    posted = [one for one in deliveries if one.member == probe.member]
    is_refused = any(one.state is MailState.REFUSED for one in posted)
    is_asked = probe.state is ProbeState.ASKED
    return pb.ActivityMember(
        member=probe.member,
        state="refused" if is_asked and is_refused else probe.state,
        changed_at=microseconds(probe.changed_at),
        deliveries=map(delivery_to, posted),
    )


def _meeting_to(met: Met) -> pb.Meeting:
    contact, shown = contact_of(met), shown_of(met)
    return pb.Meeting(
        meeting=met.id,
        member=met.member,
        in_target=met.in_target,
        in_place=met.in_place,
        met_at=microseconds(met.met_at),
        contact=_contact_to(contact) if contact else None,
        our_word=met.our_word,
        their_word=met.their_word,
        shows=met.shows.split(),
        shown=_content_to(shown) if shown else None,
        ended_at=microseconds(met.ended_at) if met.ended_at else 0,
        ground=met.ground,
    )


def _content_to(content: Activity | Showing) -> pb.ActivityContent:
    place, target = content.place, content.target
    return pb.ActivityContent(
        kind=content.kind,
        begins_at=microseconds(content.begins_at) if content.begins_at else 0,
        ends_at=microseconds(content.ends_at) if content.ends_at else 0,
        target=target_to(target) if target else None,
        place=_place_to(place) if place else None,
    )


def _place_to(place: Place) -> pb.ActivityPlace:
    return pb.ActivityPlace(
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_m=place.radius_m,
    )


def _contact_to(contact: ContactPoint) -> pb.ContactPoint:
    return pb.ContactPoint(name=contact.name, phone=contact.phone, mail=contact.mail)
