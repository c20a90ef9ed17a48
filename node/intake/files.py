"""The bytes that a load is made of: who they are, and whether they stayed the same meanwhile."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from federation.errors import UnreadableError

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Bytes:
    """The digest of a file or folder, and the sizes and times its files had just before."""

    digest: str
    stamp: Stamp

    @property
    def size(self) -> int:
        """How many there are."""
        return sum(size for _, size, _ in self.stamp)


def taken(path: Path) -> Bytes:
    """Digest a file, or every file directly in a folder, by name and content.

    Raises `UnreadableError` when it is neither or cannot be read.
    """
    try:
        before = stamp(path)
        digest = hashlib.sha256()
        for file in _files(path):
            with file.open("rb") as opened:
                content = hashlib.file_digest(opened, "sha256").digest()
            digest.update(b"%b\0%b" % (file.name.encode(), content))
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}.") from error
    return Bytes(digest.hexdigest(), before)


def stamp(path: Path) -> Stamp:
    """Name, size and time of every file in question."""
    found = ((file.name, file.stat()) for file in _files(path))
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)


def _files(path: Path) -> Iterator[Path]:
    """Plain files only: a pipe or device has no end to wait for."""
    if path.is_dir():
        yield from sorted(file for file in path.iterdir() if file.is_file())
    elif path.is_file():
        yield path
    else:
        raise UnreadableError(f"{path.name} is no file or folder.")
