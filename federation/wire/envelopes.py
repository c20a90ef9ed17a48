"""Sealed messages as they travel; whether a seal holds is for `seal.opened`."""

from federation.seal import Sealed
from federation.wire.fields import decoded
from protos.federation.v1 import federation_pb2 as pb

SERVICE = pb.DESCRIPTOR.services_by_name["Federation"].full_name
#: The paths of the methods, as gRPC names them.
ASK, DELIVER, RECONCILE = (f"/{SERVICE}/{name}" for name in ("Ask", "Deliver", "Reconcile"))


def request_to(sealed: Sealed) -> bytes:
    """What a call brings: a sealed question, dispatch or inquiry as it travels."""
    return pb.AskRequest(sealed=sealed_to(sealed)).SerializeToString()


def request_from(data: bytes) -> Sealed:
    """What a call brought, as it came; whether its seal holds is for `seal.opened`."""
    return sealed_from(decoded(pb.AskRequest, data).sealed)


def response_to(sealed: Sealed) -> bytes:
    """What a call is told: a sealed answer, receipt or account as it travels."""
    return pb.AskResponse(sealed=sealed_to(sealed)).SerializeToString()


def response_from(data: bytes) -> Sealed:
    """What a call was told, as it came; whether its seal holds is for `seal.opened`."""
    return sealed_from(decoded(pb.AskResponse, data).sealed)


def sealed_to(sealed: Sealed) -> pb.Sealed:
    """A sealed message inside another."""
    return pb.Sealed(
        statement=sealed.statement,
        key_id=sealed.key_id,
        signature=sealed.signature,
        body=sealed.body,
    )


def sealed_from(message: pb.Sealed) -> Sealed:
    """A sealed message that came inside another."""
    return Sealed(message.statement, message.key_id, message.signature, message.body)
