"""Just enough HTTP/2 by hand to send over mutual TLS whatever we like, right or wrong."""

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS = 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: The most that a frame may hold when nothing else was agreed.
FRAME_BYTES = 16_384
HEAD_BYTES = 9


def tls(folder: Path, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """What proves us with the certificate that lies in a folder; whoever answers is trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    context.set_alpn_protocols(["h2"])
    return context


@contextlib.contextmanager
def connected(port: int, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    """A connection over which nothing was said but for TLS."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as bare,
        context.wrap_socket(bare) as connection,
    ):
        yield connection


@contextlib.contextmanager
def begun(port: int, context: ssl.SSLContext, settings: bytes = b"") -> Iterator[ssl.SSLSocket]:
    """A connection that has said that it speaks HTTP/2."""
    with connected(port, context) as connection:
        connection.sendall(PREFACE + frame(SETTINGS, 0, settings))
        yield connection


def call(port: int, path: str, message: bytes, *, folder: Path, version: ssl.TLSVersion) -> bytes:
    """Make one call with the certificate that lies in this folder, and read until it has ended.

    Returns everything that the server sent.
    """
    with begun(port, tls(folder, version)) as connection:
        connection.sendall(request(path, prefixed(message), stream=1))
        return _read_to_the_end(connection)


def request(
    path: str | bytes, data: bytes, *, stream: int, more: Mapping[str, str] | None = None
) -> bytes:
    """A whole call: its headers, and its data in as many frames as it needs."""
    head = frame(HEADERS, END_HEADERS, headers(path, more or {}), stream=stream)
    parts = [data[at : at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)] or [b""]
    body = b"".join(frame(DATA, 0, part, stream=stream) for part in parts[:-1])
    return head + body + frame(DATA, END_STREAM, parts[-1], stream=stream)


def prefixed(message: bytes, flag: int = 0) -> bytes:
    """A message as gRPC has it in its data; flag 1 says that it is compressed."""
    return struct.pack(">BI", flag, len(message)) + message


def headers(path: str | bytes, more: Mapping[str, str] | None = None) -> bytes:
    """A header block of literals that enter no table."""
    fields: dict[str, str | bytes] = {
        ":method": "POST",
        ":scheme": "https",
        ":path": path,
        ":authority": "ee.amber",
        "te": "trailers",
        "content-type": "application/grpc",
        **(more or {}),
    }
    return b"".join(literal(name, value) for name, value in fields.items())


def literal(name: str, value: str | bytes, *, is_kept: bool = False) -> bytes:
    """One header as a literal; one that is kept enters the table."""
    return (b"\x40" if is_kept else b"\0") + _text(name) + _text(value)


def frame(kind: int, flags: int, payload: bytes, *, stream: int = 0) -> bytes:
    """One frame; nothing says that it makes sense."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _text(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return _integer(len(data), 127) + data


def _integer(value: int, most: int) -> bytes:
    """An integer behind a prefix (RFC 7541 section 5.1)."""
    if value < most:
        return bytes([value])
    data, value = bytearray([most]), value - most
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes([*data, value])


def _read_to_the_end(connection: ssl.SSLSocket) -> bytes:
    seen = b""
    while True:
        head = _exactly(connection, HEAD_BYTES)
        size = int.from_bytes(head[:3], "big")
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        seen += head + _exactly(connection, size)
        if stream == 1 and (kind == RESET or (kind == HEADERS and flags & END_STREAM)):
            return seen


def _exactly(connection: ssl.SSLSocket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        assert part, "the server closed the connection"
        data += part
    return data
