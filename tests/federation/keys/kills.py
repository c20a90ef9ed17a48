"""A process that ends at any step of its work on files, for tests of what is left then."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from federation.keys import files


class Killed(BaseException):
    """The process ended here."""


def killed_at_each_step(work: Callable[[], object], patch: pytest.MonkeyPatch) -> Iterator[int]:
    """Do the work again and again, ended one step later each time; yields after each end.

    Steps are the calls that change a folder. The last time nothing ends it.
    """
    for limit in range(1_000):
        left = [limit]
        with patch.context() as patched:
            for owner, name in (
                (Path, "rename"),
                (Path, "replace"),
                (Path, "unlink"),
                (Path, "mkdir"),
                (files, "write"),
                (shutil, "rmtree"),
            ):
                patched.setattr(owner, name, _counted(getattr(owner, name), left))
            try:
                work()
            except Killed:
                is_over = False
            else:
                is_over = True
        yield limit
        if is_over:
            return
    raise AssertionError("it never came to its end")


def _counted(step: Callable[..., object], left: list[int]) -> Callable[..., object]:
    def counted(*args: object, **kwargs: object) -> object:
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return step(*args, **kwargs)

    return counted
