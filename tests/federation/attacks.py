"""What a member with a valid certificate may send; run as a process that does one thing for a time.

`python -m tests.federation.attacks PORT FOLDER KIND+KIND SECONDS` prints how often it did each.
"""

import contextlib
import json
import os
import random
import socket
import ssl
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.federation import http2
from tests.federation.hostile import SEED, Door, Flow, beside, each, streams
from tests.federation.http2 import END_HEADERS, END_STREAM, frame, prefixed

ASK = "/amber.federation.v1.Federation/Ask"
DELIVER = "/amber.federation.v1.Federation/Deliver"
#: What a door takes in, and more.
LINES = 40


def frames(door: Door) -> None:
    """Frames of every kind with flags, streams and contents by chance."""
    chance = door.chance

    def wrong(_: int) -> bytes:
        size = chance.choice((0, 1, 4, 5, 8, 9, 100, 16_384))
        stream = chance.choice((0, 1, 2, 3, 2**31 - 1, 2**32 - 1))
        kind = chance.choice((*range(10), 77))
        whole = frame(kind, chance.randrange(256), chance.randbytes(size), stream=stream)
        return whole if chance.random() < 0.8 else b"\xff\xff\xff" + whole[3:]

    each(door, wrong)


def garbage(door: Door) -> None:
    """Bytes by chance in place of HTTP/2."""
    while door.is_time:
        with (
            contextlib.suppress(OSError),
            http2.connected(door.port, door.tls) as line,
        ):
            line.sendall(door.chance.randbytes(4_096))
            door.done += 1


def handshakes(door: Door) -> None:
    """Connections that end as soon as TLS is spoken, and some that never speak it."""
    silent: list[socket.socket] = []
    while door.is_time:
        with contextlib.suppress(OSError):
            if len(silent) < LINES:
                silent.append(socket.create_connection(("127.0.0.1", door.port), timeout=1))
            with http2.connected(door.port, door.tls):
                door.done += 1
    for one in silent:
        one.close()


def settings(door: Door) -> None:
    """Settings without end, each of which wants an answer."""
    one = frame(http2.SETTINGS, 0, struct.pack(">HI", 4, 65_535))
    each(door, lambda _: one * 200)


def pings(door: Door) -> None:
    """Pings without end, each of which wants an answer."""
    each(door, lambda _: frame(http2.PING, 0, b"12345678") * 200)


def windows(door: Door) -> None:
    """Updates of windows, priorities and empty data without end."""
    window = frame(http2.WINDOW, 0, struct.pack(">I", 1))
    priority = frame(http2.PRIORITY, 0, struct.pack(">IB", 1, 1), stream=3)
    each(door, lambda stream: (window + priority + frame(0, 0, b"", stream=stream)) * 100)


def resets(door: Door) -> None:
    """Calls that are taken back as soon as they are made (CVE-2023-44487)."""
    code = struct.pack(">I", 8)

    def rapid(stream: int) -> bytes:
        head = frame(http2.HEADERS, END_HEADERS, http2.headers(ASK), stream=stream)
        return head + frame(http2.RESET, 0, code, stream=stream)

    each(door, rapid)


def half_open(door: Door) -> None:
    """Calls that have a head and never a body, as many as are taken."""

    def begin(line: ssl.SSLSocket) -> None:
        for stream in range(1, 2_001, 2):
            if door.is_time:
                door.done += 1
                line.sendall(frame(http2.HEADERS, END_HEADERS, http2.headers(ASK), stream=stream))

    door.hold(LINES, begin)


def almost(door: Door) -> None:
    """Messages as long as they may be, of which the last byte never comes."""
    data = prefixed(b"x" * (1024 * 1024))[:-1]

    def fill(line: ssl.SSLSocket) -> None:
        flow = Flow(line)
        for stream in range(1, 201, 2):
            if door.is_time:
                head = frame(http2.HEADERS, END_HEADERS, http2.headers(ASK), stream=stream)
                line.sendall(head)
                flow.send(stream, data, door)
                door.done += 1
        while door.is_time:
            time.sleep(0.05)

    def run() -> None:
        for line in door.lines():
            with contextlib.suppress(OSError):
                fill(line)

    beside(run, 4)


def loris(door: Door) -> None:
    """Bytes one by one, at every stage."""
    lines: list[tuple[ssl.SSLSocket, Iterator[bytes]]] = []
    whole = http2.PREFACE + frame(http2.SETTINGS, 0, b"") + http2.request(ASK, b"x", stream=1)
    with contextlib.ExitStack() as stack:
        for place in range(LINES):
            if not door.is_time:
                break
            with contextlib.suppress(OSError):
                line = stack.enter_context(http2.connected(door.port, door.tls))
                sent = min(place * 12, len(whole) - 1)
                line.sendall(whole[:sent])
                door.done += 1
                lines.append((line, iter([bytes([one]) for one in whole[sent:-1]])))
        while door.is_time:
            for line, rest in lines:
                with contextlib.suppress(OSError, StopIteration):
                    line.sendall(next(rest))
                    door.done += 1
            time.sleep(0.1)


def huge(door: Door) -> None:
    """Messages that say that they are longer than any may be, and some that are."""
    for line in door.lines():
        for stream in streams():
            size = door.chance.choice((2**32 - 1, 2**31, 1024 * 1024 + 1))
            data = struct.pack(">BI", 0, size) + b"x" * 60_000
            if not door.send(line, http2.request(ASK, data, stream=stream)):
                break


