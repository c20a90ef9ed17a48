"""What tests of the search share: an empty register."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.search.register import Register


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Nobody is held yet."""
    made = Register(tmp_path)
    yield made
    made.store.close()
