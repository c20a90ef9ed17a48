"""Work done ahead: one task after another in a process of its own, while we do something else."""

import contextlib
import gc
import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_SPAWN = multiprocessing.get_context("spawn")


class Ahead(Generic[Task, Result]):
    """A process that works on one task at a time; it ends with us, however we end.

    It is a help and never a must: what a process that died did not do is None.
    """

    def __init__(self, work: Callable[[Task], Result]) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(work, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._is_asked = False

    def start(self, task: Task) -> None:
        """Begin a task; the one before must have been taken."""
        with contextlib.suppress(OSError):
            self._pipe.send(task)
            self._is_asked = True

    def taken(self) -> Result | None:
        """The result of the task that was begun, waited for; None when there is none."""
        result: Result | None = None
        if self._is_asked:
            with contextlib.suppress(EOFError, OSError):
                result = self._pipe.recv()
        self._is_asked = False
        return result

    def close(self) -> None:
        """End the process at once: what it still works on is dropped, and nothing of it is kept."""
        self._pipe.close()
        self._process.kill()
        self._process.join()


def _serve(work: Callable[[Task], Result], pipe: Connection) -> None:
    """Work until the other end is closed or gone; Ctrl-C is for the one that started us.

    Nothing is looked through for garbage: what is made for a task is dropped with its result.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv()))
