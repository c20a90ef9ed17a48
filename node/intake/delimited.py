"""Delimited text as numbered rows; damage that could shift them refuses the whole file."""

import csv
from collections.abc import Iterator
from pathlib import Path

from federation.errors import UnreadableError
from node.intake.lines import text_lines


def records(
    path: Path, *, delimiter: str = ",", quote: str = '"', encoding: str = "utf-8"
) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins, in constant memory; blank lines are none.

    Raises `UnreadableError` where quotes do not close or close in the middle of a field.
    """
    reader = csv.reader(
        text_lines(path, encoding),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(
            f"{path.name} is damaged: the quotes of line {line} do not close."
        ) from error


def ends_whole(path: Path) -> bool:
    """Whether the last line of a file was ended; the mark of old systems, Ctrl-Z, ends one too."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 1))
        return file.read(1) in (b"\n", b"\r", b"\x1a", b"")
