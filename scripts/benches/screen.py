"""A list of names against a crowd by `amber screen`, beside a bare probe and a plain loop.

`AMBER_CROWD` says how many records, `AMBER_LIST` how many names. `AMBER_CROWD_FOLDER` names a
folder in which the loaded home is kept between runs.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from federation.messages import Entity
from scripts.benches.crowd import crowd

CROWD, LIST = 20_000, 10_000
#: Names that the plain loop is timed with: it is slow, and the same for each.
LOOPED = 50
STRANGERS, SLIP = 0.25, 0.5
WHY = ("--case", "BENCH-1", "--purpose", "investigation", "--json")


def bench() -> Iterator[dict[str, Any]]:
    """Names screened a second, start of everything included, against two floors of the same run."""
    count, rows = (
        int(os.environ.get(name, default))  # noqa: TID251 - a bench is at the top
        for name, default in (("AMBER_CROWD", CROWD), ("AMBER_LIST", LIST))
    )
    with _folder() as folder:
        home = folder / f"screened-{count}"
        names = [one.first("name") for one in crowd(count)]
        if not home.exists():
            _load(home, folder / "crowd.ftm", count)
        asked = list(_list(names, rows))
        ours, result = _screened(home, folder, asked)
        floors = {
            "one probe of an indexed table a name": _probed(names, asked),
            "rapidfuzz over every name, best five": _looped(names, asked),
        }
    for words, floor in floors.items():
        yield {
            "figure": round(rows / ours, 1),
            "unit": f"names/s against {count} records",
            "seconds": round(ours, 1),
            "floor": round(floor, 1),
            "floor_is": words,
            "ratio": round(rows / ours / floor, 5),
        } | {name: result[name] for name in ("rows", "hits", "strong", "rejected")}


def _list(names: Sequence[str], rows: int) -> Iterator[dict[str, str]]:
    """Names of the crowd, every other with a letter wrong, and a quarter of nobody's."""
    chance = random.Random(3)  # noqa: S311 - to be repeated, not to be secret
    others = (one.first("name") for one in crowd(rows, seed=77))
    for number, other in enumerate(islice(others, rows)):
        name = other if chance.random() < STRANGERS else chance.choice(names)
        if chance.random() < SLIP:
            place = chance.randrange(len(name))
            name = name[:place] + "e" + name[place + 1 :]
        yield {"qid": str(number), "name": name, "kind": "person"}


def _screened(
    home: Path, folder: Path, asked: Sequence[dict[str, str]]
) -> tuple[float, dict[str, Any]]:
    """Seconds from the command to its last word, and the counts that it printed."""
    file, out = folder / "list.jsonl", folder / "answers.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in asked))
    out.unlink(missing_ok=True)
    started = time.perf_counter()
    said = _amber("-n", str(home), "screen", str(file), "--out", str(out), *WHY)
    return time.perf_counter() - started, json.loads(said)


def _probed(names: Sequence[str], asked: Sequence[dict[str, str]]) -> float:
    """Names a second that one B-tree looks up."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE named (name TEXT, id INTEGER)")
        connection.executemany(
            "INSERT INTO named VALUES (?, ?)", ((name, number) for number, name in enumerate(names))
        )
        connection.execute("CREATE INDEX named_name ON named (name)")
        started = time.perf_counter()
        for row in asked:
            select = "SELECT id FROM named WHERE name = ? LIMIT 5"
            connection.execute(select, (row["name"],)).fetchall()
        return len(asked) / (time.perf_counter() - started)


def _looped(names: Sequence[str], asked: Sequence[dict[str, str]]) -> float:
    """Names a second that a loop over the whole crowd compares."""
    started = time.perf_counter()
    for row in asked[:LOOPED]:
        process.extract(row["name"], names, scorer=fuzz.ratio, limit=5)
    return min(LOOPED, len(asked)) / (time.perf_counter() - started)


def _load(home: Path, file: Path, count: int) -> None:
    """A home that holds the crowd."""
    _amber("init", str(home), "--member", "EE", "--name", "E", "--address", "127.0.0.1:23900")
    with file.open("w") as out:
        out.writelines(map(_line, crowd(count)))
    share = ("--format", "ftm", "--share", "full", "--to", "ALL")
    _amber("-n", str(home), "load", str(file), *share)
    file.unlink()


@contextmanager
def _folder() -> Iterator[Path]:
    kept = os.environ.get("AMBER_CROWD_FOLDER")  # noqa: TID251
    if kept:
        yield Path(kept)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def _amber(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "node", *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _line(entity: Entity) -> str:
    properties = {name: list(values) for name, values in entity.properties.items()}
    return json.dumps({"id": entity.id, "schema": entity.schema, "properties": properties}) + "\n"
