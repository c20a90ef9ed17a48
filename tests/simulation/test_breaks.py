"""The checker of histories finds what is broken on purpose: each break is wrapped around a node."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from federation import wire
from federation.messages import Alert, MemberId, Receipt, Share
from node import store
from node.alerts.matching import Matching
from node.alerts.telling import Telling
from node.mail.letterbox import Letterbox
from node.mail.outbox import Outbox
from node.policy import Policy, Release
from tests.simulation.history import Event, broken
from tests.simulation.members import Template
from tests.simulation.simulation import Simulation

#: By how many seeds a break is found at the latest.
SEEDS = 12

Break = Callable[[pytest.MonkeyPatch], None]


def acknowledges_before_it_stores(patch: pytest.MonkeyPatch) -> None:
    """The receiver says that it has what its disk does not take."""
    real = Letterbox.receive

    def receive(self: Letterbox, member: Any, dispatch: wire.Dispatch, posted: Any) -> Receipt:
        try:
            return real(self, member, dispatch, posted)
        except Exception:  # noqa: BLE001 - that is the break
            through = max((one.statement.sequence for one in posted), default=0)
            return Receipt(through)

    patch.setattr(Letterbox, "receive", receive)


def counts_as_taken_what_was_only_sent(patch: pytest.MonkeyPatch) -> None:
    """The outbox notes as taken whatever was sent, also when no receipt came."""

    def failed(self: Outbox, member: MemberId, _: Exception) -> None:
        with self.store.write() as tx:
            lane = store.mail.lane(tx, member)
            if lane.waiting:
                store.mail.acknowledge(tx, member, Receipt(lane.assigned))

    patch.setattr(Outbox, "failed", failed)


def forgets_what_it_sent(patch: pytest.MonkeyPatch) -> None:
    """The outbox does not keep what it has sent once."""
    real = Outbox.dispatch

    def dispatch(self: Outbox, member: MemberId) -> wire.Dispatch:
        whole = real(self, member)
        if whole.notices:
            with self.store.write() as tx:
                sql = "UPDATE mail_out SET body = NULL WHERE member = ? AND sequence <= ?"
                tx._live().execute(sql, (member, self._sent[member]))
        return whole

    patch.setattr(Outbox, "dispatch", dispatch)


def takes_duplicates_for_new(patch: pytest.MonkeyPatch) -> None:
    """What comes twice has its effect twice."""
    real = Letterbox.receive

    def receive(self: Letterbox, member: Any, dispatch: wire.Dispatch, posted: Any) -> Receipt:
        receipt = real(self, member, dispatch, posted)
        with self.store.write() as tx:
            for one in posted:
                if one.statement.sequence <= receipt.through and isinstance(
                    one.notice.content, Alert
                ):
                    with tx.apart():
                        self.effects.of(tx, member.id, one.notice)
        return receipt

    patch.setattr(Letterbox, "receive", receive)


def takes_what_is_behind_a_gap(patch: pytest.MonkeyPatch) -> None:
    """Notices overtake each other: the last of a dispatch is sent alone."""
    real = Outbox.dispatch

    def dispatch(self: Outbox, member: MemberId) -> wire.Dispatch:
        whole = real(self, member)
        if len(whole.notices) < 2:
            return whole
        last = whole.assigned
        return replace(whole, oldest=last, notices=whole.notices[-1:])

    patch.setattr(Outbox, "dispatch", dispatch)


def tells_in_another_transaction(patch: pytest.MonkeyPatch) -> None:
    """A record is stored, and what it matches is told later, if ever."""
    patch.setattr(Matching, "notice", lambda *_: None)


def recalls_nothing(patch: pytest.MonkeyPatch) -> None:
    """What was told stays told, whatever its marking says now."""
    patch.setattr(Telling, "recall", lambda *_: None)


def shows_what_is_hidden(patch: pytest.MonkeyPatch) -> None:
    """The gate lets everything out."""
    patch.setattr(Policy, "release", lambda *_: Release(Share.FULL, "everybody"))


def drops_what_it_owes(patch: pytest.MonkeyPatch) -> None:
    """An owed alert is dropped: a full lane loses it."""
    patch.setattr(Matching, "tell_owed", lambda _: False)


@pytest.mark.parametrize(
    ("breaks", "word"),
    [
        (acknowledges_before_it_stores, "acknowledged before it was stored"),
        (counts_as_taken_what_was_only_sent, "acknowledged before it was stored"),
        (forgets_what_it_sent, "lost"),
        (takes_duplicates_for_new, "shown twice"),
        (takes_what_is_behind_a_gap, "lost"),
        (tells_in_another_transaction, "missed"),
        (recalls_nothing, "not recalled"),
        (shows_what_is_hidden, "gate"),
        (drops_what_it_owes, "unsettled"),
    ],
)
def test_delivery_that_is_broken_on_purpose_is_found(
    breaks: Break, word: str, template: Template, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch)

    found: set[str] = set()
    for seed in range(SEEDS):
        with _place(folder, seed) as place:
            found |= {one.partition(":")[0] for one in broken(_run(template, place, seed))}
        if word in found:
            return

    pytest.fail(f"found nothing but {sorted(found)}")


def _run(template: Template, place: Path, seed: int) -> list[Event]:
    return asyncio.run(Simulation(template, place, seed).run())


@contextmanager
def _place(folder: Path, seed: int) -> Iterator[Path]:
    place = folder / str(seed)
    place.mkdir()
    yield place
