"""Nodes made and run by the command, as whoever tries Amber does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

AMBER = (sys.executable, "-m", "node")
QUESTION = ("--case", "C-1", "--purpose", "investigation", "--json")


class Lab:
    """Four nodes made and run by the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def amber(self, *arguments: str, code: int | Collection[int] = 0) -> list[dict[str, Any]]:
        """Run a verb; its exit code must be this one, or one of these.

        Returns the JSON lines it printed.
        """
        done = subprocess.run([*AMBER, *arguments], capture_output=True, text=True, check=False)
        codes = {code} if isinstance(code, int) else code
        assert (done.returncode in codes, "Traceback" in done.stderr) == (True, False), done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def home(self, member: str) -> str:
        return str(self.folder / member)

    def pid(self, member: str) -> int:
        rows = self.amber("lab", "status", str(self.folder), "--json")
        return next(int(row["pid"]) for row in rows if row["member"] == member)

    def end(self, member: str) -> None:
        """Have one node end as its service manager does, and wait until it has."""
        pid = self.pid(member)
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.05)  # another process ends: there is nothing to wait on

    def is_whole_again(self) -> bool:
        """Whether everybody answers before long: a line to who was down is tried every 5 s."""
        search = [*AMBER, "-n", self.home("EE"), "search", "Jan Kowalski", *QUESTION]
        return any(
            subprocess.run(search, capture_output=True, check=False).returncode == 0
            for _ in range(30)
        )
