"""The edge between faults and gRPC: one table of status codes, both ways (as AIP-193)."""

from pathlib import Path
from traceback import extract_tb
from types import MappingProxyType
from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from federation import errors
from federation.errors import Code, FederationError, UnreachableError

DOMAIN = "amber"
_DETAILS = "grpc-status-details-bin"

STATUS = MappingProxyType(
    {
        Code.INTERNAL: grpc.StatusCode.INTERNAL,
        Code.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
        Code.TOO_WIDE: grpc.StatusCode.INVALID_ARGUMENT,
        Code.UNREADABLE: grpc.StatusCode.INVALID_ARGUMENT,
        Code.TOO_LARGE: grpc.StatusCode.RESOURCE_EXHAUSTED,
        Code.REFUSED: grpc.StatusCode.PERMISSION_DENIED,
        Code.STRANGER: grpc.StatusCode.UNAUTHENTICATED,
        Code.BROKEN_SEAL: grpc.StatusCode.UNAUTHENTICATED,
        Code.REPLAYED: grpc.StatusCode.ALREADY_EXISTS,
        Code.CLOCK: grpc.StatusCode.FAILED_PRECONDITION,
        Code.CHARTER: grpc.StatusCode.FAILED_PRECONDITION,
        Code.QUOTA: grpc.StatusCode.RESOURCE_EXHAUSTED,
        Code.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
        Code.BUSY: grpc.StatusCode.UNAVAILABLE,
        Code.FLOOD: grpc.StatusCode.UNAVAILABLE,
        Code.UNFINISHED: grpc.StatusCode.DEADLINE_EXCEEDED,
        Code.UNKNOWN_METHOD: grpc.StatusCode.UNIMPLEMENTED,
        Code.UNREACHABLE: grpc.StatusCode.UNAVAILABLE,
        Code.UNPROVEN: grpc.StatusCode.UNAVAILABLE,
        Code.LATE: grpc.StatusCode.DEADLINE_EXCEEDED,
        Code.UNTRUSTED: grpc.StatusCode.FAILED_PRECONDITION,
    }
)

_FAULT_OF = MappingProxyType(
    {
        fault.code: fault
        for fault in vars(errors).values()
        if isinstance(fault, type) and issubclass(fault, FederationError)
    }
)

#: What a status without our details means: it comes from gRPC itself.
_FAULT_OF_STATUS = MappingProxyType(
    {
        grpc.StatusCode.DEADLINE_EXCEEDED: errors.LateError,
        grpc.StatusCode.UNAVAILABLE: UnreachableError,
        grpc.StatusCode.CANCELLED: UnreachableError,
        grpc.StatusCode.RESOURCE_EXHAUSTED: errors.TooLargeError,
        grpc.StatusCode.UNAUTHENTICATED: errors.StrangerError,
    }
)


async def abort(
    context: "grpc.aio.ServicerContext[Any, Any]", error: Exception, **about: str
) -> NoReturn:
    """End a call by its fault: the public sentence leaves, the detail goes to our log.

    `about` are the ids that the log line names.
    """
    await end(context, foreseen(error, **about))


async def end(context: "grpc.aio.ServicerContext[Any, Any]", fault: FederationError) -> NoReturn:
    """End a call by a fault of which our log knows already."""
    status, sentence = STATUS[fault.code], public(fault)
    packed = AnyMessage()
    packed.Pack(ErrorInfo(reason=fault.code.upper(), domain=DOMAIN))
    details = Status(code=status.value[0], message=sentence, details=[packed])
    await context.abort(status, sentence, ((_DETAILS, details.SerializeToString()),))


def foreseen(error: Exception, **about: str) -> FederationError:
    """The fault itself; one that nobody foresaw becomes "internal".

    Either is logged here, once: what nobody foresaw by kind and place alone, because its text
    could be somebody's data.
    """
    log = structlog.get_logger()
    if isinstance(error, FederationError):
        log.info("fault", code=error.code, detail=str(error), **about)
        return error
    log.error("internal", error=type(error).__name__, at=_place(error), **about)
    return FederationError()


def public(fault: FederationError) -> str:
    """What the other side of a call is told: faults of its own making in full, else a sentence."""
    return str(fault) if fault.is_told and str(fault) else fault.public


def fault_of(
    error: grpc.aio.AioRpcError, *, silence: type[FederationError] = UnreachableError
) -> FederationError:
    """The fault that ended a call, as it was on the other side; `silence` when nobody was there."""
    code = _code(error)
    if code:
        return _FAULT_OF[code](error.details() or "")
    fault = _FAULT_OF_STATUS.get(error.code(), FederationError)
    fault = silence if fault is UnreachableError else fault
    # What gRPC says of itself is for our log; as the text of such a fault it would be shown.
    return fault() if fault.is_told else fault(f"{error.code().name}: {error.details()}")


def _code(error: grpc.aio.AioRpcError) -> Code | None:
    """Our code in the details of a status, if it has one."""
    packed = (error.trailing_metadata() or {}).get(_DETAILS)
    if not isinstance(packed, bytes):
        return None
    info = ErrorInfo()
    try:
        found = any(detail.Unpack(info) for detail in Status.FromString(packed).details)
        return Code(info.reason.lower()) if found and info.domain == DOMAIN else None
    except (DecodeError, ValueError):
        return None


def _place(error: Exception) -> str:
    """File and line where an unforeseen fault was raised."""
    frames = extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
