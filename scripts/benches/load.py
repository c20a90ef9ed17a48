"""Records loaded per second, all that belongs to them included, against plain executemany.

A file is loaded as people load one: read, staged, and kept with all its keys.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from federation.messages import Entity, Marking, PersonId, Share
from node import app, config, search
from node import home as homes
from node.keeping import Keeping
from node.loading import Load, Loading
from scripts.benches.crowd import crowd

ROWS, BATCH = 50_000, 1_000


def bench() -> Iterator[dict[str, Any]]:
    """What a record costs above its bare row, with and without reading the file."""
    with tempfile.TemporaryDirectory() as folder:
        whole, kept = _loaded(Path(folder))
        floor = ROWS / _bare(Path(folder) / "bare.db")
    for spent, unit in ((kept, "records/s kept with all keys"), (whole, "records/s loaded")):
        yield {
            "figure": round(ROWS / spent),
            "unit": unit,
            "floor": round(floor),
            "floor_is": "executemany of the same rows, one commit per 1,000, synchronous=FULL",
            "ratio": round(ROWS / spent / floor, 4),
        }


def _loaded(folder: Path) -> tuple[float, float]:
    """Seconds to load the crowd from a file, and of these the ones in which it was kept."""
    home = homes.make(folder / "EE", config.lab_member("EE", 7400, has_quotas=False), app.clock)
    store = home.store(home.keys())
    loading = Loading(
        store, Keeping(home.member, search.findable, app.new_id), home.rejects, lambda: ()
    )
    file = folder / "crowd.ftm"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(map(_line, crowd(ROWS)))
    told: list[float] = []
    marking = Marking(share=Share.FULL, audience=frozenset({"ALL"}))
    started = time.perf_counter()
    loading.load(
        Load(file, "ftm", "bench", marking),
        by=PersonId("bench"),
        role="administrator",
        progress=lambda _: told.append(time.perf_counter()),
    )
    ended = time.perf_counter()
    store.close()
    read = told[len(told) // 2 - 1]  # as many batches are told when read as when kept
    return ended - started, ended - read


def _line(entity: Entity) -> str:
    said = {"id": entity.id, "schema": entity.schema, "properties": dict(entity.properties)}
    return json.dumps(said, ensure_ascii=False) + "\n"


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
