"""Memory: what a flood took goes back to the machine; the C library would keep it for itself."""

import ctypes
import mmap
from pathlib import Path

#: Bytes that a node may grow by before it is looked for what can be given back.
GROWN = 16 * 1024 * 1024

#: Heaps of the C library: each keeps what was freed in it, and by default there are eight a core.
_ARENA_MAX, ARENAS = -8, 2
_STATM = Path("/proc/self/statm")


class Memory:
    """The memory of this process, on Linux with glibc; elsewhere nothing happens.

    Made before threads are, it keeps them to few heaps.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL(None)
        self._trim = getattr(library, "malloc_trim", None)
        if self._trim:
            library.mallopt(_ARENA_MAX, ARENAS)
        self._least = resident()

    def give_back(self) -> None:
        """Give back what is free, if this process grew. Takes milliseconds: not for the loop."""
        now = resident()
        self._least = min(self._least, now)
        if self._trim and now > self._least + GROWN:
            self._trim(0)
            self._least = resident()


def resident() -> int:
    """Bytes of this process that are in memory; 0 where that is not known."""
    try:
        return int(_STATM.read_text().split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0
