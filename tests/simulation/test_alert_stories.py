"""Alerts where something comes between: a full lane, a change of mind, another time."""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.messages import (
    Alert,
    Asker,
    Hit,
    Marking,
    MemberId,
    PersonId,
    Reference,
    Share,
    Sought,
    Watch,
    WatchId,
)
from node import search, store
from node.alerts import matching
from node.alerts.inbox import Shown
from node.people import person
from node.policy import Policy
from node.records import Draft
from node.search import Found
from node.store.mail import MailState
from tests.simulation.members import WHY, Member, Template, entity

EE, LV, PL = MemberId("EE"), MemberId("LV"), MemberId("PL")
ANALYST = person(PersonId("first"), ["analyst"])
LESNIKOV = "Viktor Lesnikov"


@dataclass
class Shelf:
    """Three members side by side; mail goes when it is told to."""

    template: Template
    folder: Path
    now: float = 0.0
    members: dict[MemberId, Member] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id in (EE, LV, PL):
            member = Member(
                id, self.template, self.folder, random.Random(1), lambda: self.now, [], 10
            )
            member.start()
            self.members[id] = member

    def carry(self, sender: MemberId, to: MemberId) -> None:
        """Take everything that waits from one member to another."""
        giving, taking = self.members[sender], self.members[to]
        has_more = True
        while has_more:
            said, request = giving.request(to)
            receipt = giving.receipt(to, said, taking.reply(sender, request))
            has_more = giving.post.outbox.taken(to, receipt)

    def works(self, id: MemberId) -> None:
        """Let a member do what it does by itself."""
        post = self.members[id].post
        for step in (post.end_over, post.matching.run_next, post.matching.tell_owed):
            while step():
                pass

    def watches(self, id: MemberId, days: float = 30) -> WatchId:
        """A watch of a member at Latvia that has run over what is there."""
        watch = self.poses(id, days)
        self.works(LV)
        self.carry(LV, id)
        return watch

    def poses(self, id: MemberId, days: float = 30) -> WatchId:
        """A watch of a member at Latvia, where it stands from now on."""
        member = self.members[id]
        watch = Watch(
            id=WatchId(member.ids()),
            asker=Asker(PersonId("first"), "analyst"),
            case="CASE-1",
            purpose="investigation",
            seeks=Sought(name=LESNIKOV),
            threshold=0.9,
            expires_at=member.clock() + timedelta(days=days),
        )
        member.post.watching.add(watch, [LV], now=member.clock())
        self.carry(id, LV)
        return watch.id

    def holds(self, id: str, note: str = "", share: Share = Share.FULL) -> None:
        """A record of Latvia."""
        marking = replace(Marking(), share=share, audience=frozenset({"ALL"}))
        with self.members[LV].store.write() as tx:
            draft = Draft(entity(id, LESNIKOV, note or id), marking, "ours")
            self.members[LV].keeping.keep(tx, [draft], WHY)

    def holds_many(self, count: int) -> None:
        for number in range(count):
            self.holds(f"M-{number}")

    def alerts(self, id: MemberId) -> list[Shown]:
        return self.members[id].post.inbox.behind(0)

    def owing(self) -> list[MemberId]:
        """To whom Latvia owes alerts."""
        with self.members[LV].store.view() as view:
            return [one.member for one in store.standing.owing(view)]

    def states(self, watch: WatchId) -> dict[str, int]:
        """How Latvia's notices about a watch stand."""
        with self.members[LV].store.view() as view:
            posted = store.mail.posted(view, watch)
        return {state: sum(one.state == state for one in posted) for state in MailState}


@pytest.fixture
async def shelf(template: Template, folder: Path) -> AsyncIterator[Shelf]:
    made = Shelf(template, folder)
    yield made
    for member in made.members.values():
        member.stop()


async def test_what_was_told_is_taken_back_though_a_newer_state_of_it_is_owed(
    shelf: Shelf,
) -> None:
    shelf.watches(EE)
    shelf.holds("P-1")
    shelf.carry(LV, EE)
    shelf.holds_many(12)
    shelf.holds("P-1", "newer")
    assert shelf.owing() == [EE]

    shelf.holds("P-1", "newer", share=Share.HIDDEN)
    shelf.carry(LV, EE)

    recalled = [one.alert.recalled for one in shelf.alerts(EE) if one.alert.recalled]
    assert recalled == ["marking"]


async def test_what_was_told_is_taken_back_though_its_watch_ended_while_a_newer_state_was_owed(
    shelf: Shelf,
) -> None:
    shelf.watches(EE, days=2)
    shelf.holds("P-1")
    shelf.carry(LV, EE)
    shelf.holds_many(12)
    shelf.holds("P-1", "newer")
    shelf.now += timedelta(days=3).total_seconds()
    shelf.works(LV)
    assert shelf.owing() == []

    shelf.holds("P-1", "newer", share=Share.HIDDEN)
    shelf.carry(LV, EE)

    assert [one.alert.recalled for one in shelf.alerts(EE)] == ["marking"]


async def test_a_state_that_was_owed_and_is_gone_again_is_not_told_twice(shelf: Shelf) -> None:
    shelf.watches(EE)
    shelf.holds("P-1")
    shelf.carry(LV, EE)
    shelf.holds_many(12)
    shelf.holds("P-1", "newer")

    shelf.holds("P-1")
    for _ in range(2):
        shelf.carry(LV, EE)
        shelf.works(LV)

    assert len(shelf.alerts(EE)) == 13
    assert {one.alert.times for one in shelf.alerts(EE)} == {1}
    assert shelf.owing() == []


