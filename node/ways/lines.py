"""Lines to a server outside of the federation: proven, and cut when they take too long."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from federation.errors import (
    FederationError,
    LateError,
    RefusedError,
    UnprovenError,
    UnreachableError,
    UntrustedError,
)

_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, the CA that proves it, and the seconds one delivery to it may take."""

    host: str
    port: int
    ca_file: str
    timeout_s: float

    def proven(self, line: socket.socket) -> ssl.SSLSocket:
        """The line once the server has proven who it is."""
        return self.proof().wrap_socket(line, server_hostname=self.host)

    def proof(self) -> ssl.SSLContext:
        """How the server proves who it is: by its name, in a certificate of the CA."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:
            raise UntrustedError(f"ca_file cannot be used: {type(error).__name__}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    @contextlib.contextmanager
    def line(self) -> Iterator[socket.socket]:
        """An open line, cut once its time is over, whatever is done on it then.

        What goes wrong on it is raised as a fault of our own, without a word of the server's.
        """
        cut = threading.Event()
        try:
            with (
                socket.create_connection((self.host, self.port), self.timeout_s) as line,
                _cut_after(self.timeout_s, line, cut),
            ):
                yield line
        except (OSError, HTTPException, SMTPException) as error:
            raise (LateError() if cut.is_set() else _fault(error)) from None


def secret(path: str) -> bytes:
    """What stands in a file that only we may read; raises `UntrustedError` naming the file."""
    file = Path(path)
    try:
        if file.stat().st_mode & _OTHERS:
            raise UntrustedError(f"{file.name} can be read by others: chmod 600 it")
        return file.read_bytes().strip()
    except OSError as error:
        raise UntrustedError(f"{file.name} cannot be read: {type(error).__name__}") from None


@contextlib.contextmanager
def _cut_after(timeout_s: float, line: socket.socket, cut: threading.Event) -> Iterator[None]:
    """Cut a line when its time is over before this ends.

    By a second handle on the same connection, because the first may be wrapped meanwhile.
    """
    with line.dup() as other:
        timer = threading.Timer(timeout_s, partial(_cut, other, cut))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _cut(line: socket.socket, cut: threading.Event) -> None:
    cut.set()
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _fault(error: Exception) -> FederationError:
    """A fault of the line in our words; what the server said is not among them."""
    if isinstance(error, SMTPResponseException):
        return RefusedError(f"smtp {error.smtp_code}")
    if isinstance(error, SMTPRecipientsRefused):
        return RefusedError("smtp: no recipient")
    if isinstance(error, ssl.SSLCertVerificationError):
        return UnprovenError(error.verify_message)
    if isinstance(error, TimeoutError):
        return LateError()
    return UnreachableError(type(error).__name__)
