"""Watches as they are stored, and as they are weighed and compared."""

from dataclasses import dataclass

import msgspec

from federation.charter import Member
from federation.messages import Hit, Question, QuestionId, Watch
from node.policy import Request, request_of
from node.search import Wanted, wanted_of
from node.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Posed:
    """A watch as it stands, ready to be compared."""

    standing: Standing
    watch: Watch
    wanted: Wanted

    @classmethod
    def of(cls, standing: Standing) -> "Posed":
        """Read a watch that was stored."""
        watch = decoded(standing.question)
        return cls(standing, watch, wanted_of(watch.seeks))


def encoded(watch: Watch) -> bytes:
    """A watch as it is stored."""
    return _ENCODER.encode(watch)


def decoded(data: bytes) -> Watch:
    """A watch that was stored."""
    return _WATCH.decode(data)


def encoded_hit(hit: Hit) -> bytes:
    """A hit as it is stored; equal hits give equal bytes."""
    return _ENCODER.encode(hit)


def decoded_hit(data: bytes) -> Hit:
    """A hit that was stored."""
    return _HIT.decode(data)


def question_of(watch: Watch) -> Question:
    """The question that a watch puts whenever something comes."""
    return Question(
        id=QuestionId(watch.id),
        asker=watch.asker,
        case=watch.case,
        purpose=watch.purpose,
        seeks=watch.seeks,
        topic=watch.topic,
        is_urgent=watch.is_urgent,
    )


def weighed_as(watch: Watch, member: Member, groups: frozenset[str], *, is_own: bool) -> Request:
    """What policy weighs of a watch: the same as of a question."""
    return request_of(question_of(watch), member, groups=groups, is_own=is_own)


_ENCODER = msgspec.json.Encoder(enc_hook=dict, order="deterministic")
_WATCH = msgspec.json.Decoder(Watch)
_HIT = msgspec.json.Decoder(Hit)
