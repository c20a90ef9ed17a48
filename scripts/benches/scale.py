"""Finding among a crowd: time, candidates, recall, load and memory, each beside a floor.

The crowd is as large as `AMBER_CROWD` says. The records and queries of the scenario go in
unchanged, so that its truth stays valid; without those files a sample of the crowd is asked for,
misspelt. `AMBER_CROWD_FOLDER` names a folder in which stores are kept between runs.
"""

import itertools
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.messages import Entity, Identifier, Marking, MemberId, PersonId, Share, Sought
from node import app, config, search
from node import home as homes
from node.keeping import Keeping
from node.loading import Load, Loading
from node.store import Store
from node.store import markings as markings_of
from scripts.benches.crowd import crowd

SCENARIO = Path("../shared/data/scenario")
CROWD, BATCH, HITS, ASKED = 100_000, 1_000, 10, 300
PORT = 17_900
MARKING = Marking(share=Share.FULL, audience=frozenset({"ALL"}))
MS, MIB = 1_000, 1 << 20


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, and the records that should come: (source, id)."""

    type: str
    sought: Sought
    expected: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Spent:
    """How many rows were loaded, the seconds of all of it, and those of keeping alone."""

    count: int
    all_s: float
    kept_s: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds of each query by its type, and the share of what was expected that came."""

    spent: dict[str, list[float]]
    recall: dict[str, float]

    def at(self, share: float) -> float:
        """The milliseconds within which so great a share of all queries was answered."""
        every = sorted(itertools.chain.from_iterable(self.spent.values()))
        return every[min(len(every) - 1, int(share * len(every)))]


def bench() -> Iterator[dict[str, Any]]:
    """Every figure of one crowd, against the scenario alone and floors of the same run."""
    count = int(os.environ.get("AMBER_CROWD", CROWD))  # noqa: TID251 - a bench is at the top
    with _folder() as folder:
        with _store(folder / "alone", ()) as (alone, _):
            without = _asked(alone)
        with _store(folder / f"crowd-{count}", crowd(count)) as (store, loaded):
            yield from _loading(loaded, folder)
            within = _asked(store)
        yield from _finding(count, within, without)
        yield from _running(folder / f"crowd-{count}", folder / "alone")
        yield from _floors(folder / f"crowd-{count}", count, within)


def _finding(count: int, within: Asked, without: Asked) -> Iterator[dict[str, Any]]:
    floor = f"the scenario alone, without the crowd of {count}"
    for words, share in (("p50", 0.5), ("p99", 0.99)):
        ours, peer = within.at(share), without.at(share)
        yield _figure(ours, f"ms {words} of one find", peer, floor)
    for type_, recall in within.recall.items():
        spent = within.spent[type_]
        yield _figure(recall, f"recall@10 of {type_}", without.recall[type_], floor) | {
            "p50_ms": round(statistics.median(spent), 2)
        }


def _running(home: Path, alone: Path) -> Iterator[dict[str, Any]]:
    """A node served from the same home: how soon it is ready, and what it has in memory."""
    (ready, resident), (floor_ready, floor_resident) = _served(home), _served(alone)
    floor = "the node of the scenario alone"
    yield _figure(ready, "s until a node is ready", floor_ready, floor)
    yield _figure(
        resident, f"MiB resident of a node after {ASKED} questions", floor_resident, floor
    )


def _served(home: Path) -> tuple[float, float]:
    """Seconds until the node of a home is ready, and its MiB after some questions."""
    amber = [sys.executable, "-m", "node"]
    asked = home / "asked.jsonl"
    asked.write_text("\n".join(_first_named()), encoding="utf-8")
    why = ["--case", "BENCH-1", "--purpose", "investigation"]
    started = time.perf_counter()
    with subprocess.Popen([*amber, "serve", str(home)], stderr=subprocess.PIPE) as node:  # noqa: S603
        try:
            if not any(b'"ready"' in line for line in node.stderr or ()):
                raise RuntimeError(f"{home} does not run")
            ready = time.perf_counter() - started
            batch = ["search", "--batch", str(asked), "--out", str(home / "answers.jsonl"), *why]
            subprocess.run([*amber, "-n", str(home), *batch], check=True)  # noqa: S603
            status = Path(f"/proc/{node.pid}/status").read_text(encoding="ascii")
        finally:
            node.terminate()
    return ready, int(status.split("VmRSS:")[1].split()[0]) / 1024


