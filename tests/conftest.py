"""What every test has: a log on stderr, a shell, and the world of most stories: three members."""

import os
from collections.abc import Iterator

# As the command does: gRPC writes to stderr on its own, whatever a member sends wrong.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import pytest
from hypothesis import settings

from node import app
from tests.shell import Shell
from tests.world import World, federation

# A shared machine is slow now and then: how long an example takes says nothing about the code.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _log() -> None:
    """Logs belong on stderr: stdout is data."""
    app.log_to_stderr("error")


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia, Latvia and Poland."""
    with federation("EE", "LV", "PL") as running:
        yield running


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Verbs in this process."""
    return Shell(monkeypatch, capsys)
