"""Links between nodes that can be cut: a proxy below TLS, so that it sees bytes alone."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from enum import StrEnum

Address = tuple[str, int]
_CHUNK = 65_536


class Fault(StrEnum):
    """What is wrong with a link: nothing; it refuses; what is sent or replied is swallowed."""

    NONE = "none"
    REFUSES = "refuses"
    DEAF = "deaf"
    MUTE = "mute"


@dataclass
class Link:
    """The way to one door. A link that is mute loses acknowledgements alone."""

    here: Address
    there: Address
    fault: Fault = Fault.NONE
    _live: set[asyncio.StreamWriter] = field(default_factory=set)
    _going: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._met, *self.here)

    async def close(self) -> None:
        """Stop listening, and end what goes on."""
        if self._server:
            self._server.close()
        self._reset()
        if self._going:
            await asyncio.wait(self._going, timeout=5)

    def breaks(self, fault: Fault) -> None:
        """Have something wrong from now on; bytes that were swallowed never come again."""
        was, self.fault = self.fault, fault
        if fault is Fault.REFUSES or was in (Fault.DEAF, Fault.MUTE):
            self._reset()

    def _reset(self) -> None:
        for writer in self._live:
            writer.transport.abort()
        self._live.clear()

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        going = asyncio.ensure_future(self._joined(reader, writer))
        self._going.add(going)
        going.add_done_callback(self._going.discard)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault is Fault.REFUSES:
            writer.transport.abort()
            return
        try:
            there, beyond = await asyncio.open_connection(*self.there)
        except OSError:
            writer.transport.abort()
            return
        self._live |= {writer, beyond}
        await asyncio.gather(
            self._carried(reader, beyond, Fault.DEAF), self._carried(there, writer, Fault.MUTE)
        )
        self._live -= {writer, beyond}

    async def _carried(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, swallows: Fault
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self.fault is not swallows:
                    writer.write(data)
                    await writer.drain()
        writer.close()
