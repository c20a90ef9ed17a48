"""Fixtures of the federation's tests: three members, their doors open on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.federation.world import EE, LT, LV, World, made


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Estonia, Latvia and Lithuania under one charter, every door open."""
    world = made(tmp_path, EE, LV, LT)
    await world.open()
    yield world
    await world.close()
