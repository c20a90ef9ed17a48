"""A flood of handshakes while what is shown at them changes: the process lives through it.

grpc frees what it showed last while another handshake may still read it, and the process goes down
(grpcio 1.85, https://github.com/grpc/grpc/issues/36693). So it is a process of its own.
"""

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation import keys
from federation.certificates import dns_name
from federation.messages import PersonId
from tests.federation.world import EE, HOST

TAMM, THREADS = PersonId("a.tamm"), 12


@dataclass
class Callers:
    """Threads that shake hands without end: how often, how often in vain, and what they saw."""

    port: int
    tls: ssl.SSLContext
    is_over: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    failed: int = 0
    shown: set[bytes | None] = field(default_factory=set)

    def run(self) -> None:
        while not self.is_over.is_set():
            try:
                with (
                    socket.create_connection((HOST, self.port), timeout=5) as line,
                    self.tls.wrap_socket(line, server_hostname=dns_name(EE)) as tls,
                ):
                    self.shown.add(tls.getpeercert(binary_form=True))
                    self.done += 1
            except OSError:
                self.failed += 1
                self.is_over.wait(0.01)

    def until(self, is_over: Callable[[], object]) -> None:
        threads = [threading.Thread(target=self.run) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        is_over()
        self.is_over.set()
        for thread in threads:
            thread.join()


def client(folder: Path) -> ssl.SSLContext:
    """What somebody of Estonia comes with to the desk."""
    keys.issue_person(folder, EE, TAMM, roles=("analyst",), now=datetime.now(UTC))
    key, certificate = folder.parent / "key.pem", folder.parent / "certificate.pem"
    for file, data in zip((key, certificate), keys.person_credentials(folder, TAMM), strict=True):
        file.write_bytes(data)
    tls = ssl.create_default_context(cadata=keys.open(folder, EE, datetime.now(UTC)).ca.decode())
    tls.load_cert_chain(certificate, key)
    tls.set_alpn_protocols(["h2"])
    return tls


@pytest.mark.parametrize(
    ("changes", "period_s"), [(4, 0.3), pytest.param(80, 0.35, marks=pytest.mark.slow)]
)
def test_a_process_lives_through_a_flood_of_handshakes_while_its_keys_change(
    tmp_path: Path, changes: int, period_s: float
) -> None:
    folder = tmp_path / "EE"
    keys.make(folder, EE, datetime.now(UTC))
    tls = client(folder)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.federation.handshakes", folder, str(changes), str(period_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    with contextlib.ExitStack() as stack:
        stack.callback(server.kill)
        stack.enter_context(server)
        assert server.stdout is not None
        callers = Callers(int(server.stdout.readline()), tls)
        callers.until(server.stdout.readline)  # empty when the process went down
        server.communicate(timeout=60)

    print(f"{callers.done} handshakes, {callers.failed} failed")  # noqa: T201
    assert server.returncode == 0
    assert callers.done > 100
    assert callers.failed == 0
    assert len(callers.shown) == 4
