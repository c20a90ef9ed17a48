"""Questions and answers as they travel."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from federation import veil
from federation.errors import InvalidError
from federation.limits import ANSWER_BYTES, HITS, IDENTIFIERS, LINE, WORD
from federation.messages import (
    Answer,
    Asker,
    Detail,
    Hit,
    Identifier,
    LogReceipt,
    MemberId,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Sought,
)
from federation.wire.fields import decoded, few, line, needed
from federation.wire.heads import head_from, head_to
from federation.wire.hits import bare_to, hit_from, hit_to
from federation.witness import TreeHead
from protos.federation.v1 import federation_pb2 as pb

#: What an answer may grow by after its hits are counted: its own fields and the lengths of each.
_FRAME_BYTES = 1536


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
    return _question_from(decoded(pb.Question, body), id)


def question_digest(question: Question) -> str:
    """The SHA-256, in hex, of the body of a question: what its statement says of it."""
    return hashlib.sha256(question_to(question)).hexdigest()


def answer_digest(answer: Answer) -> str:
    """The SHA-256, in hex, of what an answer says, but for its receipt and its filling.

    Both sides can tell it: the one that answers before the answer has a place in its log.
    """
    bare = replace(answer, receipt=None, is_veiled=False)
    return hashlib.sha256(answer_to(bare)).hexdigest()


def answer_to(answer: Answer) -> bytes:
    """The body of a sealed answer, at most `ANSWER_BYTES` long.

    A hit that no longer fits keeps its reference and score and loses its content, which can be
    fetched by that reference; the answer then says that it is truncated. One under the veil is as
    long as a multiple of `veil.BUCKET_BYTES`.
    """
    message = pb.Answer(truncated=answer.is_truncated or len(answer.hits) > HITS)
    if answer.index_age_s is not None:
        message.index_age_s = answer.index_age_s
    if answer.receipt:
        message.entry = answer.receipt.entry
        message.head.CopyFrom(head_to(log_head(answer.member, answer.receipt)))
    whole = [hit_to(hit) for hit in answer.hits[:HITS]]
    room = ANSWER_BYTES - _FRAME_BYTES
    if sum(part.ByteSize() for part in whole) <= room:
        message.hits.extend(whole)
    else:
        message.truncated = True
        message.hits.extend(_cut(answer.hits[:HITS], whole, room))
    if answer.is_veiled:
        message.filling = veil.filling(message.ByteSize())
    return message.SerializeToString(deterministic=True)


def answer_from(body: bytes, question: QuestionId, member: MemberId) -> Answer:
    """The answer of one member to one question. Raises `InvalidError` naming what is wrong."""
    message = decoded(pb.Answer, body)
    if message.index_age_s < 0:
        raise InvalidError("index_age_s must not be negative")
    return Answer(
        question=question,
        member=member,
        hits=tuple(hit_from(hit, member) for hit in few("hits", message.hits, HITS)),
        index_age_s=message.index_age_s if message.HasField("index_age_s") else None,
        is_truncated=message.truncated,
        receipt=_receipt(message, member) if message.HasField("head") else None,
        digest=_said(message),
    )


def _said(message: pb.Answer) -> str:
    """The digest of an answer as it came, but for its receipt and its filling."""
    bare = pb.Answer()
    bare.CopyFrom(message)
    bare.ClearField("entry")
    bare.ClearField("head")
    bare.ClearField("filling")
    return hashlib.sha256(bare.SerializeToString(deterministic=True)).hexdigest()


def log_head(member: MemberId, receipt: LogReceipt) -> TreeHead:
    """The head of the log of the member that gave a receipt."""
    return TreeHead(member, receipt.size, receipt.root, receipt.signed_at, receipt.signature)


def _receipt(message: pb.Answer, member: MemberId) -> LogReceipt:
    head = head_from(message.head, member)
    if not 1 <= message.entry <= head.size:
        raise InvalidError("entry must be a place in the log of the head")
    return LogReceipt(message.entry, head.size, head.root, head.signed_at, head.signature)


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
        message.sought.CopyFrom(sought_to(question.seeks))
    return message


def _question_from(message: pb.Question, id: str) -> Question:
    if not 1 <= message.limit <= HITS:
        raise InvalidError(f"limit must be from 1 to {HITS}")
    return Question(
        id=QuestionId(needed("id", id, WORD)),
        asker=Asker(
            PersonId(needed("asker.person", message.asker.person, WORD)),
            needed("asker.role", message.asker.role, WORD),
        ),
        case=needed("case_reference", message.case_reference, LINE),
        purpose=needed("purpose", message.purpose, WORD),
        seeks=_seeks(message),
        topic=line("topic", message.topic, WORD),
        is_urgent=message.urgent,
        limit=message.limit,
    )


def _seeks(message: pb.Question) -> Sought | Detail:
    if message.HasField("sought"):
        return sought_from(message.sought)
    if message.HasField("detail"):
        return Detail(Reference(needed("detail.reference", message.detail.reference, WORD)))
    raise InvalidError("a question must seek something: sought or detail")


def sought_from(message: pb.Sought) -> Sought:
    """What is sought; raises `InvalidError` naming the field that is wrong."""
    return Sought(
        name=line("sought.name", message.name, LINE),
        birth_date=line("sought.birth_date", message.birth_date, WORD),
        nationality=line("sought.nationality", message.nationality, WORD),
        identifiers=tuple(
            Identifier(
                needed("identifier.type", part.type, WORD),
                needed("identifier.value", part.value, LINE),
            )
            for part in few("sought.identifiers", message.identifiers, IDENTIFIERS)
        ),
        kind=line("sought.kind", message.kind, WORD),
    )


def sought_to(sought: Sought) -> pb.Sought:
    """What is sought, as it travels."""
    return pb.Sought(
        name=sought.name,
        birth_date=sought.birth_date,
        nationality=sought.nationality,
        identifiers=[pb.Identifier(type=i.type, value=i.value) for i in sought.identifiers],
        kind=sought.kind,
    )


def _cut(hits: Sequence[Hit], whole: Sequence[pb.Hit], room: int) -> Iterable[pb.Hit]:
    """The hits, each whole as long as there is room for that and for what is bare of the rest."""
    bare = [bare_to(hit) for hit in hits]
    room -= sum(part.ByteSize() for part in bare)
    for part, less in zip(whole, bare, strict=True):
        more = part.ByteSize() - less.ByteSize()
        yield part if more <= room else less
        room -= more if more <= room else 0
