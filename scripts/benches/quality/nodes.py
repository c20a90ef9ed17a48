"""The scenarios asked through eight running nodes, by `search --batch` with default settings."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.benches.quality import sources
from scripts.benches.quality.bench import figures_of, told
from scripts.benches.quality.figures import Figure, pooled
from scripts.benches.quality.measures import Row
from scripts.benches.quality.sources import DATA, NODES, SCENARIOS, Query
from scripts.benches.quality.stores import Answer, Hit

PORT = 25_000
#: Nodes that ask at the same time, eight questions each on their way.
_AT_ONCE = 2
#: `search --batch` ends so when a node was silent for some question: that is a figure, no fault.
_DONE_OR_PARTIAL = (0, 4)


def bench() -> Iterator[dict[str, Any]]:
    """The figures of the scenarios, and how many questions a node left unanswered."""
    if not sources.DATA.exists():
        sys.stderr.write(sources.ABSENT)
        return
    yield from told(_figures())


def _figures() -> Iterator[Figure]:
    answers, silent = [], []
    for scenario in SCENARIOS:
        for query, line in _asked(scenario):
            hits = [Hit((h["node"], h["id"]), h["score"], h["strong"]) for h in line["hits"]]
            answers.append(Answer(query, tuple(hits)))
            is_silent = any(one["outcome"] != "answered" for one in line["members"])
            silent.append(Row(query.source, query.cluster, float(is_silent)))
    yield from figures_of(answers, {name: sources.truth(name) for name in SCENARIOS})
    yield from pooled("scenario, eight nodes", "queries that a node left unanswered", silent)


def _asked(scenario: str) -> Iterator[tuple[Query, dict[str, Any]]]:
    """Every query of a scenario with the line that answers it, asked from its own node."""
    queries = sources.queries(scenario)
    some = [[one for one in queries if one.from_node == node] for node in NODES]
    with (
        tempfile.TemporaryDirectory() as folder,
        _lab(Path(folder) / "lab", scenario) as lab,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        answered = list(pool.map(_batch, [lab] * len(NODES), NODES, some))
    for mine, lines in zip(some, answered, strict=True):
        for query, line in zip(mine, lines, strict=True):
            if line["qid"] != query.id or "error" in line:
                raise RuntimeError(f"{query.id}: {line.get('error', 'answered out of turn')}")
            yield query, line


def _batch(lab: Path, node: str, queries: list[Query]) -> list[dict[str, Any]]:
    asked, answered = lab / f"{node}.asked", lab / f"{node}.answered"
    asked.write_text("".join(json.dumps(_plain(query)) + "\n" for query in queries))
    why = ("--case", "BENCH-1", "--purpose", "investigation")
    _amber("-n", str(lab / node), "search", *why, "--batch", str(asked), "--out", str(answered))
    return [json.loads(line) for line in answered.read_text().splitlines()]


def _plain(query: Query) -> dict[str, Any]:
    sought = query.sought
    found: dict[str, Any] = {"qid": query.id, "name": sought.name, "kind": sought.kind}
    if sought.birth_date:
        found["dob"] = sought.birth_date
    for number in sought.identifiers:
        found["identifier"] = {"type": number.type, "value": number.value}
    return found


@contextmanager
def _lab(folder: Path, scenario: str) -> Iterator[Path]:
    """Eight running nodes, each with its file of the scenario."""
    _amber("lab", "create", str(folder), "--members", ",".join(NODES), "--port", str(PORT))
    for node in NODES:
        file = DATA / scenario / f"{node}.jsonl"
        options = ("--format", "simple", "--share", "full", "--to", "ALL")
        _amber("-n", str(folder / node), "load", str(file), *options)
    _amber("lab", "start", str(folder), "--detach")
    try:
        yield folder
    finally:
        _amber("lab", "stop", str(folder))


def _amber(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "node", *arguments], check=False, stdout=subprocess.DEVNULL
    )
    if done.returncode not in _DONE_OR_PARTIAL:
        raise RuntimeError(f"amber {arguments[0]} ended with {done.returncode}")
