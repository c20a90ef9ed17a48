"""What tests of mail share: Estonia and Latvia, side by side."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.mail.sides import EE, LV, Side
from tests.node.store.shelf import Shelf


@pytest.fixture
def ee(tmp_path: Path) -> Iterator[Side]:
    (tmp_path / "EE").mkdir()
    side = Side(EE, Shelf(tmp_path / "EE"))
    yield side
    side.shelf.close()


@pytest.fixture
def lv(tmp_path: Path) -> Iterator[Side]:
    (tmp_path / "LV").mkdir()
    side = Side(LV, Shelf(tmp_path / "LV"))
    yield side
    side.shelf.close()
