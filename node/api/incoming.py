"""Files on their way in over the desk port: kept in a folder of their own until they are loaded."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from federation.errors import InvalidError
from protos.node.v1 import node_pb2 as pb


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file, or a folder of files, with the options that came before it."""

    path: Path
    options: pb.LoadOptions
    mapping: Path | None


async def first(requests: AsyncIterator[pb.LoadRequest]) -> pb.LoadOptions:
    """The options of a load; raises `InvalidError` when something else comes first."""
    request = await anext(requests, None)
    if request is None or request.WhichOneof("part") != "options":
        raise InvalidError("a load says its options first")
    return request.options


@asynccontextmanager
async def received(
    options: pb.LoadOptions, requests: AsyncIterator[pb.LoadRequest], folder: Path
) -> AsyncIterator[Incoming]:
    """Write what comes into `folder`; it is gone again when this ends.

    Raises `InvalidError` when a name is more than a name.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    try:
        path = place / "file" / checked(options.name)
        (path if options.folder else path.parent).mkdir(parents=True)
        async for request in requests:
            file = path / checked(request.chunk.file) if options.folder else path
            with file.open("ab") as out:
                out.write(request.chunk.data)
        yield Incoming(path, options, _mapping(place, options.mapping))
    finally:
        shutil.rmtree(place)


def checked(name: str) -> str:
    """A file name that leads nowhere else."""
    if not name or name != Path(name).name or "\0" in name:
        raise InvalidError("a file is sent under its own name, without folders")
    return name


def _mapping(place: Path, text: bytes) -> Path | None:
    if not text:
        return None
    mapping = place / "mapping.toml"
    mapping.write_bytes(text)
    return mapping
