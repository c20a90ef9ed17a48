"""Two members whose stores stand side by side, for tests of mail: nothing goes over a network."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from federation import wire
from federation.charter import Kind, Member
from federation.errors import InvalidError
from federation.messages import MemberId, Notice, NoticeId, Receipt, WatchEnd, WatchId
from federation.seal import Sealed, Statement
from node import store
from node.audit import decode
from node.mail.effects import Effects
from node.mail.letterbox import Letterbox
from node.mail.outbox import Outbox
from node.store import Tx
from node.store.mail import LaneState
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
        place = f"{self.id}-{self.shelf.folder.name}"
        ids = iter(f"{place}-n{number}" for number in range(100_000))
        self.outbox = Outbox(
            store=self.shelf.store,
            seal=self.sealed,
            ids=lambda: next(ids),
            most=self.most,
            queued=lambda member: self.rung.append(f"queued {member}"),
            emptied=lambda: self.rung.append("emptied"),
            warned=lambda member, percent: self.rung.append(f"{member} {percent}"),
            effects=Effects({WatchEnd: self._effect}),
        )
        self.letterbox = Letterbox(self.shelf.store, self.outbox.effects)
        self.fault: Exception | None = None

    def sealed(self, to: MemberId, id: NoticeId, body: bytes, place: int) -> Sealed:
        """A seal of no worth, with all that it says."""
        return Sealed(f"{self.id}>{to} {id} {place}".encode(), "key", b"signed", body)

    def post(self, *watches: str, to: MemberId = LV, within: timedelta | None = None) -> None:
        with self.shelf.store.write() as tx:
            for watch in watches:
                until = tx.now + within if within else None
                end = WatchEnd(WatchId(watch))
                self.outbox.post(tx, to, end, about=watch, expires_at=until)

    def receive(self, dispatch: wire.Dispatch, sender: MemberId = EE) -> Receipt:
        posted = [_opened(one, sender) for one in dispatch.notices]
        return self.letterbox.receive(_member(sender), dispatch, posted)

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
        """What its log says, but for mail that went over as it should."""
        with self.shelf.store.view() as view:
            events = [decode(row).event for row in store.audit.read(view)]
        return [one for one in events if one not in ("mail delivered", "mail received")]

    def _effect(self, _: Tx, __: MemberId, notice: Notice) -> None:
        if self.fault:
            raise self.fault
        self.effects.append(notice)


def another(side: Side, folder: Path) -> Side:
    """The same member, put back to the day when it had nothing."""
    folder.mkdir()
    return Side(side.id, Shelf(folder), most=side.most)


def deliver(ee: Side, lv: Side) -> bool:
    """One whole transfer from Estonia to Latvia; whether more waits."""
    return ee.outbox.taken(LV, lv.receive(ee.outbox.dispatch(LV)))


def _opened(sealed: Sealed, sender: MemberId) -> wire.Opened:
    _, id, place = sealed.statement.decode().split()
    statement = Statement(sender, LV, "notice", id, NOW, 1, sequence=int(place))
    try:
        notice = wire.notice_from(sealed.body, sender, id=id, sequence=int(place))
    except InvalidError as fault:
        return wire.Opened(sealed, statement, fault)
    return wire.Opened(sealed, statement, notice)


def _member(id: MemberId) -> Member:
    return Member(id, 1, id, Kind.STATE, "127.0.0.1", 7400, b"", b"")
