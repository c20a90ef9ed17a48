"""A file of questions to a file of answers, in the same order, several on their way at once."""

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from federation.errors import FederationError, InvalidError
from federation.messages import Identifier, Sought
from node.cli.faults import sentence
from node.cli.output import private
from node.cli.progress import progress
from node.cli.tally import Tally
from node.desk import Desk, Plain, Whom, Why

#: Questions on their way at the same time; each is asked of every member at once.
WIDTH = 8
#: What a file may begin with that no line means: the byte order mark of a Windows editor.
_MARK = b"\xef\xbb\xbf"


class _Identifier(msgspec.Struct):
    type: str
    value: str


class _Line(msgspec.Struct):
    """One question of a batch; other fields are ignored."""

    qid: str
    name: str = ""
    dob: str = ""
    nationality: str = ""
    identifier: _Identifier | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Unread:
    """A line that is no question, and as much of its id as can be read."""

    qid: object
    fault: InvalidError


#: An answer, and the fault that it is in place of one.
Answered = tuple[Plain, FederationError | None]


async def run_batch(desk: Desk, files: tuple[Path, Path], *, why: Why, whom: Whom) -> Tally:
    """Ask every line of the first file and write one answer line each to the second.

    A line that is no question, or cannot be asked, is answered by its error and stops nothing.
    Raises `InvalidError` when both are the same file.
    """
    questions, answers = files
    if answers.exists() and answers.samefile(questions):
        raise InvalidError(
            "--out names the questions themselves: name another file for the answers"
        )
    lines, tally = _lines(questions), Tally()
    with (
        progress("searching", len(lines)) as advance,
        os.fdopen(private(answers), "wb") as out,
    ):
        async for answer, fault in _in_order(desk, lines, why, whom):
            out.write(msgspec.json.encode(answer) + b"\n")
            tally.count(answer, fault)
            advance(tally.questions)
    return tally


def _lines(path: Path) -> list[_Line | _Unread]:
    """Every line of the file that holds anything."""
    lines = enumerate(path.read_bytes().removeprefix(_MARK).splitlines(), 1)
    return [_line(number, text) for number, text in lines if text.strip()]


def _line(number: int, text: bytes) -> _Line | _Unread:
    try:
        return msgspec.json.decode(text, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _Unread(_qid(text), InvalidError(f"line {number} is no question: {error}"))


def _qid(text: bytes) -> object:
    """The id of a line that is no question, when it has one."""
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return said.get("qid") if isinstance(said, dict) else None


async def _in_order(
    desk: Desk, lines: list[_Line | _Unread], why: Why, whom: Whom
) -> AsyncIterator[Answered]:
    """Answers in the order of the questions, `WIDTH` of them on their way."""
    ahead: deque[asyncio.Task[Answered]] = deque()
    try:
        for line in lines:
            ahead.append(asyncio.create_task(_answered(desk, line, why, whom)))
            if len(ahead) == WIDTH:
                yield await ahead.popleft()
        while ahead:
            yield await ahead.popleft()
    finally:
        for task in ahead:
            task.cancel()


async def _answered(desk: Desk, line: _Line | _Unread, why: Why, whom: Whom) -> Answered:
    started = time.perf_counter()
    try:
        if isinstance(line, _Unread):
            raise line.fault
        found = await desk.search(_sought(line), why=why, whom=whom)
    except FederationError as fault:
        return {"qid": line.qid, "error": sentence(fault)}, fault
    ms = round((time.perf_counter() - started) * 1_000, 1)
    hits = [_hit(hit) for hit in found["hits"]]
    return {"qid": line.qid, "hits": hits, "members": found["members"], "ms": ms}, None


def _sought(line: _Line) -> Sought:
    identifier = line.identifier
    numbers = (Identifier(identifier.type, identifier.value),) if identifier else ()
    return Sought(line.name, line.dob, line.nationality, numbers, line.kind)


def _hit(hit: Plain) -> Plain:
    return {
        "node": hit["member"],
        "id": hit.get("record", ""),
        "ref": hit["ref"],
        "score": hit["score"],
        "strong": hit["strong"],
    }
