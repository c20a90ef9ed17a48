"""The file of rejects: each row that could not be taken, by its line and the reason."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec


class Reject(Protocol):
    """A row that could not be taken."""

    @property
    def line(self) -> int:
        """Its line in the file."""

    @property
    def reason(self) -> str:
        """Why it was not taken; never its content."""


def write(file: Path, rejects: Iterator[Reject]) -> Path | None:
    """The file of rejects, whole or not there; None when nothing was rejected."""
    first = next(rejects, None)
    if first is None:
        return None
    partial = file.with_suffix(".partial")
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
        out.writelines(map(_line, itertools.chain((first,), rejects)))
    return partial.replace(file)


def _line(reject: Reject) -> bytes:
    return msgspec.json.encode({"line": reject.line, "reason": reject.reason}) + b"\n"
