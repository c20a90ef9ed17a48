"""Killed at any moment: the database opens, is whole, and holds all that was acknowledged."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from node import store
from tests.node.store.shelf import NOW, Shelf

REPOSITORY = Path(__file__).parents[3]
KILLS = 20


def acknowledged(folder: Path, lines: int, delay_s: float, *how: str) -> list[str]:
    """Let a process write, kill it a moment after so many promises; returns all it made."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.node.store.written", str(folder), *how],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    assert writer.stdout
    first = [writer.stdout.readline() for _ in range(lines)]
    with contextlib.suppress(subprocess.TimeoutExpired):
        writer.wait(delay_s)
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read()
    writer.wait()
    writer.stdout.close()
    lines_ = [*first, *rest.splitlines(keepends=True)]
    return [line.decode().strip() for line in lines_ if line.endswith(b"\n")]


def found(folder: Path, ids: list[str]) -> tuple[int, set[str]]:
    """How much is kept, all its tables agreeing in a database that is whole; which ids of these."""
    opened = Shelf(folder, now=NOW + timedelta(days=9999))
    with opened.store.view() as view:
        head = store.audit.head(view)
        kept = store.records.count(view)
        seen = view._live().execute("SELECT count(*) FROM seen WHERE sender = 'LV'").fetchone()[0]
        carried = store.keys.count(view, ("name", "anna"), cap=10**6)
        there = set(store.records.by_source(view, "ours", ids))
        assert store.audit.verify(view) is None
    opened.close()
    with closing(sqlite3.connect(folder / "amber.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert head is not None
    assert (head.seq, seen, carried) == (kept, kept, kept)
    return kept, there


def test_a_killed_writer_leaves_whole_transactions_and_all_it_promised(tmp_path: Path) -> None:
    chance = random.Random(6962)
    Shelf(tmp_path).close()

    for _ in range(KILLS):
        promised = acknowledged(tmp_path, chance.randint(1, 10), chance.uniform(0, 0.02))

        kept, there = found(tmp_path, promised)
        assert there == set(promised)
        assert kept in {number(promised[-1]), number(promised[-1]) + 1}


def test_writers_killed_in_the_midst_of_a_shared_commit_leave_all_they_promised(
    tmp_path: Path,
) -> None:
    chance = random.Random(6963)
    Shelf(tmp_path).close()
    every: list[str] = []

    for _ in range(KILLS):
        every += acknowledged(tmp_path, chance.randint(1, 40), chance.uniform(0, 0.02), "together")

        kept, there = found(tmp_path, every)
        assert there == set(every)
        assert kept >= len(every)


def number(id: str) -> int:
    return int(id.removeprefix("P-"))
