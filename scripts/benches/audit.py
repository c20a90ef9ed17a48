"""Proving a long audit log, whole and broken, and single entries of it, each beside a floor.

The log has as many entries as `AMBER_ENTRIES` says, a million by default, written by the store. The
time is that of the processor, so that it holds beside other work.
"""

import hashlib
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from federation import witness
from node import app, audit, config, store
from node import home as homes
from node.audit import Entry, Operation
from node.home import Home
from node.store import Store, View

ENTRIES, BATCH, PROOFS = 1_000_000, 20_000, 2_000
PORT = 22_400
MS = 1_000

Result = TypeVar("Result")


def bench() -> Iterator[dict[str, Any]]:
    """Seconds to verify a log, and milliseconds to prove that an entry is in it."""
    entries = int(os.environ.get("AMBER_ENTRIES", ENTRIES))  # noqa: TID251 - a bench is at the top
    with tempfile.TemporaryDirectory() as folder:
        home = homes.make(
            Path(folder) / "EE", config.lab_member("EE", PORT, has_quotas=False), app.clock
        )
        with closing(home.store(home.keys())) as held:
            _fill(held, entries)
            yield from _whole(held, home, entries)
            yield from _proofs(held)
        yield from _broken(home)


def _fill(held: Store, entries: int) -> None:
    for start in range(0, entries, BATCH):
        with held.write() as tx:
            for number in range(start, min(entries, start + BATCH)):
                store.audit.append(tx, _entry(number))


def _entry(number: int) -> Entry:
    """An answer with three hits, as a node writes down most of all."""
    name = hashlib.sha256(str(number).encode()).hexdigest()
    return Entry(
        operation=Operation.DISCLOSURE,
        event="answered",
        person=f"analyst-{number % 40}",
        role="analyst",
        peer="LV",
        recipients=("LV",),
        question=name[:36],
        question_digest=name,
        case=f"LV-2027-{number % 900}",
        purpose="investigation",
        topic="drugs",
        records=(name[:36], name[8:44], name[16:52]),
        handling=("H0", "H1"),
        counts={"hits": 3},
        ground="members-see-what-is-shared",
        digests={"EE": name},
    )


def _whole(held: Store, home: Home, entries: int) -> Iterator[dict[str, Any]]:
    with held.view() as view:
        spent, broken = _timed(lambda: store.audit.verify(view))
        if broken:
            raise RuntimeError(f"not whole: {broken}")
        hashed, _ = _timed(lambda: _hashed(view))
        signed = _signature_s(view, home) * entries
    per_million = 1_000_000 / entries
    yield _figure(
        spent * per_million,
        f"s of processor to verify a million entries (of {entries} measured)",
        hashed * per_million,
        "reading and hashing the same rows once, SHA-256",
    )
    yield _figure(
        spent * per_million,
        "s of processor, the same, beside what is not done",
        (hashed + signed) * per_million,
        "the same rows with an Ed25519 signature checked for each",
    )


def _broken(home: Home) -> Iterator[dict[str, Any]]:
    """An editor changes an early entry, makes every hash after it anew, and cannot sign them."""
    keys = home.keys()
    with closing(sqlite3.connect(home.database)) as database, database:
        (last,) = database.execute("SELECT max(seq) FROM audit").fetchone()
        place = last // 3
        _rewrite(database, home, place)
    with closing(home.store(keys)) as held, held.view() as view:
        spent, broken = _timed(lambda: store.audit.verify(view))
        floor, _ = _timed(lambda: _hashed(view))
    if broken is None or broken.seq != place:
        raise RuntimeError(f"entry {place} was edited, and {broken} named")
    yield _figure(
        spent * 1_000_000 / last,
        "s of processor to name the first of a million that was forged, with all hashes after it",
        floor * 1_000_000 / last,
        "reading and hashing the same rows once, SHA-256",
    )


def _rewrite(database: sqlite3.Connection, home: Home, place: int) -> None:
    rows = database.execute("SELECT seq, data FROM audit WHERE seq >= ? ORDER BY seq", (place,))
    (before,) = database.execute("SELECT hash FROM audit WHERE seq = ?", (place - 1,)).fetchone()
    forged = []
    for seq, data in rows:
        said = audit.framed(audit.Row(seq, data.encode(), b"", b""))
        entry = _entry(0) if seq == place else said.entry
        new = audit.encode(entry, seq=seq, at=said.at, node=home.member, previous=before)
        before = witness.leaf_hash(new)
        forged.append((new.decode(), before, seq))
    database.executemany("UPDATE audit SET data = ?, hash = ? WHERE seq = ?", forged)


def _proofs(held: Store) -> Iterator[dict[str, Any]]:
    with held.view() as view:
        head = store.audit.tree_head(view, app.clock())
        places = random.Random(17).sample(range(1, head.size + 1), min(PROOFS, head.size))  # noqa: S311
        spent = sorted(
            _timed(partial(store.audit.proven, view, seq, head.size))[0] for seq in places
        )
        for seq in places[:100]:
            leaf, proof = store.audit.proven(view, seq, head.size)
            if not witness.is_included(leaf, seq - 1, head, proof):
                raise RuntimeError(f"entry {seq} is not proven")
        probes = [_timed(partial(_probe, view, seq))[0] for seq in places]
    floor = statistics.median(probes) * MS
    said = "one look-up of a row by its number"
    for words, share in (("p50", 0.5), ("p99", 0.99)):
        ours = spent[int(share * len(spent))] * MS
        yield _figure(
            ours,
            f"ms of processor, {words}, of a proof that an entry is in {head.size}",
            floor,
            said,
        )


def _hashed(view: View) -> None:
    for row in store.audit.read(view):
        witness.leaf_hash(row.data)


def _probe(view: View, seq: int) -> None:
    next(store.audit.read(view, after=seq - 1))


def _signature_s(view: View, home: Home) -> float:
    """Seconds that it takes to check the signature of one row."""
    notary, rows = view.house.notary, store.audit.read(view)
    few = [next(rows) for _ in range(min(1_000, ENTRIES))]
    spent, held = _timed(
        lambda: all(
            notary.holds(audit.row_statement(home.member, row.seq, row.hash), row.signature)
            for row in few
        )
    )
    if not held:
        raise RuntimeError("a signature does not hold")
    return spent / len(few)


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def _figure(ours: float, unit: str, floor: float, floor_is: str) -> dict[str, Any]:
    return {
        "figure": round(ours, 3),
        "unit": unit,
        "floor": round(floor, 4),
        "floor_is": floor_is,
        "ratio": round(ours / floor, 2),
    }
