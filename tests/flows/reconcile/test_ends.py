"""How a comparison of books begins and ends: who may, what is written down, what breaks it off."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from federation.accounts import Account, Book, Inquiry
from federation.errors import InvalidError, RefusedError
from federation.messages import Asker, OutcomeKind, PersonId
from node import app
from node.audit import Operation
from node.reconciling import comparing
from node.reconciling.comparing import STOPPED
from tests.flows.books import AUDITOR, LV, edited, is_reached, reconciled
from tests.world import World


def test_that_books_were_compared_is_written_down_on_both_sides(world: World) -> None:
    reconciled(world["ee"], LV)

    ours = [one for one in world["ee"].audit if one.event.startswith("reconcil")][-2:]
    theirs = [one for one in world["lv"].audit if one.event == "books shown"]
    assert [(one.event, one.person, one.peer) for one in ours] == [
        ("reconciling", "ada", "LV"),
        ("reconciled", "ada", "LV"),
    ]
    assert ours[-1].ground == OutcomeKind.ANSWERED
    assert ours[-1].counts == {"agreed": 7, "explained": 0, "gaps": 0, "proven": 7}
    assert {one.reason for one in theirs} == {"asked", "heard", "sent", "taken"}
    assert {(one.person, one.role, one.peer) for one in theirs} == {("ada", "auditor", "EE")}


def test_a_comparison_that_was_broken_off_is_written_down_as_stopped(world: World) -> None:
    edited(world["ee"], "DELETE FROM exchange WHERE member = 'LV' AND book = 'asked'")

    async def begun_and_left() -> None:
        now = world.clock()
        comparing = world["ee"].desk.reconciling.reconcile(
            LV, AUDITOR, now - timedelta(days=5), now + timedelta(hours=1)
        )
        await anext(comparing)
        await comparing.aclose()

    world.run(begun_and_left())

    last = [one for one in world["ee"].audit if one.event == "reconciled"][-1]
    assert (last.ground, last.counts["gaps"]) == (STOPPED, 1)


def test_a_comparison_that_met_too_much_is_written_down_as_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST", 0)

    with pytest.raises(InvalidError, match="choose a shorter period"):
        reconciled(world["ee"], LV)

    assert [one for one in world["ee"].audit if one.event == "reconciled"][-1].ground == STOPPED


def test_a_member_that_is_away_is_an_outcome(world: World) -> None:
    world["lv"].stop()

    result = reconciled(world["ee"], LV).result

    world["lv"].start()
    assert result.outcome is OutcomeKind.UNREACHABLE
    assert world["ee"].last_audit.ground == "unreachable"


def test_a_member_that_is_late_is_an_outcome(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_reached(world)
    is_free = threading.Event()
    books = world["lv"].up.doors._step.books
    monkeypatch.setattr(type(books), "account", lambda *_: is_free.wait(20))
    reconciling = replace(world["ee"].desk.reconciling, timeout_s=0.5)
    monkeypatch.setattr(world["ee"], "house", replace(world["ee"].desk, reconciling=reconciling))

    result = reconciled(world["ee"], LV).result

    is_free.set()
    assert result.outcome is OutcomeKind.LATE
    assert "time" in result.reason


def test_only_auditors_compare_books_on_either_side(world: World) -> None:
    analyst = Asker(PersonId("ann"), "analyst")
    with pytest.raises(RefusedError):
        reconciled(world["ee"], LV, asker=analyst)
    assert world["ee"].last_audit.event == "not reconciled"

    now = world.clock()
    inquiry = Inquiry(analyst, Book.HEARD, now - timedelta(days=1), now)
    asked = world["ee"].up.fanout.account(LV, app.new_id(), inquiry, timeout_s=5)
    refused = world.run(asked)

    assert not isinstance(refused, Account)
    assert refused.kind is OutcomeKind.REFUSED
    assert (world["lv"].last_audit.event, world["lv"].last_audit.operation) == (
        "books not shown",
        Operation.REFUSAL,
    )
