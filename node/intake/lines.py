"""JSON lines: bounded, numbered, and either whole or refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec

from federation.errors import UnreadableError
from node.errors import RowError
from node.intake.rows import MAX_ROW_BYTES, Row, cleaned

Value = TypeVar("Value")

_BOM = b"\xef\xbb\xbf"
_NOT_JSON = "is not a JSON object"
_TOO_LONG = f"is longer than {MAX_ROW_BYTES} bytes"

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Line(Generic[Value]):
    """One line and what was read from it, or its fault; of a faulty one its id if it has one."""

    number: int
    value: Value | None = None
    fault: str = ""
    id: str = ""


def rows(path: Path, parse: Callable[[int, str], Row]) -> Iterator[Row]:
    """One row for each line that holds anything, as `objects` reads them."""
    for line in objects(path, parse):
        yield line.value or Row(line.number, fault=line.fault, id=line.id)


def objects(path: Path, parse: Callable[[int, str], Value]) -> Iterator[Line[Value]]:
    """What each line that holds anything says, in order, in constant memory.

    A line that is no JSON object, or not one that `parse` takes, has a fault. Raises
    `UnreadableError` when the last line was cut off, when bytes are not UTF-8 text, and when
    there are lines but not one JSON object among them.
    """
    faults = found = 0
    for number, raw in _bounded(path):
        text = _text(path, number, raw)
        if not text.strip():
            continue
        line = _line(number, raw, text, parse)
        if line.fault == _NOT_JSON and not raw.endswith(b"\n"):
            raise UnreadableError(f"{path.name} ends in the middle of line {number}.")
        is_object = line.fault not in (_NOT_JSON, _TOO_LONG)
        found += is_object
        faults += not is_object
        yield line
    if faults and not found:
        raise UnreadableError(f"{path.name} is not a file of JSON lines: no line is a JSON object.")


def text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Every line of a text file with its line end, each at most `MAX_ROW_BYTES`.

    Raises `UnreadableError` for NUL bytes, undecodable bytes and longer lines.
    """
    for number, raw in _bounded(path):
        if len(raw) > MAX_ROW_BYTES:
            raise UnreadableError(f"{path.name}: line {number} {_TOO_LONG}.")
        yield _text(path, number, raw, encoding)


def _bounded(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each line with its number; of a line that is too long only the beginning."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_ROW_BYTES + 1):
            number += 1
            if number == 1:
                raw = raw.removeprefix(_BOM)
            if len(raw) > MAX_ROW_BYTES:
                _skip_line(file, raw)
            yield number, raw


def _skip_line(file: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(MAX_ROW_BYTES)


def _text(path: Path, number: int, raw: bytes, encoding: str = "utf-8") -> str:
    if b"\0" in raw:
        raise UnreadableError(f"{path.name} is damaged: line {number} holds NUL bytes.")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        # The end of a line that is too long may have cut a character in two.
        if len(raw) > MAX_ROW_BYTES and error.start > MAX_ROW_BYTES - 8:
            return raw[: error.start].decode(encoding)
        raise UnreadableError(f"{path.name}: line {number} is not {encoding} text.") from error


def _line(number: int, raw: bytes, text: str, parse: Callable[[int, str], Value]) -> Line[Value]:
    if len(raw) > MAX_ROW_BYTES:
        return Line(number, fault=_TOO_LONG)
    try:
        return Line(number, parse(number, text))
    except msgspec.ValidationError as error:
        return _faulty(number, text, str(error).replace("$.", ""))
    except RowError as error:
        return _faulty(number, text, str(error))
    except (msgspec.DecodeError, RecursionError):
        return Line(number, fault=_NOT_JSON)


def _faulty(number: int, text: str, fault: str) -> Line[Any]:
    """A line with its fault, and its id if it has one; a type fault may hide that it is no JSON."""
    try:
        found = _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return Line(number, fault=_NOT_JSON)
    if not isinstance(found, dict):
        return Line(number, fault=_NOT_JSON)
    row_id = found.get("id")
    return Line(number, fault=fault, id=cleaned(row_id) if isinstance(row_id, str) else "")
