"""A file of answers that grows: how much of it is there, and only whole lines go on."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from federation.errors import BusyError, InvalidError

#: How every answer begins.
_BEGINNING = b'{"line":'


@dataclass(frozen=True, slots=True)
class Answered:
    """How many whole answers a file holds, and the screening that the last of them names."""

    count: int = 0
    screening: str = ""


class _Line(msgspec.Struct):
    line: int
    screening: str


class AnswersFile:
    """An open file of answers, ours alone as long as it is open."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name

    def answered(self) -> Answered:
        """What is there already; raises `InvalidError` when that is something else than answers.

        A last line that was cut off is none.
        """
        count, last = 0, b""
        self._file.seek(0)
        for line in self._file:
            if line.endswith(b"\n"):
                count, last = count + 1, line
            elif not count and not _BEGINNING.startswith(line[: len(_BEGINNING)]):
                raise self._foreign()
        if not count:
            return Answered()
        try:
            return Answered(count, msgspec.json.decode(last, type=_Line).screening)
        except msgspec.DecodeError:
            raise self._foreign() from None

    def keep(self, count: int) -> None:
        """Keep so many whole answers, forget what comes behind them, and go on there."""
        self._file.seek(0)
        for _ in range(count):
            self._file.readline()
        self._file.truncate(self._file.tell())

    def add(self, lines: bytes) -> None:
        """Write the next bytes; once this returns they outlive this process."""
        self._file.write(lines)
        self._file.flush()

    def _foreign(self) -> InvalidError:
        return InvalidError(f"{self._name} holds something else than answers of a screening")


@contextmanager
def opened(path: Path) -> Iterator[AnswersFile]:
    """The file, made for its owner alone when it is not there; on disk once this ends.

    One in which nothing stands in the end is none.

    Raises `BusyError` when another process writes it.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{path.name} is being written by another command") from None
        try:
            yield AnswersFile(file, path.name)
        finally:
            os.fsync(file.fileno())
            if not os.fstat(file.fileno()).st_size:
                path.unlink(missing_ok=True)
