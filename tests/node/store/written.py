"""A process of its own that keeps one record after another until it is killed."""

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from federation.messages import MemberId
from node import store
from node.keeping import Keeping
from tests.node.store.shelf import EE, WHY, Notary, draft, findable, person


def write(folder: Path) -> None:
    """Write transactions that each touch a record, the audit log and the table of ids seen."""
    house = store.House(EE, lambda: datetime.now(UTC), Notary())
    opened = store.open(folder / "amber.db", house)
    keeping = Keeping(EE, findable, lambda: str(uuid4()))
    with opened.view() as view:
        first = store.records.count(view) + 1
    for number in itertools.count(first):
        with opened.write() as tx:
            keeping.keep(tx, [draft(person(f"P-{number}", f"Anna {number}"))], WHY)
            store.seen.remember(tx, MemberId("LV"), f"Q-{number}")
        print(number, flush=True)  # noqa: T201 - what was promised to be on disk


if __name__ == "__main__":
    write(Path(sys.argv[1]))
