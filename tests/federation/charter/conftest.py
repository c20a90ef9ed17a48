from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation import keys
from tests.federation.charter.own import Own
from tests.federation.world import EE, LT, LV


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """The keys of three members."""
    for member in (EE, LV, LT):
        keys.make(tmp_path / member, member, datetime.now(UTC))
    return {
        member: keys.open(tmp_path / member, member, datetime.now(UTC)) for member in (EE, LV, LT)
    }
