"""Mail of a member that lost what it had, or was put back to an earlier day."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from federation import wire
from federation.messages import MemberId, NoticeId, Refusal
from federation.seal import Sealed
from node import store
from node.mail.effects import CONFLICT
from tests.node.mail.sides import EE, LV, Side, another, deliver
from tests.node.store.shelf import NOW


def test_a_member_that_lost_what_it_had_gets_it_again(ee: Side, lv: Side, tmp_path: Path) -> None:
    ee.post("w-1", "w-2")
    deliver(ee, lv)
    anew = another(lv, tmp_path / "new")

    has_more = ee.outbox.taken(LV, anew.receive(wire.Dispatch(2, 1)))
    deliver(ee, anew)

    assert has_more
    assert anew.seen == ["w-1", "w-2"]
    anew.shelf.close()


def test_what_can_no_longer_be_had_is_written_down_and_the_rest_goes_on(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    ee.post("w-1")
    deliver(ee, lv)
    with ee.shelf.store.write() as tx:
        store.mail.erase(tx, NOW + timedelta(days=1))
    ee.post("w-2")
    anew = another(lv, tmp_path / "new")

    deliver(ee, anew)

    assert anew.seen == ["w-2"]
    assert anew.events == ["mail can no longer be had"]
    anew.shelf.close()


def test_a_node_that_was_put_back_goes_on_behind_what_the_member_has(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    old = another(ee, tmp_path / "old")
    ee.post("w-1", "w-2", "w-3")
    deliver(ee, lv)
    lv.effects.clear()

    assert old.outbox.taken(LV, lv.receive(old.outbox.dispatch(LV))) is False
    old.post("w-4")
    deliver(old, lv)

    assert lv.seen == ["w-4"]
    assert old.events == ["mail goes on behind a restored state"]
    old.shelf.close()


def test_what_a_node_that_was_put_back_posted_meanwhile_is_not_lost(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    old = another(ee, tmp_path / "old")
    ee.post("w-1", "w-2", "w-3")
    deliver(ee, lv)
    lv.effects.clear()
    old.post("w-4")

    while deliver(old, lv):
        pass

    assert lv.seen == ["w-4"]
    old.shelf.close()


def test_a_notice_that_comes_again_in_another_place_has_its_effect_once(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    deliver(ee, lv)
    with ee.shelf.store.write() as tx:
        [one] = store.mail.outgoing(tx, LV, after=0, most=1)
        sealed = ee.sealed(LV, one.id, one.sealed.body, 2)
        store.mail.renumber(tx, LV, 1, store.mail.next_sequence(tx, LV), sealed)

    deliver(ee, lv)

    assert lv.seen == ["w-1"]
    assert lv.lane(EE).received == 2


def test_another_notice_in_a_place_that_is_taken_is_named_and_said_again(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    old = another(ee, tmp_path / "old")
    ee.post("w-1", "w-2")
    deliver(ee, lv)
    lv.effects.clear()
    old.post("w-3", "w-4", "w-5")

    receipt = lv.receive(_resealed(old.outbox.dispatch(LV)))
    old.outbox = replace(old.outbox, seal=_another)
    old.outbox.taken(LV, receipt)
    while deliver(old, lv):
        pass

    assert receipt.refused == (Refusal(1, CONFLICT), Refusal(2, CONFLICT))
    assert sorted(lv.seen) == ["w-3", "w-4", "w-5"]
    assert lv.events == ["another notice in the same place"] * 2
    old.shelf.close()


def _another(to: MemberId, id: NoticeId, body: bytes, place: int) -> Sealed:
    return Sealed(f"another>{to} {id} {place}".encode(), "key", b"signed", body)


def _resealed(dispatch: wire.Dispatch) -> wire.Dispatch:
    """The same notices under other statements, as another sealing would give them."""
    notices = tuple(replace(one, statement=b"another" + one.statement) for one in dispatch.notices)
    return replace(dispatch, notices=notices)
