"""What a thread tells: all of it is heard, in order, and the end is the end of the work."""

import asyncio

from node.api.told import Told


async def test_every_word_is_heard_in_order() -> None:
    told: Told[int] = Told()

    def work() -> str:
        for number in range(100):
            told(number)
        return "done"

    working = asyncio.ensure_future(asyncio.to_thread(work))
    heard = [word async for word in told.until(working)]

    assert heard == list(range(100))
    assert await working == "done"


async def test_work_that_says_nothing_ends_the_hearing() -> None:
    told: Told[int] = Told()

    heard = [word async for word in told.until(asyncio.ensure_future(asyncio.sleep(0)))]

    assert heard == []