def _first_named() -> Iterator[str]:
    """The first questions for names, as a batch asks them."""
    named = (one.sought for one in _queries() if one.sought.name)
    for number, sought in enumerate(itertools.islice(named, ASKED)):
        yield json.dumps({"qid": str(number), "name": sought.name, "kind": sought.kind})


def _figure(ours: float, unit: str, floor: float, floor_is: str) -> dict[str, Any]:
    return {
        "figure": round(ours, 4),
        "unit": unit,
        "floor": round(floor, 4),
        "floor_is": floor_is,
        "ratio": round(ours / floor, 4) if floor else None,
    }


def _loading(loaded: Spent | None, folder: Path) -> Iterator[dict[str, Any]]:
    if loaded and loaded.count:
        bare = folder / "bare.db"
        floor = loaded.count / _bare(bare, loaded.count)
        bare.unlink()
        words = "plain executemany of the same content, one commit per 1,000, synchronous=FULL"
        yield _figure(loaded.count / loaded.kept_s, "records/s kept with all keys", floor, words)
        unit = "rows/s loaded, reading and staging included"
        yield _figure(loaded.count / loaded.all_s, unit, floor, words)


def _floors(home: Path, count: int, within: Asked) -> Iterator[dict[str, Any]]:
    """What one probe of a B-tree and one trigram search of the same names take."""
    with closing(sqlite3.connect(home / "amber.db")) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM record LIMIT 20000")]
        size = (home / "amber.db").stat().st_size / MIB
        probe = _timed(ids, lambda id_: database.execute(_PROBE, (id_,)).fetchone())
    yield _figure(within.at(0.5), "ms p50 of one find", probe, "one probe of a B-tree, p50")
    names = [query.sought.name for query in _queries() if query.sought.name][:200]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE trigram USING fts5(name, tokenize='trigram')")
        rows = ((entity.first("name"),) for entity in crowd(count))
        database.executemany("INSERT INTO trigram VALUES (?)", rows)
        fuzzy = _timed(names, lambda name: database.execute(_FUZZY, (_trigrams(name),)).fetchall())
    yield _figure(within.at(0.5), "ms p50 of one find", fuzzy, "FTS5 trigram over the names, p50")
    yield {"figure": round(size, 1), "unit": f"MiB of database for {count} records"}


_PROBE = "SELECT content FROM record WHERE id = ?"
_FUZZY = "SELECT rowid FROM trigram WHERE trigram MATCH ? ORDER BY rank LIMIT 10"


def _trigrams(name: str) -> str:
    clean = "".join(sign for sign in name if sign.isalnum() or sign == " ")
    return " OR ".join(f'"{clean[i : i + 3]}"' for i in range(max(1, len(clean) - 2)))


def _timed(values: Sequence[str], call: Callable[[str], object]) -> float:
    """Milliseconds, p50."""
    spent = []
    for value in values:
        started = time.perf_counter()
        call(value)
        spent.append(time.perf_counter() - started)
    return statistics.median(spent) * MS


def _asked(store: Store) -> Asked:
    """Ask every query once, in turn, of a store that has been asked a few before."""
    queries = _queries()
    for query in queries[:50]:
        _ask(store, query)
    spent: dict[str, list[float]] = {}
    shares: dict[str, list[float]] = {}
    for query in queries:
        started = time.perf_counter()
        found = _ask(store, query)
        spent.setdefault(query.type, []).append((time.perf_counter() - started) * MS)
        if query.expected:
            came = len(query.expected & found) / min(HITS, len(query.expected))
            shares.setdefault(query.type, []).append(came)
    return Asked(spent, {type_: statistics.mean(some) for type_, some in shares.items()})