async def test_a_member_that_is_down_keeps_nothing_that_is_owed_from_another(shelf: Shelf) -> None:
    shelf.watches(EE)
    shelf.watches(PL)
    shelf.holds_many(70)

    for _ in range(8):
        shelf.carry(LV, PL)
        shelf.works(LV)

    assert len(shelf.alerts(PL)) == 70
    assert shelf.owing() == [EE]


async def test_what_is_owed_to_a_watch_that_just_ran_out_keeps_nobody_busy(shelf: Shelf) -> None:
    shelf.watches(EE, days=2)
    shelf.holds_many(12)
    shelf.carry(LV, EE)
    shelf.now += timedelta(days=3).total_seconds()

    assert shelf.owing() == [EE]
    assert shelf.members[LV].post.matching.tell_owed() is False


async def test_an_alert_counts_as_long_as_its_watch_does_also_when_that_was_renewed(
    shelf: Shelf,
) -> None:
    watch = shelf.watches(EE, days=2)
    shelf.holds("P-1")
    member = shelf.members[EE]
    until = member.clock() + timedelta(days=9)
    member.post.watching.renew(watch, ANALYST, until=until, now=member.clock())

    shelf.now += timedelta(days=3).total_seconds()
    shelf.carry(LV, EE)

    assert len(shelf.alerts(EE)) == 1


async def test_an_alert_that_comes_after_its_watch_is_over_is_expired(shelf: Shelf) -> None:
    watch = shelf.watches(EE, days=2)
    shelf.holds("P-1")

    shelf.now += timedelta(days=3).total_seconds()
    shelf.carry(LV, EE)

    assert shelf.alerts(EE) == []
    assert shelf.states(watch)[MailState.EXPIRED] == 1


async def test_an_alert_that_was_under_way_when_its_watch_was_removed_is_not_lost(
    shelf: Shelf,
) -> None:
    watch = shelf.watches(EE)
    shelf.holds("P-1")
    shelf.members[EE].post.watching.remove(watch, ANALYST)

    shelf.carry(LV, EE)
    shelf.carry(EE, LV)
    shelf.holds("P-2")
    shelf.carry(LV, EE)

    assert len(shelf.alerts(EE)) == 1
    with shelf.members[LV].store.view() as view:
        assert store.standing.count(view) == 0


async def test_a_member_tells_only_of_watches_that_it_was_asked_to_keep(shelf: Shelf) -> None:
    watch = shelf.watches(EE)
    hit = Hit(PL, Reference("r-1"), 1.0, is_strong=True, share=Share.HIT)
    with shelf.members[PL].store.write() as tx:
        shelf.members[PL].post.outbox.post(tx, EE, Alert(watch, hit), about=watch)

    shelf.carry(PL, EE)

    assert shelf.alerts(EE) == []
    with shelf.members[PL].store.view() as view:
        [posted] = store.mail.posted(view, watch)
    assert (posted.state, posted.ground) == (MailState.REFUSED, "invalid")


async def test_a_watch_that_changed_while_it_ran_runs_again_as_it_is(shelf: Shelf) -> None:
    keeper, watching = shelf.members[LV], shelf.members[EE].post.watching
    watch, now = shelf.watches(EE), keeper.clock()
    watching.renew(watch, ANALYST, until=now + timedelta(days=9), now=now)
    shelf.carry(EE, LV)
    watching.renew(watch, ANALYST, until=now + timedelta(days=5), now=now)

    keeper.disk.meanwhile = _once(keeper, lambda: shelf.carry(EE, LV))
    keeper.post.matching.run_next()

    with keeper.store.view() as view:
        due = store.standing.due(view, version=0)
    assert due is not None
    assert due.expires_at == now + timedelta(days=5)


async def test_a_watch_that_cannot_be_run_keeps_no_other_from_running(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.holds("P-1")
    keeper, real = shelf.members[LV].post.matching, search.find
    ours = shelf.poses(EE)
    theirs = shelf.poses(PL)
    broken = iter([RuntimeError("nobody foresaw it")])

    def find(*args: Any, **kwargs: Any) -> list[Found]:
        for fault in broken:
            raise fault
        return real(*args, **kwargs)

    monkeypatch.setattr(matching, "find", find)
    with pytest.raises(RuntimeError):
        keeper.run_next()
    assert keeper.run_next()
    shelf.carry(LV, PL)
    assert [one.watch.id for one in shelf.alerts(PL)] == [theirs]

    shelf.works(LV)
    shelf.works(LV)
    shelf.carry(LV, EE)
    assert [one.watch.id for one in shelf.alerts(EE)] == [ours]


async def test_a_watch_whose_renewal_is_refused_no_longer_stands(shelf: Shelf) -> None:
    watch = shelf.watches(EE)
    member, keeper = shelf.members[EE], shelf.members[LV]
    member.post.watching.renew(
        watch, ANALYST, until=member.clock() + timedelta(days=9), now=member.clock()
    )
    keeper.stop()
    keeper.template = replace(shelf.template, policy=Policy(*_without_watches(shelf.template)))
    keeper.start()

    shelf.carry(EE, LV)

    with keeper.store.view() as view:
        assert store.standing.count(view) == 0


def _without_watches(template: Template) -> tuple[str, str]:
    rules, schema = template.homes[LV].policies()
    forbidden = '@id("no-watches") forbid (principal, action == Action::"watch", resource);'
    return f"{rules}\n{forbidden}", schema


def _once(member: Member, do: Callable[[], None]) -> Callable[[], None]:
    """Done before the next transaction, and not before its own."""

    def meanwhile() -> None:
        member.disk.meanwhile = lambda: None
        do()

    return meanwhile
