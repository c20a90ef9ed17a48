"""The charter in force: asked for by everybody, replaced in one place."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from federation import charter
from federation.charter import Charter


@dataclass(frozen=True, slots=True)
class Held:
    """A charter and the document that says it."""

    charter: Charter
    document: bytes
    identity: str

    @classmethod
    def of(cls, document: bytes) -> "Held":
        """What a document says; raises `CharterError` unless enough have signed it."""
        return cls(charter.read(document), document, charter.identity(document))


class InForce:
    """The charter that holds now. What is on disk is put here, and kept in a file for others."""

    def __init__(self, document: bytes, keep: Callable[[bytes], None]) -> None:
        self.held = Held.of(document)
        self._keep = keep
        self._kept = self.held.charter.version
        self._turn = threading.Lock()

    def __call__(self) -> Charter:
        """The charter that holds now."""
        return self.held.charter

    def put(self, version: int, document: bytes) -> None:
        """Put a charter in the place of an older one; one that is no newer changes nothing.

        It holds even when its file cannot be written, which is tried again when this is called.
        """
        with self._turn:
            if version > self.held.charter.version:
                self.held = Held.of(document)
            if self.held.charter.version > self._kept:
                self._keep(self.held.document)
                self._kept = self.held.charter.version
