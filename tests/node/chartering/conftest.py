from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.chartering.members import EE, LT, LV, Federation, federation


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Federation]:
    """Three members of which two decide; nobody signs anything by itself."""
    with federation(tmp_path, EE, LV, LT, agrees=frozenset()) as found:
        yield found


@pytest.fixture
def agreeing(tmp_path: Path) -> Iterator[Federation]:
    """Three members of which two decide; each signs by itself what is routine."""
    with federation(tmp_path, EE, LV, LT) as found:
        yield found
