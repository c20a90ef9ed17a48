"""A file of questions to a file of answers, in the same order, several on their way at once."""

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from federation.errors import FederationError, InvalidError
from federation.messages import Identifier, Sought
from node.cli.faults import sentence
from node.cli.output import private
from node.cli.progress import progress
from node.desk import Desk, Plain, Whom, Why

#: Questions on their way at the same time; each is asked of every member at once.
WIDTH = 8

#: An answer, and whether everybody gave one.
Answered = tuple[Plain, bool]


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


async def run_batch(desk: Desk, files: tuple[Path, Path], *, why: Why, whom: Whom) -> bool:
    """Ask every line of the first file and write one answer line each to the second.

    A line that cannot be asked is answered by its error and stops nothing. Returns whether
    every question was answered by every member.
    """
    questions, answers = files
    lines = _lines(questions)
    is_complete = True
    with (
        progress("searching", len(lines)) as advance,
        os.fdopen(private(answers), "wb") as out,
    ):
        done = 0
        async for answer, is_whole in _in_order(desk, lines, why, whom):
            out.write(msgspec.json.encode(answer) + b"\n")
            is_complete &= is_whole
            done += 1
            advance(done)
    return is_complete


def _lines(path: Path) -> list[_Line]:
    """Every question of the file. Raises `InvalidError` naming the first line that is none."""
    lines = []
    for number, text in enumerate(path.read_bytes().splitlines(), 1):
        if text.strip():
            try:
                lines.append(msgspec.json.decode(text, type=_Line))
            except msgspec.DecodeError as error:
                raise InvalidError(f"{path.name}, line {number}: {error}") from None
    return lines


async def _in_order(
    desk: Desk, lines: list[_Line], why: Why, whom: Whom
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


async def _answered(desk: Desk, line: _Line, why: Why, whom: Whom) -> Answered:
    started = time.perf_counter()
    try:
        found = await desk.search(_sought(line), why=why, whom=whom)
    except FederationError as fault:
        return {"qid": line.qid, "error": sentence(fault)}, False
    ms = round((time.perf_counter() - started) * 1_000, 1)
    hits = [_hit(hit) for hit in found["hits"]]
    return {"qid": line.qid, "hits": hits, "members": found["members"], "ms": ms}, found["complete"]


def _sought(line: _Line) -> Sought:
    identifier = line.identifier
    numbers = (Identifier(identifier.type, identifier.value),) if identifier else ()
    return Sought(line.name, line.dob, line.nationality, numbers, line.kind)


def _hit(hit: Plain) -> Plain:
    return {
        "node": hit["member"],
        "id": hit.get("record", ""),
        "score": hit["score"],
        "strong": hit["strong"],
    }
