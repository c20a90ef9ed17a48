from pathlib import Path

import pytest

from federation import keys
from federation.keys import Place, Plain
from federation.messages import PersonId
from tests.federation.keys.estonia import NOW
from tests.federation.world import EE


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The keys of Estonia."""
    folder = tmp_path / "keys"
    keys.make(folder, EE, NOW)
    keys.issue_person(folder, EE, PersonId("first"), roles=["analyst"], now=NOW)
    return Place(folder, EE, Plain())
