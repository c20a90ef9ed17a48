"""Records loaded per second, all that belongs to them included, against plain executemany."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from federation.messages import Marking, PersonId, Share
from node import app, config, search
from node import home as homes
from node.keeping import Keeping, Why
from node.records import Draft
from scripts.benches.crowd import crowd

ROWS, BATCH = 20_000, 1_000


def bench() -> Iterator[dict[str, Any]]:
    """One figure: what a record costs above its bare row."""
    with tempfile.TemporaryDirectory() as folder:
        ours = ROWS / _kept(Path(folder))
        floor = ROWS / _bare(Path(folder) / "bare.db")
    yield {
        "figure": round(ours),
        "unit": "records/s",
        "floor": round(floor),
        "floor_is": "executemany of the same rows, one commit per 1,000, synchronous=FULL",
        "ratio": round(ours / floor, 4),
    }


def _kept(folder: Path) -> float:
    """Seconds to keep the crowd."""
    home = homes.make(folder / "EE", config.lab_member("EE", 7400, has_quotas=False), app.clock)
    store = home.store(home.keys())
    keeping = Keeping(home.member, search.findable, app.new_id)
    marking = Marking(share=Share.FULL, audience=frozenset({"ALL"}))
    drafts = [Draft(entity, marking, "bench") for entity in crowd(ROWS)]
    why = Why(PersonId("bench"), "administrator", "bench")
    started = time.perf_counter()
    for batch in _batches(drafts):
        with store.write() as tx:
            keeping.keep(tx, batch, why)
    spent = time.perf_counter() - started
    store.close()
    return spent


def _bare(path: Path) -> float:
    """Seconds to insert the same content into one table."""
    rows = [(one.id, msgspec.json.encode(dict(one.properties))) for one in crowd(ROWS)]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE record (id TEXT PRIMARY KEY, content BLOB) STRICT")
    started = time.perf_counter()
    for batch in _batches(rows):
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO record VALUES (?, ?)", batch)
        connection.execute("COMMIT")
    spent = time.perf_counter() - started
    connection.close()
    return spent


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    return iter(lambda: list(islice(left, BATCH)), [])
