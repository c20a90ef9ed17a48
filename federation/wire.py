"""messages <-> generated types; whatever arrives is checked here before anybody reads it.

What is asked is bounded field by field, because it goes on into policy and search. What is
answered is bounded as a whole. What a code means is the node's to judge.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from math import isfinite
from types import MappingProxyType
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from federation.errors import InvalidError
from federation.limits import ANSWER_BYTES, HITS, IDENTIFIERS, LINE, WORD
from federation.messages import (
    Answer,
    Asker,
    Detail,
    Entity,
    Hit,
    Identifier,
    Marking,
    MemberId,
    PersonId,
    Question,
    QuestionId,
    Reason,
    Reference,
    Share,
    Sought,
)
from federation.seal import Sealed
from protos.federation.v1 import federation_pb2 as pb

SERVICE = pb.DESCRIPTOR.services_by_name["Federation"].full_name
#: The path of the one method, as gRPC names it.
ASK = f"/{SERVICE}/Ask"

_SHARE_TO = MappingProxyType(
    {Share.HIT: pb.SHARE_HIT, Share.CORE: pb.SHARE_CORE, Share.FULL: pb.SHARE_FULL}
)
_SHARE_FROM = MappingProxyType({value: share for share, value in _SHARE_TO.items()})
#: What an answer may grow by after its hits are counted: its own fields and the lengths of each.
_FRAME_BYTES = 1024

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_M = TypeVar("_M", bound=Message)
_T = TypeVar("_T")


def request_to(sealed: Sealed) -> bytes:
    """A sealed question as it travels."""
    return pb.AskRequest(sealed=_sealed_to(sealed)).SerializeToString()


def request_from(data: bytes) -> Sealed:
    """A sealed question as it came; whether its seal holds is for `seal.opened`."""
    return _sealed_from(_decoded(pb.AskRequest, data).sealed)


def response_to(sealed: Sealed) -> bytes:
    """A sealed answer as it travels."""
    return pb.AskResponse(sealed=_sealed_to(sealed)).SerializeToString()


def response_from(data: bytes) -> Sealed:
    """A sealed answer as it came; whether its seal holds is for `seal.opened`."""
    return _sealed_from(_decoded(pb.AskResponse, data).sealed)


def question_to(question: Question) -> bytes:
    """The body of a sealed question, which travels under the question's id.

    Raises `InvalidError` for what no member would accept, naming the field.
    """
    try:
        message = _question_to(question)
    except ValueError:
        raise InvalidError("the question holds a number or text that cannot be sent") from None
    _question_from(message, question.id)
    return message.SerializeToString(deterministic=True)


def question_from(body: bytes, id: str) -> Question:
    """The question in a body. Raises `InvalidError` naming the field that is wrong."""
    return _question_from(_decoded(pb.Question, body), id)


def answer_to(answer: Answer) -> bytes:
    """The body of a sealed answer, at most `ANSWER_BYTES` long.

    A hit that no longer fits keeps its reference and score and loses its content, which can be
    fetched by that reference; the answer then says that it is truncated.
    """
    message = pb.Answer(truncated=answer.is_truncated or len(answer.hits) > HITS)
    if answer.index_age_s is not None:
        message.index_age_s = answer.index_age_s
    whole = [_hit_to(hit) for hit in answer.hits[:HITS]]
    room = ANSWER_BYTES - _FRAME_BYTES
    if sum(part.ByteSize() for part in whole) <= room:
        message.hits.extend(whole)
    else:
        message.truncated = True
        message.hits.extend(_cut(answer.hits[:HITS], whole, room))
    return message.SerializeToString(deterministic=True)


def answer_from(body: bytes, question: QuestionId, member: MemberId) -> Answer:
    """The answer of one member to one question. Raises `InvalidError` naming what is wrong."""
    message = _decoded(pb.Answer, body)
    if message.index_age_s < 0:
        raise InvalidError("index_age_s must not be negative")
    return Answer(
        question=question,
        member=member,
        hits=tuple(_hit_from(hit, member) for hit in _few("hits", message.hits, HITS)),
        index_age_s=message.index_age_s if message.HasField("index_age_s") else None,
        is_truncated=message.truncated,
    )


def _sealed_to(sealed: Sealed) -> pb.Sealed:
    return pb.Sealed(
        statement=sealed.statement,
        key_id=sealed.key_id,
        signature=sealed.signature,
        body=sealed.body,
    )


def _sealed_from(message: pb.Sealed) -> Sealed:
    return Sealed(message.statement, message.key_id, message.signature, message.body)


def _question_to(question: Question) -> pb.Question:
    message = pb.Question(
        asker=pb.Asker(person=question.asker.person, role=question.asker.role),
        case_reference=question.case,
        purpose=question.purpose,
        topic=question.topic,
        urgent=question.is_urgent,
        limit=question.limit,
    )
    if isinstance(question.seeks, Detail):
        message.detail.reference = question.seeks.reference
    else:
        message.sought.CopyFrom(_sought_to(question.seeks))
    return message


def _question_from(message: pb.Question, id: str) -> Question:
    if not 1 <= message.limit <= HITS:
        raise InvalidError(f"limit must be from 1 to {HITS}")
    return Question(
        id=QuestionId(_needed("id", id, WORD)),
        asker=Asker(
            PersonId(_needed("asker.person", message.asker.person, WORD)),
            _needed("asker.role", message.asker.role, WORD),
        ),
        case=_needed("case_reference", message.case_reference, LINE),
        purpose=_needed("purpose", message.purpose, WORD),
        seeks=_seeks(message),
        topic=_line("topic", message.topic, WORD),
        is_urgent=message.urgent,
        limit=message.limit,
    )


def _seeks(message: pb.Question) -> Sought | Detail:
    if message.HasField("sought"):
        return _sought(message.sought)
    if message.HasField("detail"):
        return Detail(Reference(_needed("detail.reference", message.detail.reference, WORD)))
    raise InvalidError("a question must seek something: sought or detail")


def _sought(message: pb.Sought) -> Sought:
    return Sought(
        name=_line("sought.name", message.name, LINE),
        birth_date=_line("sought.birth_date", message.birth_date, WORD),
        nationality=_line("sought.nationality", message.nationality, WORD),
        identifiers=tuple(
            Identifier(
                _needed("identifier.type", part.type, WORD),
                _needed("identifier.value", part.value, LINE),
            )
            for part in _few("sought.identifiers", message.identifiers, IDENTIFIERS)
        ),
        kind=_line("sought.kind", message.kind, WORD),
    )


def _sought_to(sought: Sought) -> pb.Sought:
    return pb.Sought(
        name=sought.name,
        birth_date=sought.birth_date,
        nationality=sought.nationality,
        identifiers=[pb.Identifier(type=i.type, value=i.value) for i in sought.identifiers],
        kind=sought.kind,
    )


def _cut(hits: Sequence[Hit], whole: Sequence[pb.Hit], room: int) -> Iterable[pb.Hit]:
    """The hits, each whole as long as there is room for that and for what is bare of the rest."""
    bare = [_bare_to(hit) for hit in hits]
    room -= sum(part.ByteSize() for part in bare)
    for part, less in zip(whole, bare, strict=True):
        more = part.ByteSize() - less.ByteSize()
        yield part if more <= room else less
        room -= more if more <= room else 0


def _bare_to(hit: Hit) -> pb.Hit:
    return pb.Hit(
        reference=hit.reference, score=hit.score, strong=hit.is_strong, share=pb.SHARE_HIT
    )


def _hit_to(hit: Hit) -> pb.Hit:
    message = _bare_to(hit)
    message.share = _SHARE_TO[hit.share]
    if hit.entity is not None:
        message.entity.CopyFrom(_entity_to(hit.entity))
    if hit.marking is not None:
        message.marking.CopyFrom(_marking_to(hit.marking))
    message.reasons.extend(
        pb.Reason(feature=part.feature, text=part.text, points=part.points) for part in hit.reasons
    )
    return message


def _hit_from(message: pb.Hit, member: MemberId) -> Hit:
    if message.share not in _SHARE_FROM:
        raise InvalidError("hit.share must be hit, core or full")
    if not 0 <= message.score <= 1:
        raise InvalidError("hit.score must be from 0 to 1")
    if (message.share != pb.SHARE_HIT) != message.HasField("entity"):
        raise InvalidError("hit.entity must be there at share core and full, and only there")
    return Hit(
        member=member,
        reference=Reference(_needed("hit.reference", message.reference, WORD)),
        score=message.score,
        is_strong=message.strong,
        share=_SHARE_FROM[message.share],
        entity=_entity_from(message.entity) if message.HasField("entity") else None,
        marking=_marking_from(message.marking, member) if message.HasField("marking") else None,
        reasons=tuple(map(_reason_from, message.reasons)),
    )


def _reason_from(message: pb.Reason) -> Reason:
    if not isfinite(message.points):
        raise InvalidError("reason.points must be a number")
    return Reason(message.feature, message.text, message.points)


def _entity_to(entity: Entity) -> pb.Entity:
    properties = [
        pb.Property(name=name, values=values) for name, values in entity.properties.items()
    ]
    return pb.Entity(id=entity.id, schema=entity.schema, properties=properties)


def _entity_from(message: pb.Entity) -> Entity:
    properties = {part.name: tuple(part.values) for part in message.properties}
    if len(properties) != len(message.properties):
        raise InvalidError("entity.properties must name each property once")
    schema = _needed("entity.schema", message.schema, WORD)
    return Entity(message.id, schema, MappingProxyType(properties))


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
        handling=frozenset(message.handling),
        handling_text=message.handling_text,
        topic=message.topic,
        category=message.category,
        grade_scheme=message.grade_scheme,
        source_grade=message.source_grade,
        information_grade=message.information_grade,
        review_on=_day("marking.review_on", message.review_on),
        owner=owner,
    )


def _decoded(kind: type[_M], data: bytes) -> _M:
    try:
        return kind.FromString(data)
    except DecodeError:
        raise InvalidError(f"this is not a message of type {kind.__name__}") from None


def _day(field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidError(f"{field} must be a date such as 2027-01-31") from None


def _needed(field: str, text: str, most: int) -> str:
    if not text.strip():
        raise InvalidError(f"{field} must not be empty")
    return _line(field, text, most)


def _line(field: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidError(f"{field} must be at most {most} characters long")
    if _CONTROL.search(text):
        raise InvalidError(f"{field} must be one line of text")
    return text


def _few(field: str, values: Sequence[_T], most: int) -> Iterable[_T]:
    if len(values) > most:
        raise InvalidError(f"{field} must hold at most {most} values")
    return values
