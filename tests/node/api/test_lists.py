"""Lists over the desk: long parts in pieces, steps that end whole when somebody hangs up."""

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest

from federation.errors import InvalidError
from node.api import lists
from node.screening import Begun, Part, Screened
from node.store.screenings import Counts
from protos.node.v1 import node_pb2 as pb


async def sent(*requests: pb.ScreenRequest) -> AsyncIterator[pb.ScreenRequest]:
    for request in requests:
        yield request


def held(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_a_list_is_kept_until_it_was_screened(tmp_path: Path) -> None:
    options = pb.ScreenOptions(name="list.jsonl", strong_only=True, answered=3, screening="S-1")
    pieces = sent(pb.ScreenRequest(chunk=b"Anna "), pb.ScreenRequest(chunk=b"Nowak"))

    async with lists.received(options, pieces, tmp_path) as list_:
        content = list_.path.read_bytes()

    assert content == b"Anna Nowak"
    assert (list_.path.name, list_.is_strong_only) == ("list.jsonl", True)
    assert (list_.answered, list_.screening) == (3, "S-1")
    assert held(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../list", "a/b", "a\0"])
async def test_a_list_comes_under_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidError):
        async with lists.received(pb.ScreenOptions(name=name), sent(), tmp_path):
            pass

    assert held(tmp_path) == []


async def test_options_come_first() -> None:
    with pytest.raises(InvalidError, match="options first"):
        await lists.first(sent(pb.ScreenRequest(chunk=b"Anna")))
    with pytest.raises(InvalidError, match="options first"):
        await lists.first(sent())


@pytest.mark.parametrize("length", [1, lists.PIECE_BYTES, lists.PIECE_BYTES + 1, 700_000])
def test_a_part_is_answered_only_with_its_last_piece(length: int) -> None:
    lines = bytes(range(256)) * (length // 256) + b"x" * (length % 256)

    pieces = [one.answers for one in lists.responses(Part(lines, 9))]

    assert b"".join(piece.lines for piece in pieces) == lines
    assert max(len(piece.lines) for piece in pieces) <= lists.PIECE_BYTES
    assert [piece.answered for piece in pieces] == [0] * (len(pieces) - 1) + [9]


def test_how_it_begins_and_ends_is_told() -> None:
    (begun,) = lists.responses(Begun("S-1", 9, 3))
    (ended,) = lists.responses(Screened("S-1", Counts(9, 1, 5, 2), Path("rejects/S-1.jsonl")))

    assert begun.begun == pb.ScreenBegun(screening="S-1", rows=9, answered=3)
    assert ended.result == pb.ScreenResult(
        screening="S-1", rows=9, rejected=1, hits=5, strong=2, rejects="rejects/S-1.jsonl"
    )


async def test_a_step_in_hand_is_whole_before_its_generator_is_closed() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def steps() -> Generator[int, None, None]:
        try:
            yield 1
            begun.set()
            go_on.wait()
            done.append("whole")
            yield 2
        finally:
            done.append("closed")

    async def take() -> None:
        async for _ in lists.stepped(steps()):
            pass

    taking = asyncio.create_task(take())
    await asyncio.to_thread(begun.wait)
    taking.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await taking

    assert done == ["whole", "closed"]
