"""The desk's calls about alerts: a follower hears of each as it comes."""

import asyncio

from federation.messages import PersonId
from node import desk
from node.people import Role
from tests.node.api.test_calls import line
from tests.world import World, eventually


def test_a_follower_hears_of_alerts_as_they_come_and_as_they_change(world: World) -> None:
    watch = world["ee"].watches("Viktor Lesnikov")
    eventually(lambda: set(world["ee"].watch_states(watch).values()) == {"registered"})
    world["ee"].home.issue(PersonId("b.saar"), [Role.COORDINATOR])

    async def followed() -> list[tuple[str, str]]:
        heard: list[tuple[str, str]] = []
        async with desk.opened(line(world["ee"], "b.saar")) as opened, asyncio.timeout(20):
            async for one in opened.alerts(after=0, is_following=True):
                heard.append((one["member"], one["state"]))
                if len(heard) == 1:
                    await asyncio.to_thread(world["pl"].holds, "Viktor Lesnikov")
                elif len(heard) == 2:
                    await opened.change_alert(one["alert"], "seen", "")
                else:
                    return heard
        raise AssertionError("the stream ended by itself")

    world["lv"].holds("Viktor Lesnikov")

    assert asyncio.run(followed()) == [("LV", "new"), ("PL", "new"), ("PL", "seen")]
