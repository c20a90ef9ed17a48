"""Each quota as the settings have it: of whom it counts, how long, and through a restart."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest

from node import config
from tests.flows.fisher import LANES, ask, names, question
from tests.world import World, federation

#: How many questions each quota lets through here.
MOST = 3


@dataclass(frozen=True)
class Case:
    """One quota of the settings, whom it leaves be, and until when it holds whoever used it up."""

    section: str
    setting: str
    spares: frozenset[str]
    holds: timedelta

    def settings(self, one: config.Config) -> config.Config:
        """The settings of a node without quotas, but for this one."""
        section = msgspec.structs.replace(getattr(one, self.section), **{self.setting: MOST})
        return msgspec.structs.replace(one, **{self.section: section})


CASES = [
    Case(section, f"{of}quota_{span}" if section == "answer" else f"{of}_{span}", spares, holds)
    for section, of, spares in (
        ("answer", "", frozenset[str]()),
        ("quota", "analyst", frozenset({"another person"})),
        ("quota", "case", frozenset({"another case"})),
    )
    for span, holds in (("per_hour", timedelta(hours=1)), ("per_day", timedelta(days=1)))
]


@pytest.fixture
def world(case: Case) -> Iterator[World]:
    """Estonia asks, and Poland has this quota alone."""

    def settings(one: config.Config) -> config.Config:
        return case.settings(one) if one.member.id == "PL" else one

    with federation("EE", "PL", settings=settings) as running:
        yield running


def met(world: World, count: int = 1, *, person: str = "ilze", case: str = "CASE-1") -> list[str]:
    """How Poland meets so many more questions, one after the other."""
    asked = (question("Anna Nowak", person=person, case=case) for _ in range(count))
    return [str(one.kind) for one in ask(world["ee"], asked, to="PL", lanes=1)]


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.setting)
def test_a_quota_of_the_settings_counts_whom_it_says_as_long_as_it_says_and_through_a_restart(
    world: World, case: Case
) -> None:
    assert met(world, MOST) == ["answered"] * MOST
    assert met(world) == ["refused"]

    world["pl"].stop()
    world["pl"].start()

    assert met(world) == ["refused"]
    spared = {
        "another person": met(world, person="juris"),
        "another case": met(world, case="CASE-2"),
    }
    assert {who for who, how in spared.items() if how == ["answered"]} == case.spares
    world.clock.turn(seconds=case.holds.total_seconds() - 10)
    assert met(world) == ["refused"]
    world.clock.turn(seconds=11)
    assert met(world) == ["answered"]


@pytest.mark.parametrize(
    ("count", "most"),
    [(200, 50), pytest.param(10_000, 0, marks=[pytest.mark.slow, pytest.mark.timeout(1_200)])],
)
def test_who_invents_a_person_and_a_case_for_each_name_gets_what_its_member_may(
    count: int, most: int
) -> None:
    """The long form with the quotas of a node as it is made."""

    def settings(one: config.Config) -> config.Config:
        made = config.lab_member(one.member.id, one.member.port, has_quotas=True)
        answer = config.Answer(quota_per_hour=most) if most else config.Answer()
        return msgspec.structs.replace(made, answer=answer)

    with federation("EE", "PL", settings=settings) as world:
        wanted = [
            question(name, person=f"person-{place}", case=f"CASE-{place}")
            for place, name in enumerate(names(count))
        ]
        outcomes = Counter[str]()
        while wanted:
            part, wanted = wanted[:500], wanted[500:]
            outcomes.update(str(one.kind) for one in ask(world["ee"], part, to="PL", lanes=LANES))

        answered = most or config.Answer().quota_per_hour
        assert outcomes == {"answered": answered, "refused": count - answered}
        rows = [one for one in world["pl"].audit if one.peer == "EE" and one.question_digest]
        assert Counter(one.event for one in rows) == outcomes