def _ask(store: Store, query: Query) -> set[tuple[str, str]]:
    with store.view() as view:
        markings = frozenset(markings_of.reaching(view, {"ALL"}))
        found = search.find(view, query.sought, markings=markings, limit=HITS)
    return {(one.held.record.source, one.held.record.entity.id) for one in found}


def _queries() -> list[Query]:
    if not SCENARIO.is_dir():
        return list(_misspelt())
    with (SCENARIO / "queries.jsonl").open(encoding="utf-8") as file:
        return [_query(json.loads(line)) for line in file]


def _query(said: dict[str, Any]) -> Query:
    number = said.get("identifier")
    sought = Sought(
        name=said.get("name", ""),
        birth_date=said.get("dob", ""),
        kind=said.get("kind", ""),
        identifiers=(Identifier(number["type"], number["value"]),) if number else (),
    )
    expected = frozenset((one["node"], one["id"]) for one in said["expected"])
    return Query(said["type"], sought, expected)


def _misspelt() -> Iterator[Query]:
    """A sample of the crowd, one letter left out of each name."""
    chance = random.Random(7)  # noqa: S311
    for entity in itertools.islice(crowd(CROWD), 0, CROWD, 100):
        name = entity.first("name")
        place = chance.randrange(1, len(name))
        sought = Sought(name=name[:place] + name[place + 1 :], kind="person")
        yield Query("misspelt", sought, frozenset({("crowd", entity.id)}))


@contextmanager
def _folder() -> Iterator[Path]:
    kept = os.environ.get("AMBER_CROWD_FOLDER")  # noqa: TID251
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


@contextmanager
def _store(folder: Path, entities: Iterable[Entity]) -> Iterator[tuple[Store, Spent | None]]:
    """A store of the scenario's records among others; with how long it took, when it was made."""
    is_new = not folder.is_dir()
    if is_new:
        homes.make(folder, config.lab_member("EE", PORT, has_quotas=False), app.clock)
    home = homes.open(folder, app.clock)
    store = home.store(home.keys())
    loading = Loading(
        store, Keeping(MemberId("EE"), search.findable, app.new_id), home.rejects, lambda: ()
    )
    try:
        yield store, _loaded(loading, folder, entities) if is_new else None
    finally:
        store.close()


def _loaded(loading: Loading, folder: Path, entities: Iterable[Entity]) -> Spent:
    """Load everything as people do, from files; how long the crowd took."""
    for file in sorted(SCENARIO.glob("[A-Z][A-Z].jsonl")):
        load = Load(file, "simple", file.stem, MARKING)
        loading.load(load, by=PersonId("bench"), role="administrator")
    file = folder / "crowd.ftm"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(map(_line, entities))
    load, times = Load(file, "ftm", "crowd", MARKING), [(0, time.perf_counter())]
    loading.load(
        load,
        by=PersonId("bench"),
        role="administrator",
        progress=lambda count: times.append((count, time.perf_counter())),
    )
    file.unlink()
    return _spent(times)


def _spent(times: list[tuple[int, float]]) -> Spent:
    """Rows are told while they are read, and from one on again while they are kept."""
    count = times[-1][0]
    read = next((place for place, (told, _) in enumerate(times) if told == count), 0)
    return Spent(count, times[-1][1] - times[0][1], times[-1][1] - times[read][1])


def _line(entity: Entity) -> str:
    plain = {"id": entity.id, "schema": entity.schema, "properties": dict(entity.properties)}
    return json.dumps(plain, ensure_ascii=False) + "\n"


def _bare(path: Path, count: int) -> float:
    """Seconds to insert the same content into one table and nothing else."""
    rows = ((entity.id, json.dumps(dict(entity.properties))) for entity in crowd(count))
    spent = 0.0
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE record (id TEXT PRIMARY KEY, content TEXT) STRICT")
        while batch := list(itertools.islice(rows, BATCH)):
            started = time.perf_counter()
            database.execute("BEGIN")
            database.executemany("INSERT INTO record VALUES (?, ?)", batch)
            database.execute("COMMIT")
            spent += time.perf_counter() - started
    return spent
