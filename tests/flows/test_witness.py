"""Stories of logs that others have seen: put back, cut, rewritten, and found."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from federation import witness
from federation.keys import Former
from federation.messages import MemberId, OutcomeKind, PersonId
from node import config, store
from node.audit import Break, Entry, Operation, decode
from node.people import Role, person
from tests.flows.books import reconciled
from tests.world import Place, World, eventually, federation

AUDITOR = person(PersonId("first"), [Role.AUDITOR])
EE, LV = MemberId("EE"), MemberId("LV")
DONE = Entry(operation=Operation.ADMINISTRATION, event="done")


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia and Latvia, whose hearts beat five times a second."""
    quick = config.Mail(beat_s=0.2)
    with federation(
        "EE", "LV", settings=lambda one: msgspec.structs.replace(one, mail=quick)
    ) as running:
        yield running


def witnessed(place: Place, member: MemberId) -> int:
    """How much of a member's log this one has signed."""
    with place.up.store.view() as view:
        head = store.witness.witnessed(view, member)
        return head.size if head else 0


def length(place: Place) -> int:
    with place.up.store.view() as view:
        head = store.audit.head(view)
        return head.seq if head else 0


def grows(place: Place, count: int) -> int:
    """Entries more in a log; how long it is then."""
    with place.up.store.write() as tx:
        for _ in range(count):
            store.audit.append(tx, DONE)
    return length(place)


def shown(world: World, name: str = "ee", to: str = "lv") -> None:
    """Wait until what there is of a log was signed by the other member."""
    world.clock.turn(seconds=1)
    wanted = length(world[name])
    eventually(lambda: witnessed(world[to], world[name].home.member) >= wanted)
    member = world[to].home.member

    def is_kept() -> bool:
        with world[name].up.store.view() as view:
            last = store.witness.last_cosigned(view, member)
        return last is not None and last.head.size >= wanted

    eventually(is_kept)


def doubts(place: Place, member: MemberId) -> list[str]:
    with place.up.store.view() as view:
        return [one.what for one in store.witness.doubts(view, member)]


def verified(place: Place) -> Break | None:
    return place.desk.administration.verify(by=AUDITOR)[1]


def test_logs_are_signed_by_the_others_as_they_grow_and_stay_whole(world: World) -> None:
    for _ in range(4):
        grows(world["ee"], 7)
        shown(world)
        shown(world, "lv", "ee")

    assert verified(world["ee"]) is None
    assert (doubts(world["lv"], EE), doubts(world["ee"], LV)) == ([], [])
    with world["ee"].up.store.view() as view:
        assert len(store.witness.cosigned(view)) >= 4
    assert [one.member for one in world["ee"].home.remembered()] == ["LV"]


def test_a_database_put_back_to_an_earlier_day_is_found_here_and_named_there(
    world: World, tmp_path: Path
) -> None:
    grows(world["ee"], 3)
    shown(world)
    early = _saved(world["ee"], tmp_path)
    size = grows(world["ee"], 20)
    shown(world)

    _put_back(world["ee"], early)

    broken = verified(world["ee"])
    assert broken is not None
    assert broken.what == f"deleted: LV has signed {size}"
    world.clock.turn(seconds=1)
    eventually(lambda: doubts(world["lv"], EE) == ["rolled-back"])
    assert "log doubted: rolled-back" in [entry.event for entry in world["lv"].audit]
    eventually(lambda: doubts(world["ee"], EE) == ["LV: rolled-back"])


def test_a_whole_home_put_back_to_an_earlier_day_is_named_by_the_others(
    world: World, tmp_path: Path
) -> None:
    """With it goes what the others signed: nobody can tell but they, and they do at once."""
    place = world["ee"]
    grows(place, 3)
    shown(world)
    place.stop()
    shutil.copytree(place.home.path, tmp_path / "home")
    place.start()
    grows(place, 20)
    shown(world)
    signed = witnessed(world["lv"], EE)

    place.stop()
    shutil.rmtree(place.home.path)
    shutil.copytree(tmp_path / "home", place.home.path)
    place.start()

    assert verified(place) is None
    world.clock.turn(seconds=1)
    eventually(lambda: doubts(world["lv"], EE) == ["rolled-back"])
    assert witnessed(world["lv"], EE) == signed
    eventually(lambda: doubts(place, EE) == ["LV: rolled-back"])
    assert "our log is doubted: rolled-back" in [entry.event for entry in place.audit]


