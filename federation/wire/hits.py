"""Hits, and what is in them, as they travel."""

from math import isfinite
from types import MappingProxyType

from federation.errors import InvalidError
from federation.limits import WORD
from federation.messages import Entity, Hit, Marking, MemberId, Reason, Reference, Share
from federation.wire.fields import day, line, needed, plain
from protos.federation.v1 import federation_pb2 as pb

_SHARE_TO = MappingProxyType(
    {Share.HIT: pb.SHARE_HIT, Share.CORE: pb.SHARE_CORE, Share.FULL: pb.SHARE_FULL}
)
_SHARE_FROM = MappingProxyType({value: share for share, value in _SHARE_TO.items()})


def hit_to(hit: Hit) -> pb.Hit:
    """A hit as it travels."""
    message = bare_to(hit)
    message.share = _SHARE_TO[hit.share]
    if hit.entity is not None:
        message.entity.CopyFrom(_entity_to(hit.entity))
    if hit.marking is not None:
        message.marking.CopyFrom(_marking_to(hit.marking))
    message.reasons.extend(
        pb.Reason(feature=part.feature, text=part.text, points=part.points) for part in hit.reasons
    )
    return message


def bare_to(hit: Hit) -> pb.Hit:
    """A hit without its content, which can be fetched by its reference."""
    return pb.Hit(
        reference=hit.reference,
        score=hit.score,
        strong=hit.is_strong,
        share=pb.SHARE_HIT,
        owner_told=hit.is_owner_told,
    )


def hit_from(message: pb.Hit, member: MemberId) -> Hit:
    """A hit of this member; raises `InvalidError` naming the field that is wrong."""
    if message.share not in _SHARE_FROM:
        raise InvalidError("hit.share must be hit, core or full")
    if not 0 <= message.score <= 1:
        raise InvalidError("hit.score must be from 0 to 1")
    if (message.share != pb.SHARE_HIT) != message.HasField("entity"):
        raise InvalidError("hit.entity must be there at share core and full, and only there")
    return Hit(
        member=member,
        reference=Reference(needed("hit.reference", message.reference, WORD)),
        score=message.score,
        is_strong=message.strong,
        share=_SHARE_FROM[message.share],
        entity=_entity_from(message.entity) if message.HasField("entity") else None,
        marking=_marking_from(message.marking, member) if message.HasField("marking") else None,
        reasons=tuple(map(_reason_from, message.reasons)),
        is_owner_told=message.owner_told,
    )


def _reason_from(message: pb.Reason) -> Reason:
    if not isfinite(message.points):
        raise InvalidError("reason.points must be a number")
    feature = line("reason.feature", message.feature, WORD)
    return Reason(feature, plain(message.text), message.points)


def _entity_to(entity: Entity) -> pb.Entity:
    properties = [
        pb.Property(name=name, values=values) for name, values in entity.properties.items()
    ]
    return pb.Entity(id=entity.id, schema=entity.schema, properties=properties)


def _entity_from(message: pb.Entity) -> Entity:
    properties = {
        line("property.name", part.name, WORD): tuple(map(plain, part.values))
        for part in message.properties
    }
    if len(properties) != len(message.properties):
        raise InvalidError("entity.properties must name each property once")
    schema = needed("entity.schema", message.schema, WORD)
    return Entity(plain(message.id), schema, MappingProxyType(properties))


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
    )


def _marking_from(message: pb.Marking, owner: MemberId) -> Marking:
    """What binds us in a member's marking; it lets us show the record to nobody else."""
    return Marking(
        handling=frozenset(line("marking.handling", code, WORD) for code in message.handling),
        handling_text=plain(message.handling_text),
        topic=line("marking.topic", message.topic, WORD),
        category=line("marking.category", message.category, WORD),
        grade_scheme=line("marking.grade_scheme", message.grade_scheme, WORD),
        source_grade=line("marking.source_grade", message.source_grade, WORD),
        information_grade=line("marking.information_grade", message.information_grade, WORD),
        review_on=day("marking.review_on", message.review_on),
        owner=owner,
    )
