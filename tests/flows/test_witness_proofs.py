"""Stories of logs whose members leave out what they are asked to prove, or that were changed."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs

from federation import wire
from federation.errors import FederationError
from federation.messages import MemberId, Receipt
from node import config, store
from node.audit import Break, Entry, Framed, Operation, framed
from node.store import Tx, View
from node.store.rows import run
from node.witnessing import PATIENCE, Witnessing
from tests.flows.test_witness import DONE, EE, LV, doubts, grows, length, verified, witnessed
from tests.world import Place, World, federation


@dataclass(frozen=True)
class Lying:
    """Shows a log as its own node does, but for what a test has it leave out."""

    true: Witnessing
    cut: Callable[[wire.ShownHead], wire.ShownHead | None]

    def shown(self, view: View, member: MemberId) -> wire.ShownHead | None:
        found = self.true.shown(view, member)
        return self.cut(found) if found else None

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:
        return self.true.seen(tx, member, shown)

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        self.true.cosigned(tx, member, shown, receipt)


def _lies(place: Place, cut: Callable[[wire.ShownHead], wire.ShownHead | None]) -> None:
    """From now on a member leaves something out of what it shows."""
    outbox = place.up.post.outbox
    true = outbox.heads.true if isinstance(outbox.heads, Lying) else outbox.heads
    assert isinstance(true, Witnessing)
    object.__setattr__(outbox, "heads", Lying(true, cut))


def _beats(  # noqa: PLR0913 - the words of a test
    world: World,
    count: int,
    *,
    name: str = "ee",
    to: str = "lv",
    days: float = 0,
    grown: int = 2,
) -> None:
    """So many heads of a growing log, each taken by the other member."""
    sender, receiver = world[name], world[to]
    for _ in range(count):
        world.clock.turn(seconds=1, days=days)
        grows(sender, grown)
        dispatch = sender.up.post.outbox.dispatch(receiver.home.member)
        member = sender.up.in_force().member(sender.home.member)
        receipt = receiver.up.post.letterbox.receive(member, dispatch, [])
        sender.up.post.outbox.taken(receiver.home.member, receipt, dispatch.shown)


@contextmanager
def _resting(*members: str) -> Iterator[World]:
    """Members whose hearts beat when a test has them."""
    rare = config.Mail(beat_s=3_600)
    with federation(
        *members, settings=lambda one: msgspec.structs.replace(one, mail=rare)
    ) as running:
        for place in running.places.values():
            running.run(place.up.post.delivery.close())
            object.__setattr__(place.up.post.witnessing, "every", timedelta(0))
        yield running


@pytest.fixture
def slow() -> Iterator[World]:
    with _resting("EE", "LV") as world:
        yield world


@pytest.fixture
def three() -> Iterator[World]:
    with _resting("EE", "LV", "PL") as world:
        yield world


def test_a_member_that_never_proves_its_log_from_our_last_head_is_named_and_not_signed(
    slow: World,
) -> None:
    _beats(slow, 2)
    signed = witnessed(slow["lv"], EE)
    _lies(slow["ee"], lambda shown: replace(shown, since=0, proof=()))

    _beats(slow, PATIENCE - 1)
    assert (doubts(slow["lv"], EE), witnessed(slow["lv"], EE)) == ([], signed)
    _beats(slow, 3)

    assert (doubts(slow["lv"], EE), witnessed(slow["lv"], EE)) == (["unproven"], signed)
    assert "log doubted: unproven" in [one.event for one in slow["lv"].audit]


def test_a_member_that_proves_its_log_after_all_is_doubted_no_more(slow: World) -> None:
    _beats(slow, 2)
    _lies(slow["ee"], lambda shown: replace(shown, since=0, proof=()))
    _beats(slow, PATIENCE)
    assert doubts(slow["lv"], EE) == ["unproven"]

    _lies(slow["ee"], lambda shown: shown)
    _beats(slow, 1)

    assert doubts(slow["lv"], EE) == []
    assert witnessed(slow["lv"], EE) == length(slow["ee"])
    assert slow["lv"].audit[-1].event == "log proven again"


def test_a_member_that_never_proves_what_it_showed_to_others_is_named_and_not_signed(
    three: World,
) -> None:
    _beats(three, 1)
    _beats(three, 1, to="pl")
    with three["ee"].up.store.view() as view:
        shown_to_pl = store.audit.tree_head(view, three.clock())
    with three["lv"].up.store.write() as tx:
        store.witness.rumour(tx, shown_to_pl, MemberId("PL"))
    _lies(three["ee"], lambda shown: replace(shown, also={}))

    _beats(three, 1)
    signed = witnessed(three["lv"], EE)
    _beats(three, PATIENCE - 2)
    assert (doubts(three["lv"], EE), witnessed(three["lv"], EE)) == ([], signed)
    _beats(three, 1)

    assert (doubts(three["lv"], EE), witnessed(three["lv"], EE)) == (["unproven"], signed)
    _lies(three["ee"], lambda shown: shown)
    _beats(three, 2)
    assert (doubts(three["lv"], EE), witnessed(three["lv"], EE) > signed) == ([], True)


def test_a_member_that_calls_and_shows_no_log_any_more_is_named_after_a_day(slow: World) -> None:
    _beats(slow, 1)
    _lies(slow["ee"], lambda _: None)

    _beats(slow, 1, days=0.9)
    assert doubts(slow["lv"], EE) == []
    _beats(slow, 2, days=0.9)

    assert doubts(slow["lv"], EE) == ["unshown"]


def test_an_older_head_never_takes_the_place_of_one_that_was_signed(slow: World) -> None:
    _beats(slow, 1)
    early = witnessed(slow["lv"], EE)
    with slow["ee"].up.store.view() as view:
        head = store.audit.tree_head(view, slow.clock())
    _beats(slow, 2)
    signed = witnessed(slow["lv"], EE)
    assert early < signed

    for since in (0, early, signed):
        older = wire.ShownHead(head, since)
        with slow["lv"].up.store.write() as tx:
            receipt = slow["lv"].up.post.witnessing.seen(tx, EE, older)

        assert (receipt.cosignature, receipt.witnessed) == (b"", signed)
    assert witnessed(slow["lv"], EE) == signed


def test_a_busy_honest_member_is_never_named(three: World) -> None:
    three["ee"].holds("Anna Nowak")
    for _ in range(3 * PATIENCE):
        three["lv"].search("Anna Nowak", to=["ee"])
        _beats(three, 1)
        _beats(three, 1, to="pl")
        _beats(three, 1, name="pl")

    assert (
        doubts(three["lv"], EE),
        doubts(three["pl"], EE),
        doubts(three["lv"], MemberId("PL")),
    ) == (
        [],
        [],
        [],
    )
    assert witnessed(three["lv"], EE) >= length(three["ee"]) - 3


class _Failing:
    """The connection that writes, on a disk that takes no transaction any more."""

    def __init__(self, true: sqlite3.Connection) -> None:
        self._true = true

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return self._true.execute(statement, *values)

    def __getattr__(self, name: str) -> object:
        return getattr(self._true, name)


def test_no_signature_leaves_that_is_not_on_disk(
    slow: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beats(slow, 1)
    signed, latvia = witnessed(slow["lv"], EE), slow["lv"].up.store

    with monkeypatch.context() as broken:
        broken.setattr(latvia, "_writer", _Failing(latvia._writer))
        with pytest.raises(FederationError):
            _beats(slow, 1)
    assert witnessed(slow["lv"], EE) == signed
    assert _last_signed(slow["ee"]) == signed

    _beats(slow, 1)
    assert witnessed(slow["lv"], EE) == _last_signed(slow["ee"]) == length(slow["ee"])


def test_what_is_signed_is_on_disk_before_the_signature_leaves(slow: World) -> None:
    """Whoever ends the process right after has a node that knows what it signed."""
    _beats(slow, 1)
    slow.clock.turn(seconds=1)
    grows(slow["ee"], 2)
    shown = slow["ee"].up.post.outbox.dispatch(MemberId("LV"))
    member = slow["ee"].up.in_force().member(EE)

    receipt = slow["lv"].up.post.letterbox.receive(member, shown, [])

    assert receipt.cosignature
    with closing(sqlite3.connect(slow["lv"].home.database)) as beside:
        kept = beside.execute("SELECT size FROM witnessed WHERE member = 'EE'").fetchone()
    assert kept == (receipt.witnessed,) == (length(slow["ee"]),)


def _last_signed(place: Place) -> int:
    """How much of its log a member knows to be signed by Latvia."""
    with place.up.store.view() as view:
        last = store.witness.last_cosigned(view, MemberId("LV"))
    return last.head.size if last else 0


def _edited(place: Place, statement: str) -> None:
    with closing(sqlite3.connect(place.home.database, timeout=10)) as database, database:
        assert database.execute(statement).rowcount


def test_that_our_log_is_not_whole_is_not_lost_with_what_could_not_be_written(slow: World) -> None:
    grows(slow["ee"], 5)
    witnessing, opened = slow["ee"].up.post.witnessing, slow["ee"].up.store
    _edited(slow["ee"], "UPDATE audit SET data = replace(data, 'T', 't') WHERE seq = 2")
    with opened.view() as view:
        witnessing.shown(view, LV)

    for fault in (OSError("no room"), None, None):
        with suppress(OSError), opened.write() as tx:
            witnessing.cosigned(tx, LV, None, Receipt(0))
            if fault:
                raise fault

    named = [one.counts for one in slow["ee"].audit if one.event == "our log is not whole"]
    assert named == [{"entry": 2}]


@pytest.mark.parametrize("entry", [2, 40])
def test_an_entry_that_was_edited_is_found_with_the_next_head_that_is_shown(
    slow: World, entry: int
) -> None:
    grows(slow["ee"], 30)
    _beats(slow, 1)
    grows(slow["ee"], 20)
    alarms: list[Break] = []
    object.__setattr__(slow["ee"].up.post.witnessing, "alarm", alarms.append)

    _edited(slow["ee"], f"UPDATE audit SET data = replace(data, 'T', 't') WHERE seq = {entry}")  # noqa: S608
    _beats(slow, 2)

    assert [one.seq for one in alarms] == [entry]
    named = [one.counts for one in slow["ee"].audit if one.event == "our log is not whole"]
    assert named == [{"entry": entry}]
    broken = verified(slow["ee"])
    assert broken is not None
    assert broken.seq == entry


#: What an operator with the signing key makes of a log, and the first entry that is not as it was.
REWRITTEN: dict[str, tuple[int, Callable[[list[Framed]], list[Framed]]]] = {
    "edited": (13, lambda log: [*log[:12], structs.replace(log[12], entry=DONE), *log[13:]]),
    "edited behind a head": (
        11,
        lambda log: [*log[:10], structs.replace(log[10], entry=DONE), *log[11:]],
    ),
    "cut in the middle": (13, lambda log: [*log[:12], *log[14:], log[-1], log[-1]]),
    "reordered": (13, lambda log: [*log[:12], log[13], log[12], *log[14:]]),
    "cut at the end": (14, lambda log: log[:13]),
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_log_that_its_operator_writes_anew_with_the_key_is_found_and_its_place_named(
    slow: World, how: str
) -> None:
    """The others sign whole logs: the first bad entry is one between two of these."""
    first, rewritten = REWRITTEN[how]
    for number in range(length(slow["ee"]), 20):
        with slow["ee"].up.store.write() as tx:
            store.audit.append(tx, _numbered(number))
        if number % 5 == 4:
            _beats(slow, 1, grown=0)
    assert witnessed(slow["lv"], EE) == 20
    with slow["ee"].up.store.view() as view:
        entries = [framed(row) for row in store.audit.read(view)]
        signed = {one.head.size for one in store.witness.cosigned(view)}

    _written_anew(slow["ee"], rewritten(entries))
    broken = verified(slow["ee"])
    _beats(slow, 1, grown=0)

    assert signed >= {10, 15, 20}
    assert broken is not None
    assert broken.seq == 11 <= first <= 15
    is_cut = how == "cut at the end"
    assert broken.what == (
        "deleted: LV has signed 15" if is_cut else "edited: LV has signed another log of 15"
    )
    with slow["lv"].up.store.view() as view:
        [doubt] = store.witness.doubts(view, EE)
    assert doubt.what == ("rolled-back" if is_cut else "forked")
    assert witnessed(slow["lv"], EE) == 20  # and its evidence is the head that it signed last


def _numbered(number: int) -> Entry:
    return Entry(operation=Operation.ADMINISTRATION, event=f"done {number}")


def _written_anew(place: Place, log: list[Framed]) -> None:
    """Write another log with the node's own key, as whoever has the machine and its clock can."""
    now = place.world.clock.now
    with place.up.store.write() as tx:
        for table in ("audit", "audit_head", "audit_tree"):
            run(tx, f"DELETE FROM {table}")  # noqa: S608
    for one in log:
        place.world.clock.now = one.at
        with place.up.store.write() as tx:
            store.audit.append(tx, one.entry)
    place.world.clock.now = now
