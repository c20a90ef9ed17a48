"""Memory: what was taken and is free again goes back to the machine."""

import ctypes
import subprocess
import sys

from node.memory import GROWN, resident

#: Takes many small pieces of the C library's memory, holds the last, and frees the rest.
FRAGMENTED = """
import ctypes
from node.memory import Memory, resident
library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
memory = Memory()
before = resident()
pieces = [library.malloc(4_000) for _ in range(20_000)]
for piece in pieces:
    ctypes.memset(piece, 1, 4_000)
for piece in pieces[:-1]:
    library.free(piece)
kept = resident()
memory.give_back()
print(kept - before, resident() - before)
"""


def test_what_is_free_is_given_back() -> None:
    assert hasattr(ctypes.CDLL(None), "malloc_trim")
    run = subprocess.run(
        [sys.executable, "-c", FRAGMENTED], capture_output=True, text=True, check=True
    )

    kept, after = map(int, run.stdout.split())

    assert kept > 4 * GROWN
    assert after < kept / 4


def test_resident_memory_is_known_here() -> None:
    assert resident() > 10_000_000
