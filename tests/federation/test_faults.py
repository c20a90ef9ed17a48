from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from structlog.testing import capture_logs

from federation import errors, faults
from federation.errors import Code, FederationError

FAULTS = [
    fault
    for fault in vars(errors).values()
    if isinstance(fault, type) and issubclass(fault, FederationError)
]

Context = grpc.aio.ServicerContext[bytes, bytes]
Call = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
Method = Callable[[bytes, Context], Awaitable[bytes]]


@asynccontextmanager
async def calling(method: Method) -> AsyncIterator[Call]:
    """A way to call this method over a real connection."""
    server = grpc.aio.server()
    methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]]
    methods = {"Ask": grpc.unary_unary_rpc_method_handler(method)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("desk", methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call: Call = channel.unary_unary("/desk/Ask")
        yield call
    await server.stop(None)


async def ended_by(error: Exception) -> grpc.aio.AioRpcError:
    """How a call looks from outside that this fault ended."""

    async def method(_: bytes, context: Context) -> bytes:
        await faults.abort(context, error, door="EE")

    async with calling(method) as call:
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await call(b"", timeout=5)
    return ended.value


def test_every_code_has_one_fault_and_one_status() -> None:
    codes = [fault.code for fault in FAULTS]

    assert sorted(codes) == sorted(Code)
    assert set(faults.STATUS) == set(Code)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
async def test_a_fault_comes_out_as_the_fault_it_went_in(fault: type[FederationError]) -> None:
    ended = await ended_by(fault("q-1: what only our log may hold"))

    arrived = faults.fault_of(ended)

    assert type(arrived) is fault
    assert ended.code() is faults.STATUS[fault.code]


@pytest.mark.parametrize("fault", [errors.RefusedError, errors.StrangerError, FederationError])
async def test_a_refusal_never_says_why(fault: type[FederationError]) -> None:
    ended = await ended_by(fault("LV: forbid-by-topic"))

    assert ended.details() == fault.public
    assert "forbid" not in str(ended.trailing_metadata())


@pytest.mark.parametrize(
    "fault",
    [errors.InvalidError, errors.TooWideError, errors.ClockError, errors.CharterError],
)
async def test_the_asker_is_told_what_it_can_mend(fault: type[FederationError]) -> None:
    ended = await ended_by(fault("limit must be from 1 to 100"))

    assert ended.details() == "limit must be from 1 to 100"
    assert faults.public(faults.fault_of(ended)) == "limit must be from 1 to 100"


async def test_a_fault_without_words_has_its_public_sentence() -> None:
    ended = await ended_by(errors.ClockError())

    assert ended.details() == errors.ClockError.public


async def test_a_fault_that_nobody_foresaw_is_internal_and_keeps_its_text_out_of_the_log() -> None:
    with capture_logs() as log:
        ended = await ended_by(KeyError("Viktor Lesnikov"))

    assert type(faults.fault_of(ended)) is FederationError
    assert "Lesnikov" not in f"{log} {ended.details()} {ended.trailing_metadata()}"
    assert [(line["event"], line["error"], line["door"]) for line in log] == [
        ("internal", "KeyError", "EE")
    ]


def test_the_log_says_where_a_fault_that_nobody_foresaw_was_raised() -> None:
    def raised() -> Exception:
        try:
            int("Viktor Lesnikov")
        except ValueError as error:
            return error
        raise AssertionError

    with capture_logs() as log:
        faults.foreseen(raised())

    assert log[0]["at"].startswith("test_faults.py:")


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (grpc.StatusCode.DEADLINE_EXCEEDED, errors.LateError),
        (grpc.StatusCode.UNAVAILABLE, errors.UnreachableError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, errors.TooLargeError),
        (grpc.StatusCode.UNIMPLEMENTED, FederationError),
    ],
)
async def test_a_status_of_grpcs_own_is_the_fault_it_means(
    status: grpc.StatusCode, fault: type[FederationError]
) -> None:
    async def method(_: bytes, context: Context) -> NoReturn:
        await context.abort(status, "tcp handshaker shutdown")

    async with calling(method) as call:
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await call(b"", timeout=5)

    arrived = faults.fault_of(ended.value)

    assert type(arrived) is fault
    assert faults.public(arrived) == fault.public


def details(domain: str, reason: str) -> bytes:
    status = Status()
    status.details.add().Pack(ErrorInfo(domain=domain, reason=reason))
    return bytes(status.SerializeToString())


@pytest.mark.parametrize(
    "claim",
    [
        b"\xff not a status",
        Status(code=7).SerializeToString(),
        details("other", "REFUSED"),
        details("amber", "NO_SUCH_CODE"),
    ],
)
async def test_details_that_are_not_ours_are_passed_over(claim: bytes) -> None:
    async def method(_: bytes, context: Context) -> NoReturn:
        metadata = (("grpc-status-details-bin", claim),)
        await context.abort(grpc.StatusCode.UNAVAILABLE, "gone", metadata)

    async with calling(method) as call:
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await call(b"", timeout=5)

    arrived = faults.fault_of(ended.value)

    assert type(arrived) is errors.UnreachableError


async def test_who_asks_says_what_silence_is_and_a_fault_that_was_said_stays_itself() -> None:
    async def gone(_: bytes, context: Context) -> NoReturn:
        await context.abort(grpc.StatusCode.UNAVAILABLE, "tcp handshaker shutdown")

    async with calling(gone) as call:
        with pytest.raises(grpc.aio.AioRpcError) as silent:
            await call(b"", timeout=5)
    said = await ended_by(errors.BusyError())

    assert type(faults.fault_of(silent.value, silence=errors.LateError)) is errors.LateError
    assert type(faults.fault_of(said, silence=errors.LateError)) is errors.BusyError
