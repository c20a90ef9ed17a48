"""Lines: cut when their time is over, and secrets that only we may read."""

import socket
import ssl
import threading
from pathlib import Path

import pytest

from federation.errors import LateError, UnreachableError, UntrustedError
from node.ways.lines import Server, secret
from tests.node.ways.servers import SECRET, secret_file


def test_a_line_on_which_one_byte_comes_after_another_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        drops = threading.Thread(target=_drip, args=(server,))
        drops.start()

        with pytest.raises(LateError):
            _read_to_the_end(Server("127.0.0.1", port, "", 0.5))

        drops.join()


def _drip(server: socket.socket) -> None:
    line, _ = server.accept()
    with line:
        try:
            while True:
                line.sendall(b".")
                threading.Event().wait(0.02)
        except OSError:
            return


def _read_to_the_end(server: Server) -> None:
    with server.line() as line:
        while line.recv(1):
            pass
        raise ConnectionResetError


def test_a_line_to_nobody_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(UnreachableError), Server("127.0.0.1", port, "", 1).line():
        pytest.fail("there is nobody")


def test_a_ca_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UntrustedError, match="ca_file"):
        Server("localhost", 1, str(tmp_path / "no.pem"), 1).proof()


def test_old_tls_is_not_spoken() -> None:
    proof = Server("localhost", 1, "", 1).proof()

    assert proof.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert (proof.verify_mode, proof.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    assert secret(secret_file(tmp_path, SECRET + b"\n")) == SECRET

    with pytest.raises(UntrustedError, match="chmod 600"):
        secret(secret_file(tmp_path, SECRET, mode=0o640))
    with pytest.raises(UntrustedError, match="cannot be read"):
        secret(str(tmp_path / "nothing"))
