"""What tests of verbs share: a home that rests."""

from pathlib import Path

import pytest

from tests.shell import Shell


@pytest.fixture
def home(shell: Shell, tmp_path: Path) -> Path:
    path = tmp_path / "EE"
    shell("init", path, "--member", "EE", "--name", "Estonia", "--address", "127.0.0.1:7400")
    return path
