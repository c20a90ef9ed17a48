"""What a thread tells of its work, heard in the event loop while it goes on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar

Word = TypeVar("Word")


class Told(Generic[Word]):
    """Called in a thread with each word; heard in the loop in which it was made."""

    def __init__(self) -> None:
        self._loop, self._words = asyncio.get_running_loop(), asyncio.Queue[Word]()

    def __call__(self, word: Word) -> None:
        """Say a word, from any thread."""
        self._loop.call_soon_threadsafe(self._words.put_nowait, word)

    async def until(self, work: "asyncio.Future[Any]") -> AsyncIterator[Word]:
        """Every word that is said until the work is done and all of it is heard."""
        while not (work.done() and self._words.empty()):
            hearing = asyncio.ensure_future(self._words.get())
            either: set[asyncio.Future[Any]] = {hearing, work}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                yield hearing.result()
            hearing.cancel()
