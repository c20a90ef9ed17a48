"""The desk's calls about touches: a follower hears of each as it comes."""

import asyncio

from federation.messages import Marking
from node import desk
from node.store.alerts import AlertState
from tests.flows.test_touches import ANALYST, hits, only
from tests.node.api.test_calls import line
from tests.world import World


def test_a_follower_hears_of_touches_as_they_come_and_as_they_change(world: World) -> None:
    latvia = world["lv"]
    latvia.holds("Viktor Lesnikov", marking=Marking(tell="silently"))
    hits(world["ee"])
    heard = []

    async def followed() -> None:
        async with desk.opened(line(latvia)) as opened:
            async for one in opened.touches(after=0, is_following=True):
                heard.append((one["member"], one["caption"], one["state"]))
                if len(heard) == 3:
                    return
                await asyncio.to_thread(_go_on, len(heard))

    def _go_on(count: int) -> None:
        if count == 1:
            hits(world["pl"])
        else:
            latvia.up.post.change(first, AlertState.SEEN, ANALYST)

    first = only(latvia).touch.id
    asyncio.run(followed())

    name = "Viktor Lesnikov"
    assert heard == [("EE", name, "new"), ("PL", name, "new"), ("EE", name, "seen")]


def test_a_record_is_marked_over_the_desk_by_its_own_id(world: World) -> None:
    latvia = world["lv"]
    latvia.holds("Viktor Lesnikov", marking=Marking(tell="first"))
    hits(world["ee"])
    record = only(latvia).touch.record

    async def marked() -> None:
        async with desk.opened(line(latvia)) as opened:
            await opened.remark(record, "")

    asyncio.run(marked())

    assert len(hits(world["ee"])) == 1
