"""Servers outside of the federation, real ones on loopback: HTTPS and SMTP, with their own CA."""

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

#: What a server says that nobody may find in a log or a fault.
SERVER_WORDS = "the answer of the receiver"
SECRET = base64.b64encode(bytes(range(32)))
PASSWORD = "a pass word"  # noqa: S105 - of a test


@dataclass(frozen=True)
class Credentials:
    """A CA, and a certificate of it for one name."""

    ca_file: str
    chain: str
    key: str

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


def credentials(folder: Path, name: str = "localhost") -> Credentials:
    """Make a CA and a certificate of it for a name."""
    folder.mkdir(exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("a CA", "a CA", ca_key.public_key(), ca_key)
    leaf = _certificate(name, "a CA", key.public_key(), ca_key)
    (folder / "ca.pem").write_bytes(ca.public_bytes(Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "leaf.key").write_bytes(plain)
    return Credentials(*(str(folder / file) for file in ("ca.pem", "leaf.pem", "leaf.key")))


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePublicKey, by: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    is_ca = name == issuer
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(by, hashes.SHA256())
    )


def secret_file(folder: Path, text: bytes, mode: int = 0o600) -> str:
    """A file that only we may read."""
    file = folder / f"secret-{len(list(folder.iterdir()))}"
    file.write_bytes(text)
    file.chmod(mode)
    return str(file)


@dataclass(frozen=True)
class Posted:
    """One post as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Takes posts; answers with the next of `statuses`, then with the last of them."""

    port: int = 0
    statuses: list[int] = field(default_factory=lambda: [204])
    posts: list[Posted] = field(default_factory=list)
    is_silent: bool = False
    heard: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def taken(self) -> list[Posted]:
        """The posts that were answered with success."""
        return [
            post for post, status in zip(self.posts, self.answers, strict=False) if status < 300
        ]

    answers: list[int] = field(default_factory=list)


@contextlib.contextmanager
def receiving(context: ssl.SSLContext | None, receiver: Receiver) -> Iterator[Receiver]:
    """A server for posts on loopback, over TLS when it has a certificate, until this ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard += 1
            if receiver.is_silent:
                receiver.ended.wait(20)
                return
            statuses = receiver.statuses
            status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
            receiver.answers.append(status)
            receiver.posts.append(Posted(self.path, headers, body))
            self.send_response(status, SERVER_WORDS)
            self.send_header("location", f"http://127.0.0.1:{receiver.port}/elsewhere")
            self.end_headers()
            if status != 204:
                self.wfile.write(SERVER_WORDS.encode())

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hangs up is none of a test's errors."""

    server = Server(("127.0.0.1", receiver.port), Handler)
    receiver.port = server.server_address[1]
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with _served(server):
        yield receiver
        receiver.ended.set()


@dataclass
class Mailbox:
    """What an SMTP server took, and how it behaves."""

    port: int = 0
    is_tls: bool = False
    has_start_tls: bool = True
    refused: set[str] = field(default_factory=set)
    fault: str = ""
    messages: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@contextlib.contextmanager
def mailbox(context: ssl.SSLContext, box: Mailbox) -> Iterator[Mailbox]:
    """An SMTP server on loopback until this ends."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            line = context.wrap_socket(self.request, server_side=True) if box.is_tls else None
            try:
                _Talk(line or self.request, box, context).hold()
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is none of a test's errors."""

    server = Server(("127.0.0.1", box.port), Handler)
    box.port = server.server_address[1]
    with _served(server):
        yield box


class _Talk:
    """One dialogue of RFC 5321, as far as our own side of it goes."""

    def __init__(self, line: "ssl.SSLSocket", box: Mailbox, context: ssl.SSLContext) -> None:
        self.line, self.box, self.context = line, box, context
        self.file = line.makefile("rb")
        self.is_proven = box.is_tls

    def hold(self) -> None:
        self.say("220 ready")
        while text := self.file.readline():
            command = text.decode().strip()
            self.box.commands.append(command.split(" ")[0].upper())
            if not self.answer(command):
                break
        self.file.close()
        with contextlib.suppress(OSError):
            self.line.close()

    def answer(self, command: str) -> bool:
        """Answer one command; False when it was the last."""
        word, _, rest = command.partition(" ")
        match word.upper():
            case "EHLO":
                offers = [] if self.is_proven or not self.box.has_start_tls else ["STARTTLS"]
                self.say("\r\n".join(["250-here", *(f"250-{o}" for o in offers), "250 AUTH PLAIN"]))
            case "STARTTLS" if self.box.has_start_tls:
                self.say("220 go on")
                self.line = self.context.wrap_socket(self.line, server_side=True)
                self.file, self.is_proven = self.line.makefile("rb"), True
            case "AUTH":
                said = base64.b64decode(rest.split(" ")[1]).decode()
                self.box.logins.append(said)
                is_right = said.endswith(f"\0{PASSWORD}")
                self.say("235 well" if is_right else f"535 {SERVER_WORDS}")
            case "RCPT":
                is_refused = any(one in rest for one in self.box.refused)
                self.say(f"550 {SERVER_WORDS}" if is_refused else "250 well")
            case "DATA":
                self.take()
            case "QUIT":
                self.say("221 bye")
                return False
            case "STARTTLS":
                self.say(f"502 {SERVER_WORDS}")
            case _:
                self.say("250 well")
        return True

    def take(self) -> None:
        self.say("354 go on")
        lines = iter(self.file.readline, b".\r\n")
        message = b"".join(lines)
        if self.box.fault:
            self.say(self.box.fault)
        else:
            self.box.messages.append(message)
            self.say("250 taken")

    def say(self, text: str) -> None:
        self.line.sendall(f"{text}\r\n".encode())


@contextlib.contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
