"""A suspended member: out at the signature that decides, or when the charter ends; and marked."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from federation.charter import Amendment, Standing
from federation.errors import UnreachableError
from federation.messages import Marking, MemberId
from federation.peer import Peer
from node import config, desk
from node import home as homes
from tests.flows.held import Line
from tests.flows.planned import LESNIKOV, meeting, plans
from tests.flows.test_charter import ADMINISTRATOR, decided, doors, known, proposing
from tests.world import Clock, Place, World, eventually, federation

EE, LV, LT, FI = MEMBERS = tuple(map(MemberId, ("EE", "LV", "LT", "FI")))
SUSPEND = {FI: Standing.SUSPENDED}
#: What the charter promises is 60 s. Among nodes that all reach one another it is a moment.
SOON_S = 10.0


@contextmanager
def held(world: World, by: MemberId, *to: MemberId) -> Iterator[dict[MemberId, Line]]:
    """Lines of a member, on each of which it asks without end."""
    place, is_over = world[by], asyncio.Event()
    keys, charter = place.up.ring.present, place.up.in_force()

    async def begun() -> dict[MemberId, Line]:
        return {one: Line(keys, charter, one, world.clock) for one in to}

    lines = world.run(begun())
    asking = [
        asyncio.run_coroutine_threadsafe(line.ask_on(is_over), world.loop)
        for line in lines.values()
    ]
    try:
        yield lines
    finally:
        world.loop.call_soon_threadsafe(is_over.set)
        for one in asking:
            one.result(30)


def more(line: Line, what: str = "ends") -> None:
    """Wait until a line had two more calls that began after this."""
    enough = len(getattr(line, what)) + 3
    eventually(lambda: len(getattr(line, what)) >= enough)


@pytest.fixture
def four() -> Iterator[World]:
    with federation(*MEMBERS, life=timedelta(days=30)) as found:
        yield found


def test_a_line_that_is_open_is_answered_until_the_signature_that_decides_and_never_after(
    four: World,
) -> None:
    others = (EE, LV, LT)
    with held(four, FI, *others) as lines:
        listed = proposing(four["ee"]).propose(
            Amendment(standings=SUSPEND), reason="", by=ADMINISTRATOR
        )
        signed_at = dict.fromkeys(others, time.monotonic())
        for id in (LV, LT):
            eventually(lambda id=id: known(four[id], listed))  # type: ignore[misc]
            for line in lines.values():  # two of four are not enough
                more(line, "answers")
            signed_at[id] = time.monotonic()
            proposing(four[id]).sign(listed.id, by=ADMINISTRATOR)
        for line in lines.values():
            eventually(lambda line=line: line.refusals)  # type: ignore[misc]
            more(line)

    for id, line in lines.items():
        assert {end.fault for end in line.ends if end.at < signed_at[LT]} == {None}, id
        assert max(line.answers) < min(line.refusals), id
        assert max(line.answers) - signed_at[LT] < SOON_S, id
        assert "FI" not in doors(four[id])


@contextmanager
def cut_off(member: MemberId) -> Iterator[None]:
    """While this lasts neither a question nor mail gets to a member, and none from it anywhere."""

    def cut(true: Any) -> Any:
        async def call(peer: Peer, *arguments: Any, **options: Any) -> Any:
            if member in (peer.member, peer._us.id):
                raise UnreachableError(f"{member} is cut off")
            return await true(peer, *arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Peer, "deliver", cut(Peer.deliver))
        patched.setattr(Peer, "ask", cut(Peer.ask))
        yield


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Five under a charter of a few seconds, that nobody renews, by the clock of the world."""
    monkeypatch.setattr(Clock, "__call__", lambda _: datetime.now(UTC))
    with federation(*MEMBERS, "PL", life=timedelta(seconds=6), settings=_not_renewing) as found:
        yield found


def _not_renewing(settings: config.Config) -> config.Config:
    return msgspec.structs.replace(settings, charter=config.Charter(renew=False))


