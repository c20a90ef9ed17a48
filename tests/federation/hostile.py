"""The door that a hostile member attacks, and how it sends what no node would."""

import contextlib
import random
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.federation import http2
from tests.federation.http2 import HEAD_BYTES, frame

#: Seeded: what failed once is sent again.
SEED = 5
#: How much longer whoever met a shut door waits for it to open, to do once what it is for.
PATIENCE_S = 10.0


class Door:
    """The door to be attacked, for so many seconds from when it is first looked at the time."""

    def __init__(self, port: int, folder: Path, seconds: float) -> None:
        self.port, self.tls = port, http2.tls(folder)
        self._seconds, self._until = seconds, 0.0
        self.chance = random.Random(SEED)
        self.done = 0

    @property
    def is_time(self) -> bool:
        self._until = self._until or time.monotonic() + self._seconds
        return time.monotonic() < self._until + (0 if self.done else PATIENCE_S)

    def lines(self, settings: bytes = b"") -> Iterator[ssl.SSLSocket]:
        """One connection after the other; whatever ends one begins the next."""
        while self.is_time:
            try:
                with http2.begun(self.port, self.tls, settings) as line:
                    line.settimeout(1)
                    yield line
            except OSError:
                time.sleep(0.005)

    def send(self, line: ssl.SSLSocket, data: bytes) -> bool:
        """Send, reading away what comes; False once the other side has hung up."""
        try:
            line.sendall(data)
            self.done += 1
            drain(line)
        except OSError:
            return False
        return self.is_time

    def hold(self, count: int, begin: Callable[[ssl.SSLSocket], object]) -> None:
        """So many connections at once, each begun in a way and then kept until time is up."""
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                with contextlib.suppress(OSError):
                    line = stack.enter_context(http2.begun(self.port, self.tls))
                    line.settimeout(0.5)
                    begin(line)
                if not self.is_time:
                    return
            while self.is_time:
                time.sleep(0.05)


def drain(line: ssl.SSLSocket) -> None:
    """Read what is there without waiting for more; raises when the line was hung up."""
    line.setblocking(False)
    try:
        while True:
            if not line.recv(65_536):
                raise OSError
    except ssl.SSLWantReadError:
        pass
    finally:
        line.settimeout(1)


def streams() -> Iterator[int]:
    return iter(range(1, 2**31, 2))


def each(door: Door, make: Callable[[int], bytes], settings: bytes = b"") -> None:
    """The same on one stream after the other, on one connection after the other."""
    for line in door.lines(settings):
        for stream in streams():
            if not door.send(line, make(stream)):
                break


def beside(run: Callable[[], None], count: int) -> None:
    """The same in so many threads, until all are over."""
    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Flow:
    """A connection on which data is sent only as far as the other side has room for it."""

    def __init__(self, line: ssl.SSLSocket) -> None:
        self._line, self._read = line, b""
        self._first, self._rooms = 65_535, {0: 65_535}

    def send(self, stream: int, data: bytes, door: Door) -> None:
        """Send a call's data, waiting for room as long as there is time."""
        while data and door.is_time:
            room = min(http2.FRAME_BYTES, self._room(0), self._room(stream))
            part, data = data[:room], data[room:]
            if part:
                self._line.sendall(frame(http2.DATA, 0, part, stream=stream))
                self._rooms[0] -= len(part)
                self._rooms[stream] = self._room(stream) - len(part)
            self._take_in()

    def _room(self, stream: int) -> int:
        return max(0, self._rooms.get(stream, self._first))

    def _take_in(self) -> None:
        self._line.settimeout(0.01)
        with contextlib.suppress(TimeoutError, ssl.SSLWantReadError):
            self._read += self._line.recv(65_536)
        self._line.settimeout(1)
        while len(self._read) >= HEAD_BYTES:
            size = int.from_bytes(self._read[:3], "big")
            kind, _, stream = struct.unpack(">BBI", self._read[3:HEAD_BYTES])
            body = self._read[HEAD_BYTES : HEAD_BYTES + size]
            if len(body) < size:
                return
            self._read = self._read[HEAD_BYTES + size :]
            if kind == http2.WINDOW:
                self._rooms[stream] = self._room(stream) + int.from_bytes(body, "big")
