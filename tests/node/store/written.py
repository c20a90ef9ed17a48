"""A process of its own that keeps one record after another until it is killed."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from uuid import uuid4

from federation.messages import MemberId
from node import store
from node.keeping import Keeping
from tests.node.store.shelf import EE, WHY, Notary, draft, findable, person

THREADS = 8


def write(folder: Path, how: str) -> None:
    """Write transactions that each touch a record, the audit log and the table of ids seen."""
    house = store.House(EE, lambda: datetime.now(UTC), Notary())
    opened = store.open(folder / "amber.db", house)
    with opened.view() as view:
        first = store.records.count(view) + 1
    if how == "together":
        ids = [(f"P-{uuid4()}" for _ in itertools.count()) for _ in range(THREADS)]
        threads = [Thread(target=keep_all, args=(opened.together, own)) for own in ids]
        for thread in threads:
            thread.start()
    else:
        keep_all(alone(opened), (f"P-{number}" for number in itertools.count(first)))


def alone(opened: store.Store) -> Callable[[Callable[[store.Tx], None]], None]:
    """Do work in a transaction of its own."""

    def done(work: Callable[[store.Tx], None]) -> None:
        with opened.write() as tx:
            work(tx)

    return done


def keep_all(done: Callable[[Callable[[store.Tx], None]], None], ids: Iterator[str]) -> None:
    """Keep one after the other, and promise it when it is said to be on disk."""
    keeping = Keeping(EE, findable, lambda: str(uuid4()))
    for id_ in ids:

        def keep(tx: store.Tx, id_: str = id_) -> None:
            keeping.keep(tx, [draft(person(id_, f"Anna {id_}"))], WHY)
            store.seen.remember(tx, MemberId("LV"), f"Q-{id_}")

        done(keep)
        os.write(1, f"{id_}\n".encode())  # in one piece, whoever else writes


if __name__ == "__main__":
    write(Path(sys.argv[1]), "".join(sys.argv[2:]))
