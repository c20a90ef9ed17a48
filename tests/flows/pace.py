"""`python -m tests.flows.pace`: how many times longer than alone work takes on this machine now.

It works beside whatever is measured, as a process of its own, until its input ends; then it prints
the median of how much longer each piece of work took than it had a processor.
"""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Seconds of a processor that one piece of work has, and that are left to others after it.
WORK_S, REST_S = 0.02, 0.1


@dataclass
class Pace:
    """How many times longer things took; known once what was measured is over."""

    times: float = 1.0


@contextmanager
def measured() -> Iterator[Pace]:
    """Find out beside what happens meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.pace"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    pace = Pace()
    try:
        yield pace
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    pace.times = max(1.0, float(said))


def _work() -> float:
    began, has_had = time.monotonic(), time.process_time()
    while time.process_time() - has_had < WORK_S:
        pass
    return (time.monotonic() - began) / WORK_S


def _main() -> None:
    is_over = threading.Event()
    threading.Thread(target=_until_end, args=(is_over,), daemon=True).start()
    found = [_work()]
    while not is_over.wait(REST_S):
        found.append(_work())
    sys.stdout.write(f"{statistics.median(found):.3f}\n")


def _until_end(is_over: threading.Event) -> None:
    sys.stdin.read()
    is_over.set()


if __name__ == "__main__":
    _main()