def test_a_log_rewritten_by_whoever_holds_the_key_is_found_here_and_named_there(
    world: World, tmp_path: Path
) -> None:
    size = grows(world["ee"], 3)
    shown(world)
    signed = length(world["ee"])
    early = _saved(world["ee"], tmp_path)
    grows(world["ee"], 5)
    shown(world)

    _put_back(world["ee"], early)
    grows(world["ee"], 30)

    broken = verified(world["ee"])
    assert broken is not None
    assert size <= signed <= broken.seq - 1
    assert broken.what.startswith("edited: LV has signed another log")
    world.clock.turn(seconds=1)
    eventually(lambda: "forked" in doubts(world["lv"], EE))


def test_a_signature_that_was_lost_on_its_way_is_given_again(world: World) -> None:
    grows(world["ee"], 3)
    shown(world)
    world["ee"].stop()
    with closing(sqlite3.connect(world["ee"].home.database)) as database, database:
        database.execute("DELETE FROM cosignature")
    world["ee"].start()

    grows(world["ee"], 2)
    shown(world)

    assert doubts(world["lv"], EE) == []
    assert verified(world["ee"]) is None


def test_a_member_that_lost_its_database_signs_from_where_it_is(
    world: World, tmp_path: Path
) -> None:
    early = _saved(world["lv"], tmp_path)
    grows(world["ee"], 9)
    shown(world)

    _put_back(world["lv"], early)
    grows(world["ee"], 9)
    shown(world)

    assert doubts(world["lv"], EE) == []


def _saved(place: Place, folder: Path) -> Path:
    """A copy of a member's database as it is on disk now."""
    place.stop()
    copy = folder / "early.db"
    shutil.copy(place.home.database, copy)
    place.start()
    return copy


def _put_back(place: Place, copy: Path) -> None:
    place.stop()
    for file in place.home.path.glob("amber.db*"):
        file.unlink()
    shutil.copy(copy, place.home.database)
    place.start()


@pytest.fixture
def three() -> Iterator[World]:
    """Estonia, Latvia and Poland, whose hearts beat five times a second."""
    quick = config.Mail(beat_s=0.2)
    with federation(
        "EE", "LV", "PL", settings=lambda one: msgspec.structs.replace(one, mail=quick)
    ) as running:
        yield running


def _shows_two_logs(world: World, folder: Path, more: int) -> None:
    """Estonia shows Latvia one log and Poland another, each in the absence of the other."""
    shown(world, to="lv")
    shown(world, to="pl")
    early = _saved(world["ee"], folder)
    world["pl"].stop()
    length_shown = grows(world["ee"], 5)
    shown(world, to="lv")
    world["lv"].stop()
    _put_back(world["ee"], early)
    world["pl"].start()
    grows(world["ee"], length_shown + more - length(world["ee"]))
    shown(world, to="pl")
    assert doubts(world["pl"], EE) == []
    broken = verified(world["ee"])  # and without anybody: Latvia's signature is on disk
    assert broken is not None
    assert broken.what == f"edited: LV has signed another log of {length_shown}"


def test_two_logs_of_one_length_are_told_apart_by_those_who_saw_them_alone(
    three: World, tmp_path: Path
) -> None:
    _shows_two_logs(three, tmp_path, more=0)
    three["ee"].stop()
    three["lv"].start()

    for _ in range(2):
        three.clock.turn(seconds=1)
        eventually(lambda: witnessed(three["pl"], LV) >= length(three["lv"]))

    eventually(lambda: "forked" in doubts(three["pl"], EE) + doubts(three["lv"], EE))


def test_two_logs_of_different_lengths_are_told_apart_when_the_next_head_is_to_be_proven(
    three: World, tmp_path: Path
) -> None:
    _shows_two_logs(three, tmp_path, more=9)
    three["ee"].stop()
    three["lv"].start()
    three.clock.turn(seconds=1)

    def is_rumoured() -> bool:
        with three["pl"].up.store.view() as view:
            return MemberId("LV") in store.witness.rumoured(view, EE)

    eventually(is_rumoured)
    three["lv"].stop()
    three["ee"].start()

    def is_doubted() -> bool:
        three.clock.turn(seconds=1)
        return "forked" in doubts(three["pl"], EE)

    eventually(is_doubted)


