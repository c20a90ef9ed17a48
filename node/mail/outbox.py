"""The outbox: what waits for each member, from the transaction of its cause until it was taken."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from federation import wire
from federation.accounts import Book
from federation.errors import FederationError
from federation.limits import DISPATCH_BYTES, NOTICES
from federation.messages import Content, MemberId, Notice, NoticeId, Receipt
from federation.seal import Sealed
from node import store
from node.mail import places
from node.mail.effects import Effects, kind_of
from node.mail.exchanged import note
from node.mail.heads import Heads, NoHeads, Shown
from node.mail.places import Seal
from node.store import Store, Tx, View
from node.store.mail import LaneState, Outgoing, Posted

#: Notices that are read at once to be listed.
PAGE = 1_000

#: Of how full a queue somebody is warned, in percent.
_WARNINGS = (100, 80, 50)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The mail that this node sends. Plain synchronous code: it is called from several threads.

    `queued` is told, once it is on disk, that something waits for a member; `emptied` when nothing
    does any more; `warned` that its queue is so many percent full; `shown` under which charter a
    member spoke. `most` is how many notices may wait for one member before alerts are held back
    (`has_room`); nothing posted is ever dropped. `counts` says whether a member still takes what
    was sealed so.
    """

    store: Store
    seal: Seal
    ids: Callable[[], str]
    most: int
    queued: Callable[[MemberId], None] = lambda _: None
    emptied: Callable[[], None] = lambda: None
    warned: Callable[[MemberId, int], None] = lambda _member, _percent: None
    shown: Shown = lambda _tx, _member, _charter: None
    effects: Effects = field(default_factory=Effects)
    heads: Heads = field(default_factory=NoHeads)
    counts: Callable[[MemberId, Sealed], bool] = lambda _member, _sealed: True
    _sent: dict[MemberId, int] = field(default_factory=dict)

    def post(
        self,
        tx: Tx,
        to: MemberId,
        content: Content,
        *,
        about: str,
        expires_at: datetime | None = None,
    ) -> NoticeId:
        """Put a notice in the outbox of a member, in the transaction of what caused it."""
        id = NoticeId(self.ids())
        sequence = places.following(tx, to, self.seal)
        body = wire.notice_to(Notice(id, sequence, content, expires_at))
        sealed = self.seal(to, id, body, sequence)
        store.mail.put(tx, to, sequence, id, kind=kind_of(content), about=about, sealed=sealed)
        self._warn(tx, store.mail.lane(tx, to))
        tx.once_kept(self.queued, to)
        return id

    def has_room(self, view: View, to: MemberId) -> bool:
        """Whether fewer notices wait for a member than may."""
        return store.mail.lane(view, to).waiting < self.most

    def dispatch(self, member: MemberId) -> wire.Dispatch:
        """What a member is to be given next: the first that it has not taken, in order."""
        with self.store.view() as view:
            lane = store.mail.lane(view, member)
            held = store.mail.outgoing(view, member, after=lane.acknowledged, most=NOTICES)
            oldest = store.mail.oldest(view, member) or lane.assigned + 1
            shown = self.heads.shown(view, member)
        if not all(self.counts(member, one.sealed) for one in held):
            held = self._sealed_anew(member)
        next_ = held[0].sequence if held else lane.assigned + 1
        if next_ > lane.acknowledged + 1:
            oldest = next_
        sealed = tuple(_first(held))
        self._sent[member] = next_ - 1 + len(sealed)
        return wire.Dispatch(lane.assigned, oldest, sealed, shown)

    def taken(
        self, member: MemberId, receipt: Receipt, shown: wire.ShownHead | None = None
    ) -> bool:
        """Note how far a member has our mail, and what it says to our log; whether more waits.

        It is the receipt of the last dispatch: a member that has more than that has it of an
        earlier life of ours, and what we put in the same places since is still to be sent.
        """
        with self.store.write() as tx:
            self.heads.cosigned(tx, member, shown, receipt)
            lane = store.mail.lane(tx, member)
            if receipt.through > self._sent.get(member, lane.acknowledged):
                places.go_on_behind(tx, lane, receipt.through, self.seal)
            elif (receipt.through, receipt.refused, lane.fault) != (lane.acknowledged, (), ""):
                store.mail.acknowledge(tx, member, receipt)
                note(tx, member, Book.SENT, range(lane.acknowledged + 1, receipt.through + 1))
                places.say_again(tx, member, receipt, self.seal)
            if receipt.missed:
                self.effects.of(tx, member, Notice(NoticeId(""), 0, receipt.missed))
            if receipt.charter:
                self.shown(tx, member, receipt.charter)
            lane = store.mail.lane(tx, member)
            if lane.warned and _percent(lane.waiting, self.most) < min(_WARNINGS):
                store.mail.warn(tx, member, 0)
        if not lane.waiting:
            self.emptied()
        return lane.waiting > 0

    def failed(self, member: MemberId, fault: FederationError) -> None:
        """Note why a member was not given its mail."""
        with self.store.view() as view:
            known = store.mail.lane(view, member).fault
        if known != fault.code:
            with self.store.write() as tx:
                store.mail.fail(tx, member, fault.code)

    def posted(self, to: str, state: str) -> Generator[Posted, None, None]:
        """Every notice to a member that stands so, to all and however when that is empty."""
        after, is_whole = ("", 0), True
        while is_whole:
            with self.store.view() as view:
                page = store.mail.every(view, to, state, after=after, most=PAGE)
            yield from page
            is_whole = len(page) == PAGE
            after = (page[-1].member, page[-1].sequence) if page else after

    def _warn(self, tx: Tx, lane: LaneState) -> None:
        """Warn once of each of the levels that a queue reaches."""
        percent = _percent(lane.waiting, self.most)
        level = next((level for level in _WARNINGS if percent >= level), 0)
        if level > lane.warned:
            store.mail.warn(tx, lane.member, level)
            tx.once_kept(self.warned, lane.member, level)

    def _sealed_anew(self, member: MemberId) -> list[Outgoing]:
        """What is next for a member; what a key sealed that was stolen since is sealed anew."""
        with self.store.write() as tx:
            after = store.mail.lane(tx, member).acknowledged
            for one in store.mail.outgoing(tx, member, after=after, most=NOTICES):
                if not self.counts(member, one.sealed):
                    places.move(tx, member, one, one.sequence, self.seal)
            return store.mail.outgoing(tx, member, after=after, most=NOTICES)


def _first(held: Sequence[Outgoing]) -> Iterator[Sealed]:
    """As many as one dispatch holds, up to the first gap."""
    room = DISPATCH_BYTES
    for place, one in enumerate(held):
        room -= len(one.sealed.body) + len(one.sealed.statement)
        if place and (room < 0 or one.sequence != held[place - 1].sequence + 1):
            return
        yield one.sealed


def _percent(waiting: int, most: int) -> int:
    return waiting * 100 // most
