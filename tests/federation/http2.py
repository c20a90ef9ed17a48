"""Just enough HTTP/2 by hand to make one gRPC call over a connection of our own choice."""

import socket
import ssl
import struct
from pathlib import Path

_SETTINGS, _HEADERS, _DATA, _RESET = 4, 1, 0, 3
_END_STREAM, _END_HEADERS = 1, 4
_HEAD_BYTES = 9


def call(port: int, path: str, message: bytes, *, folder: Path, version: ssl.TLSVersion) -> bytes:
    """Make one call with the certificate that lies in this folder, and read until it has ended.

    Returns everything that the server sent.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as bare,
        context.wrap_socket(bare) as connection,
    ):
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(_SETTINGS, 0, b""))
        connection.sendall(_frame(_HEADERS, _END_HEADERS, _headers(path), stream=1))
        body = b"\0" + struct.pack(">I", len(message)) + message
        connection.sendall(_frame(_DATA, _END_STREAM, body, stream=1))
        return _read_to_the_end(connection)


def _headers(path: str) -> bytes:
    """A header block of literals that enter no table."""
    fields = {
        ":method": "POST",
        ":scheme": "https",
        ":path": path,
        ":authority": "ee.amber",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in fields.items())


def _text(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _frame(kind: int, flags: int, payload: bytes, *, stream: int = 0) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _read_to_the_end(connection: ssl.SSLSocket) -> bytes:
    seen = b""
    while True:
        head = _exactly(connection, _HEAD_BYTES)
        size = int.from_bytes(head[:3], "big")
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        seen += head + _exactly(connection, size)
        if stream == 1 and (kind == _RESET or (kind == _HEADERS and flags & _END_STREAM)):
            return seen


def _exactly(connection: ssl.SSLSocket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        assert part, "the server closed the connection"
        data += part
    return data
