"""XML as a stream of small trees with line numbers; no DTD, depth or size can harm the reader.

Trust: whoever can write the file can choose what is loaded from it, and nothing more.
"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from federation.errors import UnreadableError
from node.intake.rows import MAX_ROW_BYTES, cleaned

MAX_DEPTH = 32
MAX_PIECE_BYTES = 4 << 20
_CHUNK = 1 << 16


@dataclass(slots=True)
class Element:
    """One element: its tag, the line on which it begins, its own text and its children."""

    tag: str
    line: int
    parts: list[str] = field(default_factory=list)
    children: "list[Element]" = field(default_factory=list)
    is_too_long: bool = False

    @property
    def text(self) -> str:
        """Its own text, with space made one."""
        return cleaned("".join(self.parts))

    def all(self, tag: str) -> "list[Element]":
        """Its children of one tag, in order."""
        return [child for child in self.children if child.tag == tag]

    def said(self, tag: str) -> str:
        """The text of its first child of one tag, or an empty text."""
        return next((child.text for child in self.children if child.tag == tag), "")

    def values(self, tag: str) -> list[str]:
        """The texts of `<tag><VALUE>..</VALUE>..</tag>`."""
        return [value.text for child in self.all(tag) for value in child.all("VALUE")]


def entries(path: Path, root: str, tags: Collection[str]) -> Iterator[Element]:
    """Every element of one of the tags, in order, in constant memory.

    An entry longer than a row may be comes without its children and says so. Raises
    `UnreadableError` when the file is not XML to its end, has a DTD, another root or
    nests too deep.
    """
    gatherer = _Gatherer(path, root, tags)
    parser = DefusedXMLParser(
        target=gatherer, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    gatherer.expat = parser.parser
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            _fed(path, parser, chunk)
            # expat holds a tag or comment until it ends, however long it is.
            if file.tell() - parser.parser.CurrentByteIndex > MAX_PIECE_BYTES:
                raise UnreadableError(
                    f"{path.name} holds one piece of markup longer than {MAX_PIECE_BYTES} bytes."
                )
            yield from gatherer.taken()
        _fed(path, parser, b"")
    yield from gatherer.taken()


def _fed(path: Path, parser: DefusedXMLParser, chunk: bytes) -> None:
    """Feed one piece, or close at an empty one; every way to fail becomes one sentence."""
    try:
        parser.feed(chunk) if chunk else parser.close()
    except ParseError as error:
        line, column = error.position
        raise UnreadableError(
            f"{path.name} is not well-formed XML at line {line}, column {column}."
        ) from error
    except DefusedXmlException as error:
        raise UnreadableError(
            f"{path.name} has a document type or entity declaration, which is never read."
        ) from error
    except (LookupError, ValueError) as error:
        raise UnreadableError(f"{path.name} has an encoding that cannot be read.") from error


class _Gatherer:
    """What expat calls: keeps the path down to the present element, and the entry being built."""

    def __init__(self, path: Path, root: str, tags: Collection[str]) -> None:
        self.expat: object = None
        self._path = path
        self._root = root
        self._tags = tags
        self._depth = 0
        self._open: list[Element] = []
        self._size = 0
        self._done: deque[Element] = deque()

    def taken(self) -> Iterator[Element]:
        """The entries that are finished since the last time."""
        while self._done:
            yield self._done.popleft()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth == 1 and tag != self._root:
            raise UnreadableError(
                f"{self._path.name} is not this format: its root element is not {self._root}."
            )
        if self._depth > MAX_DEPTH:
            raise UnreadableError(f"{self._path.name} nests elements deeper than {MAX_DEPTH}.")
        if self._open:
            self._grow(len(tag) + sum(map(len, attributes.values())) + 64)
            self._open.append(Element(tag, self._line))
        elif tag in self._tags:
            self._size = 0
            self._open.append(Element(tag, self._line))

    def end(self, tag: str) -> None:  # noqa: ARG002 (the parser's signature)
        """An element ends."""
        self._depth -= 1
        if not self._open:
            return
        element = self._open.pop()
        if not self._open:
            self._done.append(element)
        elif not self._open[0].is_too_long:
            self._open[-1].children.append(element)

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._open:
            self._grow(len(text))
            if not self._open[0].is_too_long:
                self._open[-1].parts.append(text)

    def close(self) -> None:
        """The document ends; nothing is left to do."""

    @property
    def _line(self) -> int:
        return int(getattr(self.expat, "CurrentLineNumber", 0))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > MAX_ROW_BYTES:
            entry = self._open[0]
            entry.is_too_long = True
            entry.children.clear()
