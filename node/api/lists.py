"""Lists to be screened: their bytes on the way in, their answers on the way back."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from federation.errors import InvalidError
from node.api.incoming import checked
from node.screening import Begun, List, Part, Screened
from protos.node.v1 import node_pb2 as pb

Step = TypeVar("Step")

#: Bytes of answers in one message; a part may be longer.
PIECE_BYTES = 256 * 1024


async def first(requests: AsyncIterator[pb.ScreenRequest]) -> pb.ScreenOptions:
    """The options of a screening; raises `InvalidError` when something else comes first."""
    request = await anext(requests, None)
    if request is None or request.WhichOneof("part") != "options":
        raise InvalidError("a screening says its options first")
    return request.options


@asynccontextmanager
async def received(
    options: pb.ScreenOptions, requests: AsyncIterator[pb.ScreenRequest], folder: Path
) -> AsyncIterator[List]:
    """Write the list that comes into `folder`; it is gone again when this ends."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / checked(options.name)
        with path.open("wb") as out:
            async for request in requests:
                out.write(request.chunk)
        yield List(path, options.strong_only, options.answered, options.screening)


async def stepped(steps: Generator[Step, None, None]) -> AsyncGenerator[Step, None]:
    """Each step of a plain generator, taken in a thread; it is closed when this ends.

    Whoever hangs up in the middle of a step leaves it to its end, so that it is whole.
    """
    step = asyncio.ensure_future(asyncio.to_thread(next, steps, None))
    try:
        while (value := await asyncio.shield(step)) is not None:
            yield value
            step = asyncio.ensure_future(asyncio.to_thread(next, steps, None))
    finally:
        await asyncio.wait([step])
        await asyncio.to_thread(steps.close)


def responses(step: Begun | Part | Screened) -> Iterator[pb.ScreenResponse]:
    """What the caller is told of one step; the answers of a part in pieces."""
    match step:
        case Begun():
            begun = pb.ScreenBegun(screening=step.screening, rows=step.rows, answered=step.answered)
            yield pb.ScreenResponse(begun=begun)
        case Part():
            yield from map(_piece, _pieces(step))
        case Screened():
            yield pb.ScreenResponse(result=_result(step))


def _pieces(part: Part) -> Iterator[pb.ScreenAnswers]:
    """The lines cut where they may; only with the last piece is the part answered."""
    lines = part.lines
    last = (len(lines) - 1) // PIECE_BYTES * PIECE_BYTES
    for start in range(0, last, PIECE_BYTES):
        yield pb.ScreenAnswers(lines=lines[start : start + PIECE_BYTES])
    yield pb.ScreenAnswers(lines=lines[last:], answered=part.answered)


def _piece(answers: pb.ScreenAnswers) -> pb.ScreenResponse:
    return pb.ScreenResponse(answers=answers)


def _result(screened: Screened) -> pb.ScreenResult:
    return pb.ScreenResult(
        screening=screened.screening,
        rows=screened.counts.rows,
        hits=screened.counts.hits,
        strong=screened.counts.strong,
        rejected=screened.counts.rejected,
        rejects=str(screened.rejects or ""),
    )
