"""What tests of the store share: an empty shelf."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.store.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """An empty store."""
    made = Shelf(tmp_path)
    yield made
    made.close()
