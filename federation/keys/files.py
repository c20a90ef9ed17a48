"""Files of secrets: each 0600, written whole or not at all, several of them changed at once.

Trust: whoever can write `.change` in the folder of the keys decides what the keys become.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from federation.errors import UntrustedError

#: A change that was decided and may not yet be carried out, and one that nobody decided yet.
_DECIDED, _DRAFT = ".change", ".change.new"
#: In a change, the names of files that are to go, one a line.
_GONE = ".gone"


def write(path: Path, data: bytes) -> None:
    """Write a file of 0600 whole or not at all."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def change(
    folder: Path, files: Mapping[str, bytes | None], decided: Callable[[], None] = lambda: None
) -> None:
    """Write these files and remove those without content: all of it or nothing of it.

    Names are relative to the folder. A process that ends in the midst of it leaves either what
    was there before, or a change that `finish` carries out. One change waits for another, in
    whatever process. `decided` is called once all of it is on disk and nothing counts yet; what
    it raises leaves what was there. It waits for nobody who waits for the folder.
    """
    with settled(folder):
        draft = folder / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        for name, data in files.items():
            if data is not None:
                (draft / name).parent.mkdir(mode=0o700, exist_ok=True)
                write(draft / name, data)
        gone = [name for name, data in files.items() if data is None]
        write(draft / _GONE, "\n".join(gone).encode())
        _on_disk({(draft / name).parent for name in files} | {draft})
        try:
            decided()
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        draft.rename(folder / _DECIDED)
        _on_disk({folder})
        _finish(folder)


def finish(folder: Path) -> None:
    """Carry out a change that was decided, however far it had come."""
    if (folder / _DECIDED).exists():
        with settled(folder):
            pass


@contextlib.contextmanager
def settled(folder: Path) -> Iterator[None]:
    """The folder with no change half done, and nobody who changes it until this ends.

    Raises `UntrustedError` for one that cannot be had.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UntrustedError(f"{folder}: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _finish(folder)
        yield
    finally:
        os.close(handle)


def _finish(folder: Path) -> None:
    decided = folder / _DECIDED
    if not decided.exists():
        return
    # It goes with the folder itself, when all else was done.
    if (decided / _GONE).exists():
        gone = [folder / name for name in (decided / _GONE).read_text().splitlines()]
        paths = [path for path in decided.rglob("*") if path.is_file() and path.name != _GONE]
        moved = [(path, folder / path.relative_to(decided)) for path in paths]
        for path, to in moved:
            to.parent.mkdir(mode=0o700, exist_ok=True)
            path.replace(to)
        for path in gone:
            path.unlink(missing_ok=True)
        _on_disk({folder} | {to.parent for _, to in moved} | {path.parent for path in gone})
    shutil.rmtree(decided)


def read(path: Path) -> bytes:
    """What a file holds; raises `UntrustedError` naming one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UntrustedError(f"{path}: {error.strerror}") from None


def secret(path: Path) -> bytes:
    """What a file holds that nobody else can read; raises `UntrustedError` where others can."""
    data = read(path)
    if path.stat().st_mode & 0o077:
        raise UntrustedError(f"{path} can be read by others: chmod 600 {path}")
    return data


def _on_disk(folders: Iterable[Path]) -> None:
    """Have the names in folders survive a power cut."""
    for folder in filter(Path.exists, folders):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
