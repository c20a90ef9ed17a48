"""Mail of two members whose stores stand side by side; nothing goes over a network."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation import wire
from federation.charter import Member
from federation.errors import BusyError, InvalidError, RefusedError
from federation.limits import DISPATCH_BYTES, NOTICES
from federation.messages import MemberId, Notice, NoticeId, Receipt, Refusal, WatchEnd, WatchId
from federation.seal import Sealed, Statement
from node import store
from node.audit import decode
from node.mailing import CONFLICT, EXPIRED, INVALID, REFUSED, Mailing
from node.store import Tx
from node.store.mail import LaneState, MailState
from tests.node.store.shelf import NOW, Shelf

EE, LV = MemberId("EE"), MemberId("LV")


@dataclass
class Side:
    """One member's mail, and everything that it was told."""

    id: MemberId
    shelf: Shelf
    most: int = 10
    effects: list[Notice] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ids = iter(f"{self.id}-n{number}" for number in range(100_000))
        self.mailing = Mailing(
            store=self.shelf.store,
            seal=self.sealed,
            ids=lambda: next(ids),
            most=self.most,
            queued=lambda member: self.rung.append(f"queued {member}"),
            emptied=lambda: self.rung.append("emptied"),
            warned=lambda member, percent: self.rung.append(f"{member} {percent}"),
            effects={WatchEnd: self._effect},
        )
        self.fault: Exception | None = None

    def sealed(self, to: MemberId, id: NoticeId, body: bytes, place: int) -> Sealed:
        """A seal of no worth, with all that it says."""
        return Sealed(f"{self.id}>{to} {id} {place}".encode(), "key", b"signed", body)

    def post(self, *watches: str, to: MemberId = LV, within: timedelta | None = None) -> None:
        with self.shelf.store.write() as tx:
            for watch in watches:
                until = tx.now + within if within else None
                end = WatchEnd(WatchId(watch))
                self.mailing.post(tx, to, end, about=watch, expires_at=until)

    def receive(self, dispatch: wire.Dispatch, sender: MemberId = EE) -> Receipt:
        posted = [_opened(one, sender) for one in dispatch.notices]
        return self.mailing.receive(_member(sender), dispatch, posted)

    @property
    def seen(self) -> list[str]:
        """The watches that notices which had an effect were about."""
        return [n.content.watch for n in self.effects if isinstance(n.content, WatchEnd)]

    def lane(self, member: MemberId) -> LaneState:
        with self.shelf.store.view() as view:
            return store.mail.lane(view, member)

    def states(self, about: str) -> list[tuple[str, str]]:
        with self.shelf.store.view() as view:
            return [(one.state, one.ground) for one in store.mail.posted(view, about)]

    @property
    def events(self) -> list[str]:
        with self.shelf.store.view() as view:
            return [decode(row).event for row in store.audit.read(view)]

    def _effect(self, _: Tx, __: MemberId, notice: Notice) -> None:
        if self.fault:
            raise self.fault
        self.effects.append(notice)


@pytest.fixture
def ee(tmp_path: Path) -> Iterator[Side]:
    (tmp_path / "EE").mkdir()
    side = Side(EE, Shelf(tmp_path / "EE"))
    yield side
    side.shelf.close()


@pytest.fixture
def lv(tmp_path: Path) -> Iterator[Side]:
    (tmp_path / "LV").mkdir()
    side = Side(LV, Shelf(tmp_path / "LV"))
    yield side
    side.shelf.close()


def deliver(ee: Side, lv: Side) -> bool:
    """One whole transfer from Estonia to Latvia; whether more waits."""
    return ee.mailing.taken(LV, lv.receive(ee.mailing.dispatch(LV)))