def test_what_an_honest_member_showed_to_others_is_proven_to_us_and_forgotten(
    three: World,
) -> None:
    for _ in range(6):
        grows(three["ee"], 3)
        shown(three, to="lv")
        shown(three, to="pl")

    for one in ("lv", "pl"):
        assert doubts(three[one], EE) == []


def test_by_default_a_log_is_shown_to_each_member_to_be_signed_once_a_minute() -> None:
    with federation("EE", "LV") as two:
        place = two["ee"]
        assert [way.lane.beat_s for way in place.up.post.delivery._ways.values()] == [60]
        grows(place, 3)
        eventually(lambda: _last_signed(place, LV))
        signed_at = _last_signed(place, LV)

        def is_due() -> bool:
            with place.up.store.view() as view:
                return place.up.post.witnessing.shown(view, LV) is not None

        assert signed_at == two.clock()
        assert not is_due()
        two.clock.turn(seconds=60)
        grows(place, 3)
        assert is_due()
        place.up.post.outbox.queued(LV)
        eventually(lambda: _last_signed(place, LV) == two.clock())


def _last_signed(place: Place, member: MemberId) -> datetime | None:
    """When the last head of a log that a member signed was made."""
    with place.up.store.view() as view:
        last = store.witness.last_cosigned(view, member)
    return last.head.signed_at if last else None


def test_every_answer_says_where_it_stands_in_the_log_and_can_be_proven_to(world: World) -> None:
    world["lv"].holds("Anna Nowak")
    found = world["ee"].search("Anna Nowak", to=["lv"])
    grows(world["lv"], 4)

    [outcome] = found.gathered.outcomes
    assert outcome.answer is not None
    receipt = outcome.answer.receipt
    assert receipt is not None
    with world["ee"].up.store.view() as view:
        kept = store.witness.receipt(view, found.gathered.question, LV)
    assert kept is not None
    entry, head = kept
    assert (entry, head.size) == (receipt.entry, receipt.size)
    with world["lv"].up.store.view() as view:
        row = next(store.audit.read(view, after=entry - 1))
        proof = store.audit.inclusion(view, entry, head.size)
    assert witness.is_included(row.hash, entry - 1, head, proof)
    assert decode(row).question == found.gathered.question


def test_a_log_that_no_longer_holds_an_answer_is_found_by_whoever_was_given_it(
    world: World, tmp_path: Path
) -> None:
    world["lv"].holds("Anna Nowak")
    shown(world, "lv", "ee")
    early = _saved(world["lv"], tmp_path)
    world["ee"].search("Anna Nowak", to=["lv"])

    _put_back(world["lv"], early)
    grows(world["lv"], 9)

    def is_doubted() -> bool:
        world.clock.turn(seconds=1)
        return "forked" in doubts(world["ee"], LV)

    eventually(is_doubted)


def test_what_is_to_be_proven_is_asked_for_with_every_receipt_until_it_is(world: World) -> None:
    grows(world["ee"], 3)
    shown(world)
    with world["ee"].up.store.view() as view:
        head = store.audit.tree_head(view, world.clock())

    with world["lv"].up.store.write() as tx:
        store.witness.rumour(tx, head, MemberId("PL"))
        without_head = world["lv"].up.post.witnessing.seen(tx, EE, None)
    grows(world["ee"], 3)
    shown(world)

    assert without_head.prove == (head.size,)

    def is_settled() -> bool:
        world.clock.turn(seconds=1)
        with world["lv"].up.store.view() as view:
            return not store.witness.rumoured(view, EE)

    eventually(is_settled)


def test_a_log_is_shown_under_the_key_that_whoever_asks_knows(world: World) -> None:
    ring, unnamed = world["lv"].up.ring, world["ee"].up.ring.present.signer
    after = replace(ring.present, signer=unnamed)
    ring.turn(after, Former(ring.present, since=99, until=world.clock() + timedelta(hours=1)))

    found = world["ee"].search("Anna Nowak", to=["lv"])
    compared = reconciled(world["ee"], LV)

    assert found.is_complete
    assert (compared.result.outcome, compared.result.doubt) == (OutcomeKind.ANSWERED, "")
