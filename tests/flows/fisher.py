"""A member that fishes: its certificate is good, and it asks past its own node's rules."""

import asyncio
import random
import string
from collections import Counter
from collections.abc import Iterable, Iterator

from federation.fanout import Fanout
from federation.messages import (
    Asker,
    MemberId,
    Outcome,
    PersonId,
    Question,
    QuestionId,
    Sought,
)
from node import app
from node.store.alarms import HeldAlarm
from tests.world import Place

_GIVEN = "Ada Bruno Cilla Darius Elsa Fjodor Greta Hanno Ilze Jurgis Kaja Linas Mirja Olev".split()
#: Questions in hand at once.
LANES = 8


def names(count: int, *, seed: int = 7) -> list[str]:
    """So many names of nobody, in any order."""
    chance = random.Random(seed)
    surnames: dict[str, None] = {}
    while len(surnames) < count:
        surnames["".join(chance.choices(string.ascii_lowercase, k=8)).title()] = None
    return [f"{chance.choice(_GIVEN)} {surname}" for surname in surnames]


def in_order(count: int) -> list[str]:
    """So many names of nobody, one after the other as in a register."""
    return [
        f"Anna {name.split()[1]}" for name in sorted(names(count), key=lambda one: one.split()[1])
    ]


def question(name: str, *, person: str = "ilze", case: str = "CASE-1") -> Question:
    """What it asks."""
    asker = Asker(PersonId(person), "analyst")
    return Question(
        QuestionId(app.new_id()), asker, case, "investigation", Sought(name=name), limit=10
    )


def ask(place: Place, wanted: Iterable[Question], *, to: str, lanes: int = LANES) -> list[Outcome]:
    """Put questions to one member, some at once, over a line of its own; as they came back."""
    return place.world.run(_asked(place.up.fanout, wanted, MemberId(to), lanes))


def fish(place: Place, wanted: Iterable[str], *, to: str, person: str = "ilze") -> Counter[str]:
    """Ask one member for each name; how many questions met what."""
    outcomes = ask(place, (question(name, person=person) for name in wanted), to=to)
    return Counter(str(one.kind) for one in outcomes)


def walk(place: Place, wanted: Iterable[str], *, to: str, person: str = "ilze") -> None:
    """Ask one member for each name, one after the other."""
    ask(place, (question(name, person=person) for name in wanted), to=to, lanes=1)


def alarms(place: Place) -> list[HeldAlarm]:
    """The alarms that this member's coordinators see."""
    return place.up.post.guarding.behind(0)


def kinds(place: Place) -> list[tuple[str, str, str, str]]:
    """Who noticed, whose person, who, and what it looked like: of each alarm, in any order."""
    return sorted(
        (one.told_by, one.member, one.about.person, str(one.about.kind)) for one in alarms(place)
    )


async def _asked(
    fanout: Fanout, wanted: Iterable[Question], to: MemberId, lanes: int
) -> list[Outcome]:
    every, outcomes = iter(wanted), list[Outcome]()

    async def lane(mine: Iterator[Question]) -> None:
        for one in mine:
            outcomes.extend(await fanout.ask(one, {to}, timeout_s=50))

    await asyncio.gather(*(lane(every) for _ in range(lanes)))
    return outcomes