def test_a_notice_that_was_posted_arrives_and_has_its_effect_once(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2")

    has_more = deliver(ee, lv)

    assert (lv.seen, has_more) == (["w-1", "w-2"], False)
    assert ee.states("w-1") == [(MailState.DELIVERED, "")]
    assert ee.lane(LV).waiting == 0
    assert ee.rung == ["queued LV", "emptied"]


def test_what_is_posted_in_a_transaction_that_fails_was_never_posted(ee: Side, lv: Side) -> None:
    def post_and_fail() -> None:
        with ee.shelf.store.write() as tx:
            ee.mailing.post(tx, LV, WatchEnd(WatchId("w-1")), about="w-1")
            raise BusyError

    with pytest.raises(BusyError):
        post_and_fail()

    ee.post("w-2")
    deliver(ee, lv)

    assert lv.seen == ["w-2"]
    assert lv.lane(EE).received == 1


def test_a_receipt_that_was_lost_changes_nothing(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    lv.receive(ee.mailing.dispatch(LV))

    deliver(ee, lv)

    assert lv.seen == ["w-1"]
    assert ee.states("w-1") == [(MailState.DELIVERED, "")]


def test_a_dispatch_of_weeks_ago_changes_nothing(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    old = ee.mailing.dispatch(LV)
    deliver(ee, lv)
    ee.post("w-2")
    deliver(ee, lv)

    lv.shelf.now += timedelta(days=21)
    receipt = lv.receive(old)

    assert receipt == Receipt(2)
    assert lv.seen == ["w-1", "w-2"]


def test_behind_a_gap_nothing_is_taken(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2", "w-3")
    whole = ee.mailing.dispatch(LV)

    receipt = lv.receive(replace(whole, notices=whole.notices[1:]))

    assert (receipt, lv.seen) == (Receipt(0), [])


def test_notices_that_come_in_another_order_are_taken_as_far_as_they_are_in_order(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1", "w-2", "w-3")
    whole = ee.mailing.dispatch(LV)
    one, two, three = whole.notices

    receipt = lv.receive(replace(whole, notices=(one, three, two)))
    assert receipt == Receipt(1)
    ee.mailing.taken(LV, receipt)
    deliver(ee, lv)

    assert lv.seen == ["w-1", "w-2", "w-3"]


@pytest.mark.parametrize(
    ("fault", "ground"), [(InvalidError("no"), INVALID), (RefusedError("no"), REFUSED)]
)
def test_a_notice_without_effect_is_there_and_says_why(
    ee: Side, lv: Side, fault: Exception, ground: str
) -> None:
    lv.fault = fault
    ee.post("w-1")

    deliver(ee, lv)
    lv.fault = None
    ee.post("w-2")
    deliver(ee, lv)

    assert ee.states("w-1") == [(MailState.REFUSED, ground)]
    assert lv.seen == ["w-2"]
    assert lv.events == ["notice refused"]


def test_a_fault_of_our_own_takes_nothing_and_it_comes_again(ee: Side, lv: Side) -> None:
    lv.fault = RuntimeError("nobody foresaw it")
    ee.post("w-1")
    with pytest.raises(RuntimeError):
        lv.receive(ee.mailing.dispatch(LV))
    assert lv.lane(EE).received == 0

    lv.fault = None
    deliver(ee, lv)

    assert lv.seen == ["w-1"]


def test_a_content_of_a_later_version_stops_nothing(ee: Side, lv: Side) -> None:
    ee.post("w-1", "w-2")
    whole = ee.mailing.dispatch(LV)
    unknown = replace(whole.notices[0], body=b"\xa2\x06\x02hi")

    receipt = lv.receive(replace(whole, notices=(unknown, whole.notices[1])))

    assert receipt == Receipt(2, (Refusal(1, INVALID),))
    assert lv.seen == ["w-2"]


def test_what_comes_after_its_time_has_no_effect_and_is_told_so(ee: Side, lv: Side) -> None:
    ee.post("w-1", within=timedelta(hours=1))
    lv.shelf.now += timedelta(hours=2)

    deliver(ee, lv)

    assert lv.seen == []
    assert ee.states("w-1") == [(MailState.EXPIRED, EXPIRED)]


def test_one_dispatch_holds_so_many_notices_and_so_many_bytes(ee: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(NOTICES + 1)))
    assert len(ee.mailing.dispatch(LV).notices) == NOTICES

    long = "w" * 100
    ee.post(*([long] * 10), to=MemberId("LT"))
    body = ee.mailing.dispatch(MemberId("LT")).notices[0].body
    assert len(body) * NOTICES < DISPATCH_BYTES


def test_a_queue_warns_once_of_each_level_and_again_after_it_was_empty(ee: Side, lv: Side) -> None:
    levels = ["LV 50", "LV 80", "LV 100"]
    for round_ in range(2):
        ee.post(*(f"w-{round_}-{number}" for number in range(11)))
        assert [word for word in ee.rung if word[-1] == "0"] == levels * (round_ + 1)
        while deliver(ee, lv):
            pass


def test_a_full_queue_has_no_room_and_keeps_what_is_posted_all_the_same(ee: Side, lv: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(ee.most)))
    with ee.shelf.store.write() as tx:
        assert not ee.mailing.has_room(tx, LV)
    ee.post("w-last")

    deliver(ee, lv)

    assert lv.seen[-1] == "w-last"


def test_a_member_that_says_there_is_mail_and_sends_none_is_named_at_its_second_heartbeat(
    ee: Side, lv: Side
) -> None:
    ee.post("w-1", "w-2")
    first, second = ee.mailing.dispatch(LV).notices
    lv.receive(wire.Dispatch(1, 1, (first,)))

    lv.receive(wire.Dispatch(2, 1))
    assert lv.lane(EE).withheld_since is None
    lv.receive(wire.Dispatch(2, 1))

    assert lv.lane(EE).withheld_since == NOW
    assert lv.events == ["mail withheld"]
    lv.receive(wire.Dispatch(2, 1))
    assert lv.events == ["mail withheld"]
    lv.receive(wire.Dispatch(2, 1, (second,)))
    assert lv.lane(EE).withheld_since is None


def test_a_long_queue_that_moves_is_not_called_withheld(ee: Side, lv: Side) -> None:
    ee.post(*(f"w-{number}" for number in range(3 * NOTICES)))

    while deliver(ee, lv):
        assert lv.lane(EE).withheld_since is None

    assert lv.lane(EE).received == 3 * NOTICES


def test_a_member_that_lost_what_it_had_gets_it_again(ee: Side, lv: Side, tmp_path: Path) -> None:
    ee.post("w-1", "w-2")
    deliver(ee, lv)
    (tmp_path / "new").mkdir()
    anew = Side(LV, Shelf(tmp_path / "new"))

    has_more = ee.mailing.taken(LV, anew.receive(wire.Dispatch(2, 1)))
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
    (tmp_path / "new").mkdir()
    anew = Side(LV, Shelf(tmp_path / "new"))

    deliver(ee, anew)

    assert anew.seen == ["w-2"]
    assert anew.events == ["mail can no longer be had"]
    anew.shelf.close()


def test_a_node_that_was_put_back_goes_on_behind_what_the_member_has(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    old = Side(EE, Shelf(tmp_path / "old"))
    ee.post("w-1", "w-2", "w-3")
    deliver(ee, lv)
    lv.effects.clear()

    assert old.mailing.taken(LV, lv.receive(old.mailing.dispatch(LV))) is False
    old.post("w-4")
    deliver(old, lv)

    assert lv.seen == ["w-4"]
    assert old.events == ["mail goes on behind a restored state"]
    old.shelf.close()


def test_what_a_node_that_was_put_back_posted_meanwhile_is_not_lost(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    old = Side(EE, Shelf(tmp_path / "old"))
    ee.post("w-1", "w-2", "w-3")
    deliver(ee, lv)
    lv.effects.clear()
    old.post("w-4")

    while deliver(old, lv):
        pass

    assert lv.seen == ["w-4"]
    old.shelf.close()


def test_another_notice_in_a_place_that_is_taken_is_named_and_said_again(
    ee: Side, lv: Side, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    old = Side(EE, Shelf(tmp_path / "old"))
    ee.post("w-1", "w-2")
    deliver(ee, lv)
    lv.effects.clear()
    old.post("w-3", "w-4", "w-5")

    receipt = lv.receive(_resealed(old.mailing.dispatch(LV)))
    old.mailing = replace(old.mailing, seal=_another)
    old.mailing.taken(LV, receipt)
    while deliver(old, lv):
        pass

    assert receipt.refused == (Refusal(1, CONFLICT), Refusal(2, CONFLICT))
    assert sorted(lv.seen) == ["w-3", "w-4", "w-5"]
    assert lv.events == ["another notice in the same place"] * 2
    old.shelf.close()


def test_a_fault_is_kept_until_mail_is_taken_again(ee: Side, lv: Side) -> None:
    ee.post("w-1")
    ee.mailing.failed(LV, BusyError())
    assert ee.lane(LV).fault == "busy"

    deliver(ee, lv)

    assert ee.lane(LV).fault == ""


def _opened(sealed: Sealed, sender: MemberId) -> wire.Posted:
    _, id, place = sealed.statement.decode().split()
    statement = Statement(sender, LV, "notice", id, NOW, 1, sequence=int(place))
    try:
        notice = wire.notice_from(sealed.body, sender, id=id, sequence=int(place))
    except InvalidError as fault:
        return wire.Posted(sealed, statement, fault)
    return wire.Posted(sealed, statement, notice)


def _another(to: MemberId, id: NoticeId, body: bytes, place: int) -> Sealed:
    return Sealed(f"another>{to} {id} {place}".encode(), "key", b"signed", body)


def _resealed(dispatch: wire.Dispatch) -> wire.Dispatch:
    """The same notices under other statements, as another sealing would give them."""
    notices = tuple(replace(one, statement=b"another" + one.statement) for one in dispatch.notices)
    return replace(dispatch, notices=notices)


def _member(id: MemberId) -> Member:
    return Member(id, 1, id, "state", "127.0.0.1", 7400, b"", b"")
