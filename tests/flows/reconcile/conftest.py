"""A world whose books are compared, for every test of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.books import put_back, traffic
from tests.world import World


@pytest.fixture(scope="module")
def running() -> Iterator[World]:
    with traffic() as world:
        yield world


@pytest.fixture
def world(running: World, tmp_path: Path) -> Iterator[World]:
    """The world with traffic of every kind; its books are put back after each test."""
    with put_back(running, tmp_path):
        yield running
