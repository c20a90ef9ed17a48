"""The plain words in which a desk's answers come back: those that `--json` prints."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
import msgspec
from google.protobuf.message import Message

from federation.errors import FederationError
from federation.faults import fault_of
from node.errors import RestingError
from protos.node.v1 import node_pb2 as pb

Response = TypeVar("Response")

#: One answer in the words of `--json`.
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Why:
    """The case and purpose that stand behind a question."""

    case: str
    purpose: str
    topic: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Whom:
    """Which members are asked, how many hits are wanted and how long all have for it."""

    to: tuple[str, ...] = ()
    limit: int | None = None
    timeout_s: float | None = None


async def told(call: grpc.aio.UnaryUnaryCall[Any, Response]) -> Response:
    """What the node says, or the fault that it raised there."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise ended(error) from None


def ended(error: grpc.aio.AioRpcError) -> FederationError:
    """The fault that ended a call, as it was in the node; `RestingError` when that is silent."""
    return fault_of(error, silence=RestingError)


async def each(call: AsyncIterable[Response]) -> AsyncIterator[Response]:
    """Everything that the node says, one after the other, or the fault that it raised there."""
    try:
        async for response in call:
            yield response
    except grpc.aio.AioRpcError as error:
        raise ended(error) from None


def hit_of(hit: pb.Hit) -> Plain:
    """A hit as far as it is shown."""
    shown: Plain = {
        "member": hit.member,
        "ref": hit.reference,
        "score": round(hit.score, 4),
        "strong": hit.strong,
        "share": hit.share,
        "owner_told": hit.owner_told,
    }
    if hit.entity:
        shown |= {"caption": hit.caption, "record": hit.record}
    shown["reasons"] = [fields(reason) for reason in hit.reasons]
    if hit.HasField("marking"):
        shown["marking"] = fields(hit.marking) | {"handling": list(hit.marking.handling)}
    if hit.entity:
        shown["entity"] = msgspec.json.decode(hit.entity)
    return shown


def outcome_of(outcome: pb.MemberOutcome) -> Plain:
    """How one member met a question."""
    age = outcome.index_age_s if outcome.HasField("index_age_s") else None
    return fields(outcome) | {"index_age_s": age}


def fields(message: Message) -> Plain:
    """A flat message as its fields' names and values."""
    return {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields}