def test_whoever_never_hears_of_it_shuts_the_door_by_itself_when_the_charter_ends(
    brief: World,
) -> None:
    ends_at = brief["lt"].up.in_force().expires_at
    with cut_off(LT), held(brief, FI, EE, LV, LT) as lines:
        decided(brief, "ee", "lv", "pl", version=3, standings=SUSPEND)
        for id in (EE, LV):
            eventually(lambda id=id: "FI" not in doors(brief[id]))  # type: ignore[misc]
        more(lines[LT], "answers")  # it knows of nothing, and its charter counts
        assert brief["lt"].up.in_force().version == 2
        assert datetime.now(UTC) < ends_at

        eventually(lambda: doors(brief["lt"]) == [])
        shut_at, late_s = time.monotonic(), (datetime.now(UTC) - ends_at).total_seconds()
        more(lines[LT])

    assert 0 <= late_s < 2
    assert lines[LT].answers[-1] < shut_at
    assert lines[LT].answers[-1] < shut_at - late_s + 0.1


@dataclass
class Listed:
    """What people of a member are shown at its desk, each kind of thing by itself."""

    alerts: list[dict[str, Any]]
    touches: list[dict[str, Any]]
    watches: list[dict[str, Any]]
    activities: list[dict[str, Any]]

    def standings(self, of: MemberId) -> dict[str, set[str]]:
        """How a member stands by each."""
        meetings = [met for one in self.activities for met in one["meetings"]]
        compared = [member for one in self.activities for member in one["members"]]
        watched = [member for one in self.watches for member in one["members"]]
        kinds = {
            "alerts": self.alerts,
            "touches": self.touches,
            "watches": watched,
            "activities": compared,
            "meetings": meetings,
        }
        return {
            kind: {one["member_standing"] for one in every if one["member"] == of}
            for kind, every in kinds.items()
        }


def listed(place: Place) -> Listed:
    """Everything that was sent to a member, as its analyst sees it."""
    home = place.home
    run = home.running()
    assert run is not None
    key, certificate = home.person_credentials(homes.FIRST_PERSON)
    line = desk.Line(run.desk, home.member, home.ca(), key, certificate)

    async def read() -> Listed:
        async with desk.opened(line) as at:
            return Listed(
                [one async for one in at.alerts(after=0, is_following=False)],
                [one async for one in at.touches(after=0, is_following=False)],
                await at.watches(is_all=True),
                await at.activities(is_all=True),
            )

    return place.world.run(read())


def test_what_a_suspended_member_sent_stays_and_is_marked_until_it_is_back(four: World) -> None:
    estonia, finland = four["ee"], four["fi"]
    finland.holds(LESNIKOV.name, birthDate=LESNIKOV.birth_date)
    estonia.watches(LESNIKOV.name, birth_date=LESNIKOV.birth_date)
    estonia.holds("Kask Juhan", marking=Marking(tell="openly"))
    assert finland.search("Kask Juhan", to=["ee"]).hits_from("ee")
    for place in (estonia, finland):
        plans(place, target=LESNIKOV)
    eventually(lambda: estonia.alerts)
    meeting(estonia)
    eventually(lambda: all(listed(estonia).standings(FI).values()))
    before = listed(estonia)
    assert ways(before) == {"active"}

    decided(four, "ee", "lv", "lt", version=3, standings=SUSPEND)

    during = listed(estonia)
    assert ways(during) == {"suspended"}
    assert during.standings(LV)["watches"] == {"active"}
    for kind, key in (("alerts", "alert"), ("touches", "touch"), ("activities", "activity")):
        were, are = ({one[key] for one in getattr(said, kind)} for said in (before, during))
        assert were <= are

    decided(four, "ee", "lv", "lt", version=4, standings={FI: Standing.ACTIVE})
    assert ways(listed(estonia)) == {"active"}


def ways(said: Listed) -> set[str]:
    """How Finland stands by whatever came from it."""
    return {way for kind in said.standings(FI).values() for way in kind}
