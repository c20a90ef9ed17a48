"""Doors and lines follow the charter in force; a fault of one keeps nothing from the rest."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from federation import charter
from federation.charter import Charter, Standing
from federation.errors import InvalidError
from node.following import Following
from tests.node.chartering.members import EE, LT, LV, NOW, founded

HELD = charter.read(founded([EE, LV, LT]))


@dataclass
class Applied:
    """Whom each part was told to speak with."""

    doors: list[list[str]] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)
    is_taken: bool = False

    async def to_doors(self, held: Charter) -> None:
        self.doors.append([one.id for one in held.others(EE)])
        if self.is_taken:
            raise InvalidError("a port is taken")

    async def to_lines(self, held: Charter) -> None:
        self.lines.append([one.id for one in held.others(EE)])

    def following(self, held: Charter, after: timedelta = timedelta()) -> Following:
        return Following(EE, lambda: held, lambda: NOW + after, self.to_doors, (self.to_lines,))


async def test_every_active_member_has_a_door_and_a_line() -> None:
    applied = Applied()

    await applied.following(HELD).follow()

    assert (applied.doors, applied.lines) == ([["LV", "LT"]], [["LV", "LT"]])


async def test_nobody_has_either_once_the_charter_expired() -> None:
    applied = Applied()

    await applied.following(HELD, after=timedelta(days=30)).follow()

    assert (applied.doors, applied.lines) == ([[]], [[]])


@pytest.mark.parametrize(
    ("standing", "doors"), [(Standing.SUSPENDED, ["LV", "LT"]), (Standing.WITHDRAWN, [])]
)
async def test_who_is_suspended_hears_and_says_nothing(
    standing: Standing, doors: list[str]
) -> None:
    applied = Applied()
    us = replace(HELD.members[EE], standing=standing)

    await applied.following(replace(HELD, members={**HELD.members, EE: us})).follow()

    assert (applied.doors, applied.lines) == ([doors], [[]])


async def test_a_port_that_is_taken_is_raised_once_the_lines_are_right() -> None:
    applied = Applied(is_taken=True)

    with pytest.raises(InvalidError, match="a port is taken"):
        await applied.following(HELD).follow()

    assert applied.lines == [["LV", "LT"]]
