"""What simulations share: the homes with which each begins, made once, in memory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from node import app
from tests.simulation.members import Template

_SHM = Path("/dev/shm")  # noqa: S108 - memory: a simulation does not wait for a disk


@pytest.fixture(autouse=True)
def _log() -> None:
    """Warnings of what a simulation does on purpose help nobody."""
    app.log_to_stderr("error")


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    """Five homes under one charter."""
    with tempfile.TemporaryDirectory(dir=_SHM if _SHM.is_dir() else None) as folder:
        yield Template.make(Path(folder))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the databases of one simulation lie."""
    with tempfile.TemporaryDirectory(dir=_SHM if _SHM.is_dir() else None) as folder:
        yield Path(folder)