def metadata(door: Door) -> None:
    """Headers longer than they may be."""
    more = {f"x-{number}": "y" * 4_000 for number in range(3)}

    def long(stream: int) -> bytes:
        block = http2.headers(ASK, more | {"z": "w" * (2_000 + 100 * (stream % 300))})
        first, rest = block[:16_000], block[16_000:]
        return frame(http2.HEADERS, 0, first, stream=stream) + frame(
            http2.CONTINUATION, END_HEADERS, rest, stream=stream
        )

    each(door, long)


def continuations(door: Door) -> None:
    """Headers that never end (CVE-2024-27316)."""
    piece = b"".join(http2.literal(f"x-{number}", "y" * 50) for number in range(200))
    for line in door.lines():
        if door.send(line, frame(http2.HEADERS, 0, http2.headers(ASK), stream=1)):
            while door.send(line, frame(http2.CONTINUATION, 0, piece, stream=1)):
                pass


def tables(door: Door) -> None:
    """One long header in the table, named a thousand times in each block."""
    kept = http2.literal("x-bomb", "y" * 3_900, is_kept=True)

    def bomb(stream: int) -> bytes:
        block = http2.headers(ASK) + kept + b"\xbe" * 8_000
        return frame(http2.HEADERS, END_HEADERS | END_STREAM, block, stream=stream)

    each(door, bomb)


def methods(door: Door) -> None:
    """Methods that nobody has."""
    paths = [
        "/amber.federation.v1.Federation/Tell",
        "/grpc.health.v1.Health/Check",
        "nowhere",
        "",
        "/" + "x" * 4_000,
    ]
    each(door, lambda stream: http2.request(door.chance.choice(paths), b"", stream=stream))


def heads(door: Door) -> None:
    """Calls with a head that is wrong in some way."""
    wrong = [
        {":method": "GET"},
        {"content-type": "text/html"},
        {"grpc-timeout": "99999999999H"},
        {"grpc-timeout": "1n"},
        {"te": "nothing"},
        {"grpc-encoding": "snappy"},
        {"x-bin": "not base64 ???"},
        {":scheme": "ftp"},
        {"content-length": "7"},
    ]
    whole, pick = prefixed(b"x"), door.chance.choice
    each(
        door,
        lambda stream: http2.request(ASK, whole, stream=stream, more=pick(wrong)),
    )


def bombs(door: Door) -> None:
    """Compressed messages that hold ten megabytes."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    nothing = bytes(1024 * 1024)
    packed = b"".join([*(packer.compress(nothing) for _ in range(10)), packer.flush()])
    for line in door.lines():
        for stream in streams():
            line.settimeout(5)
            call = http2.request(
                ASK, prefixed(packed, flag=1), stream=stream, more={"grpc-encoding": "gzip"}
            )
            if not door.send(line, call):
                break


def nests(door: Door) -> None:
    """Messages within messages, and groups within groups, deeper than anybody reads."""
    deep = b""
    for _ in range(15_000):
        size = len(deep)
        length = bytearray()
        while size > 127:
            length.append(size & 127 | 128)
            size >>= 7
        deep = b"\x0a" + bytes([*length, size]) + deep
    groups = b"\x0b" * 50_000

    def deeper(stream: int) -> bytes:
        message = (deep, groups)[stream % 8 // 4]
        return http2.request((ASK, DELIVER)[stream % 4 // 2], prefixed(message), stream=stream)

    each(door, deeper)


def flood(door: Door) -> None:
    """Calls whose seal does not hold, from several connections, as fast as they go."""

    def run() -> None:
        mine = random.Random(SEED)
        for line in door.lines():
            for stream in streams():
                path = (ASK, DELIVER)[stream % 4 // 2]
                call = http2.request(path, prefixed(mine.randbytes(300)), stream=stream)
                if not door.send(line, call):
                    break

    beside(run, 4)


def again(door: Door) -> None:
    """A call with more after its end: a second message, and data when it is over."""
    twice = prefixed(b"x") * 2

    def more(stream: int) -> bytes:
        return http2.request(ASK, twice, stream=stream) + frame(0, 0, b"more", stream=stream)

    each(door, more)


def deaf(door: Door) -> None:
    """Calls by somebody who takes nothing in: no window for what is answered."""
    nothing = struct.pack(">HI", 4, 0)

    def run() -> None:
        for line in door.lines(nothing):
            for stream in range(1, 2_001, 2):
                if door.is_time:
                    with contextlib.suppress(OSError):
                        line.sendall(http2.request(ASK, prefixed(b"x"), stream=stream))
                        door.done += 1
            while door.is_time:
                time.sleep(0.05)

    beside(run, LINES)


KINDS: dict[str, Callable[[Door], None]] = {
    attack.__name__: attack
    for attack in (
        frames,
        garbage,
        handshakes,
        settings,
        pings,
        windows,
        resets,
        half_open,
        almost,
        loris,
        huge,
        metadata,
        continuations,
        tables,
        methods,
        heads,
        bombs,
        nests,
        flood,
        again,
        deaf,
    )
}


def main(port: str, folder: str, kinds: str, seconds: str) -> None:
    """Do one thing after the other, each for so many seconds; says how often it did each."""
    done = {}
    for kind in kinds.split("+"):
        door = Door(int(port), Path(folder), float(seconds))
        KINDS[kind](door)
        done[kind] = door.done
    sys.stdout.write(f"{json.dumps(done)}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
