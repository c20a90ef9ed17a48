"""Values of the house <-> the desk's generated types."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time

import msgspec

from federation.clocks import Clocks
from federation.doors import Door
from federation.errors import Code, InvalidError
from federation.limits import HITS
from federation.messages import (
    GROUP_PREFIX,
    Entity,
    Gathered,
    Hit,
    Identifier,
    Marking,
    MemberId,
    Outcome,
    Share,
    Sought,
)
from node.administration import Standing
from node.codes import SHARES, split_grade, type_asked
from node.intake import countries
from node.store.instants import microseconds
from node.store.letters import WayState
from node.store.mail import LaneState
from protos.node.v1 import node_pb2 as pb


def sought_from(request: pb.SearchRequest | pb.AddWatchRequest) -> Sought:
    """What a search request looks for."""
    return Sought(
        name=request.name.strip(),
        birth_date=request.birth_date.strip(),
        nationality=countries.code(request.nationality),
        identifiers=identifiers_from(request.identifiers),
        kind=request.kind,
    )


def target_to(sought: Sought) -> pb.Target:
    """What is sought, as our own people said it."""
    return pb.Target(
        name=sought.name,
        birth_date=sought.birth_date,
        nationality=sought.nationality,
        identifiers=[pb.Identifier(type=i.type, value=i.value) for i in sought.identifiers],
        kind=sought.kind,
    )


def identifiers_from(typed: Iterable[pb.Identifier]) -> tuple[Identifier, ...]:
    """Numbers that a question names; raises `InvalidError` for a misspelt type."""
    return tuple(Identifier(type_asked(one.type), one.value) for one in typed)


def marking_from(options: pb.LoadOptions) -> Marking:
    """The marking that a load gives to every record that does not bring its own.

    What is not said stays as it is when unset: hidden, for nobody.
    """
    if options.share and options.share not in SHARES:
        raise InvalidError(f"--share must be one of {', '.join(SHARES)}")
    unset = Marking()
    scheme, source_grade, information_grade = split_grade(options.grade)
    return Marking(
        share=SHARES[options.share] if options.share else Share.HIDDEN,
        audience=frozenset(map(_audience, options.to)),
        handling=frozenset(options.handling) or unset.handling,
        handling_text=options.handling_text,
        topic=options.topic or unset.topic,
        category=options.category or unset.category,
        grade_scheme=scheme,
        source_grade=source_grade,
        information_grade=information_grade,
        tell=options.tell,
    )


def _audience(name: str) -> str:
    """An audience as people type it: members and ALL in any case, groups as they are."""
    return name if name.startswith(GROUP_PREFIX) else name.upper()


def members_from(names: list[str]) -> tuple[MemberId, ...]:
    """Member ids as people type them, in any case."""
    return tuple(member_from(name) for name in names if name.strip())


def member_from(name: str) -> MemberId:
    """A member id as people type it, in any case."""
    return MemberId(name.strip().upper())


def first_moment(day: str) -> datetime:
    """The beginning of a day as it is typed, UTC."""
    return datetime.combine(_day(day), time.min, UTC)


def last_moment(day: str) -> datetime:
    """The end of a day as it is typed, UTC."""
    return datetime.combine(_day(day), time.max, UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidError("a day is written as 2027-01-31") from None


def gathered_to(gathered: Gathered, limit: int) -> pb.SearchResponse:
    """Everything that came back of a question for so many hits, for the desk."""
    shown = Counter(hit.member for hit in gathered.hits)
    return pb.SearchResponse(
        question=gathered.question,
        complete=gathered.is_complete,
        hits=[hit_to(hit) for hit in gathered.hits],
        members=[outcome_to(one, shown[one.member], limit) for one in gathered.outcomes],
    )


def hit_to(hit: Hit) -> pb.Hit:
    """A hit as far as its share level shows it."""
    message = pb.Hit(
        member=hit.member,
        reference=hit.reference,
        score=hit.score,
        strong=hit.is_strong,
        share=hit.share.name.lower(),
        owner_told=hit.is_owner_told,
        reasons=[pb.Reason(feature=r.feature, text=r.text, points=r.points) for r in hit.reasons],
    )
    if hit.entity is not None:
        message.caption = hit.entity.caption
        message.record = hit.entity.id
        message.entity = _json(hit.entity)
    if hit.marking is not None:
        message.marking.CopyFrom(_marking_to(hit.marking))
    return message


def outcome_to(outcome: Outcome, shown: int, limit: int) -> pb.MemberOutcome:
    """How one member met the question, without its hits: those are merged, so many are shown.

    `limit` is how many were asked of it: one that gave as many may have more.
    """
    message = pb.MemberOutcome(
        member=outcome.member,
        outcome=outcome.kind,
        ms=outcome.ms,
        reason=outcome.reason,
        clock_off_s=outcome.clock_off_s,
    )
    if outcome.answer is not None:
        message.hits = len(outcome.answer.hits)
        message.shown = shown
        message.more = message.hits >= min(limit, HITS)
        message.truncated = outcome.answer.is_truncated
        if outcome.answer.index_age_s is not None:
            message.index_age_s = outcome.answer.index_age_s
    return message


def lane_to(lane: LaneState, standing: Standing) -> pb.Lane:
    """How the mail to and from one member stands, and its log."""
    log, since = standing.logs.get(lane.member), standing.waiting_since.get(lane.member)
    return pb.Lane(
        member=lane.member,
        waiting=lane.waiting,
        delivered=lane.acknowledged,
        received=lane.received,
        fault=lane.fault,
        heard_at=microseconds(lane.heard_at) if lane.heard_at else 0,
        withheld_since=microseconds(lane.withheld_since) if lane.withheld_since else 0,
        doubt=log.doubt if log else "",
        witnessed=log.witnessed if log else 0,
        cosigned=log.cosigned if log else 0,
        waiting_since=microseconds(since) if since else 0,
    )


def door_to(door: Door, clocks: Clocks) -> pb.Door:
    """How the door of one member stands, and its clock."""
    return pb.Door(
        member=door.member.id,
        address=door.address,
        open=door.is_open,
        clock_off_s=clocks.off_s(door.member.id),
    )


def refused_to(counts: Mapping[tuple[MemberId, Code], int]) -> Iterator[pb.Refused]:
    """How many calls of each member were refused for each reason."""
    for (member, reason), calls in counts.items():
        yield pb.Refused(member=member, reason=reason, calls=calls)


def way_to(way: WayState) -> pb.Way:
    """How a way out of the node stands."""
    return pb.Way(
        way=way.way,
        waiting=way.waiting,
        delivered=way.delivered,
        tries=way.tries,
        fault=way.fault,
        waiting_since=microseconds(way.waiting_since) if way.waiting_since else 0,
    )


def _json(entity: Entity) -> str:
    """FollowTheMoney's JSON of an entity."""
    plain = {"id": entity.id, "schema": entity.schema, "properties": dict(entity.properties)}
    return msgspec.json.encode(plain).decode()


def _marking_to(marking: Marking) -> pb.Marking:
    return pb.Marking(
        handling=sorted(marking.handling),
        handling_text=marking.handling_text,
        topic=marking.topic,
        category=marking.category,
        grade_scheme=marking.grade_scheme,
        source_grade=marking.source_grade,
        information_grade=marking.information_grade,
        review_on=marking.review_on.isoformat() if marking.review_on else "",
        owner=marking.owner,
        tell=marking.tell,
    )
