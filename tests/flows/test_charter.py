"""The charter over real TLS: a member joins, is suspended, comes back; another is restored."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from federation import charter
from federation.charter import Amendment, Standing
from federation.errors import CharterError, InvalidError
from federation.messages import MemberId, OutcomeKind, PersonId
from node import config
from node.chartering.proposing import Listed, Proposing
from node.people import Role, person
from tests.world import Place, World, eventually, federation, free_base, signed

ADMINISTRATOR = person(PersonId("first"), [Role.ADMINISTRATOR])
LT, FI = MemberId("LT"), MemberId("FI")


def proposing(place: Place) -> Proposing:
    return place.up.post.renewing.proposing


def decided(world: World, *members: str, version: int, **amendment: Any) -> None:
    """The first proposes, the others sign once they have heard; then it is in force with them."""
    first, *others = members
    listed = proposing(world[first]).propose(Amendment(**amendment), reason="", by=ADMINISTRATOR)
    for name in others:
        eventually(lambda name=name: known(world[name], listed))  # type: ignore[misc]
        proposing(world[name]).sign(listed.id, by=ADMINISTRATOR)
    in_force(world, *members, version=version)


def known(place: Place, listed: Listed) -> bool:
    return listed.id in {one.id for one in proposing(place).every()}


def in_force(world: World, *members: str, version: int) -> None:
    eventually(lambda: {world[name].up.in_force().version for name in members} == {version})


def answered(place: Place) -> list[bool]:
    """Which of the others answer; nobody when it knows itself that it may not ask."""
    try:
        found = place.search("Kask Juhan", to=["ee", "lv", "lt"], timeout_s=3)
    except CharterError:
        return []
    return [one.kind is OutcomeKind.ANSWERED for one in found.gathered.outcomes]


def doors(place: Place) -> list[str]:
    """Whose doors are open."""
    return [door.member.id for door in place.up.doors if door.is_open]


@pytest.fixture
def world() -> Iterator[World]:
    with federation("ee", "lv", "lt", life=timedelta(days=30)) as found:
        yield found


def joined(world: World) -> Place:
    """FI joins: its card goes to EE, the fingerprints over the phone, the charter back."""
    place = world.stranger("FI")
    place.start()
    read = charter.fingerprint(place.home.own())
    card = charter.introduced(place.home.card(), read.lower().replace(" ", ""))
    decided(world, "ee", "lv", "lt", version=3, added=(card,))
    eventually(lambda: world["lv"].home.charter().version == 3)  # the file follows the memory
    document = world["lv"].home.document()
    heard = charter.document_fingerprint(document)
    proposing(place).adopt_file(document, fingerprint=heard, by=ADMINISTRATOR)
    eventually(lambda: doors(place) == ["EE", "LV", "LT"])
    eventually(lambda: all(doors(world[name])[-1] == "FI" for name in ("ee", "lv", "lt")))
    return place


def test_a_member_joins_is_suspended_and_comes_back(world: World) -> None:
    finland = joined(world)
    finland.holds("Ozols Andris", birthDate="1970-05-03")
    world["ee"].holds("Kask Juhan", birthDate="1970-05-03")
    assert finland.search("Kask Juhan").is_complete
    assert world["ee"].search("Ozols Andris").ids_from("fi") == ["FI-0"]
    ours, theirs = world["ee"].watches("Ozols Andris"), finland.watches("Kask Juhan")
    eventually(lambda: len(world["ee"].alerts) == 1 and len(finland.alerts) == 1)
    eventually(lambda: set(finland.watch_states(theirs).values()) == {"registered"})

    suspend, back = {FI: Standing.SUSPENDED}, {FI: Standing.ACTIVE}
    decided(world, "ee", "lv", "lt", version=4, standings=suspend)

    for name in ("ee", "lv", "lt"):
        eventually(lambda name=name: "FI" not in doors(world[name]))  # type: ignore[misc]
    assert not any(answered(finland))
    searched = world["ee"].search("Ozols Andris")
    assert [one.member for one in searched.gathered.outcomes] == ["EE", "LV", "LT"]
    with pytest.raises(InvalidError, match=r"no member FI \(suspended\)"):
        world["ee"].search("Ozols Andris", to=["fi"])
    [alert] = world["ee"].alerts
    assert alert.hit is not None
    assert alert.hit.member == "FI"

    world["ee"].holds("Kask Juhan", birthDate="1971-05-03", id="later")
    assert [one.hit is not None for one in finland.alerts] == [True]

    decided(world, "ee", "lv", "lt", version=5, standings=back)
    in_force(world, "fi", version=5)
    eventually(lambda: len(finland.alerts) == 2)
    eventually(lambda: finland.search("Kask Juhan").is_complete)
    eventually(lambda: world["ee"].search("Ozols Andris").ids_from("fi") == ["FI-0"])
    assert world["ee"].watch_states(ours)["FI"] == "registered"
    assert [one.alert.recalled for one in finland.alerts] == ["", ""]


def test_a_home_put_back_to_an_earlier_day_catches_up_and_says_so(world: World) -> None:
    place, copy = world["lt"], world.folder / "copy"
    place.stop()
    shutil.copytree(place.home.path, copy)
    place.start()
    decided(world, "ee", "lv", version=3, life=timedelta(days=20))
    in_force(world, "lt", version=3)

    place.stop()
    shutil.rmtree(place.home.path)
    shutil.copytree(copy, place.home.path)
    world.clock.turn(hours=20)
    place.start()
    in_force(world, "lt", version=3)

    assert "charter caught up" in [entry.event for entry in place.audit]
    missed = place.desk.administration.standing().missed
    assert missed is not None
    assert missed.version == 3


def test_doors_close_when_the_charter_expires_and_open_under_the_next() -> None:
    with federation("ee", "lv", life=timedelta(days=30), settings=_not_renewing) as two:
        document = _renewed(two)
        two.clock.turn(days=31)
        two["ee"].up.post.adopted()
        eventually(lambda: doors(two["ee"]) == [])
        with pytest.raises(CharterError, match="expired"):
            two["ee"].search("Kask Juhan")

        for name in ("ee", "lv"):
            proposing(two[name]).adopt_file(document, fingerprint="", by=ADMINISTRATOR)

        eventually(lambda: doors(two["ee"]) == ["LV"] and doors(two["lv"]) == ["EE"])
        assert two["ee"].search("Kask Juhan").is_complete


def _not_renewing(settings: config.Config) -> config.Config:
    return msgspec.structs.replace(settings, charter=config.Charter(renew=False))


def _renewed(two: World) -> bytes:
    """A charter for one more life, signed by both as a file."""
    held = two["ee"].up.in_force.held
    place = charter.Place(held.identity, 3)
    document = charter.written(
        charter.renewed(held.charter, place, two.clock() + timedelta(days=29))
    )
    return signed(document, two["ee"].home, two["lv"].home)


def test_an_address_of_ours_is_changed_while_everybody_runs(world: World) -> None:
    held = world["ee"].up.in_force().members[MemberId("EE")]
    moved, here = replace(held, port=free_base()), world["ee"]
    amendment, endorse = Amendment(own=moved), here.desk.endorse
    proposing(here).propose(amendment, reason="moved", by=ADMINISTRATOR, endorse=endorse)

    # The others look for us at the new address from then on, where we are once we know of it.
    in_force(world, "ee", "lv", "lt", version=3)

    ports = [moved.port + 2, moved.port + 3]
    eventually(lambda: [door.port for door in here.up.doors] == ports)
    eventually(lambda: world["lv"].search("Kask Juhan").is_complete)
