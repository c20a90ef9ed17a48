"""Mailing: notices on the way out, in the transaction of their cause, and on the way in."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from federation import wire
from federation.accounts import Book
from federation.charter import Member
from federation.errors import FederationError, InvalidError, RefusedError
from federation.limits import DISPATCH_BYTES, NOTICES
from federation.messages import Content, MemberId, Notice, NoticeId, Receipt, Refusal
from federation.seal import Sealed
from federation.votes import CharterAdopted
from node import store
from node.audit import Entry, Operation
from node.store import Store, Tx, View
from node.store.mail import LaneState, Outgoing, Posted

#: What a notice does when it has come, in the transaction that stores it. What it raises undoes
#: that alone; `InvalidError` and `RefusedError` are told to the sender by a word.
Effect = Callable[[Tx, MemberId, Notice], None]
#: Seals a notice for a member: its id, its body, its place.
Seal = Callable[[MemberId, NoticeId, bytes, int], Sealed]

#: Told under which charter a member spoke; the next one, where it is not the last.
Shown = Callable[[Tx, MemberId, int], CharterAdopted | None]

#: Why a notice that is there has no effect, as the sender is told.
EXPIRED, INVALID, REFUSED, CONFLICT = "expired", "invalid", "refused", "conflict"
#: The ground of one whose effect met a fault that nobody foresaw, and how often it is tried before
#: that: nothing behind it would ever be taken.
FAULT, TRIES = "fault", 3


class ExpiredError(RefusedError):
    """What a notice is about is over."""


#: Notices that are read at once to be listed.
PAGE = 1_000

#: Of how full a queue somebody is warned, in percent.
_WARNINGS = (100, 80, 50)


class Heads(Protocol):
    """Shows our log with our mail, and signs what others show of theirs."""

    def shown(self, view: View, member: MemberId) -> wire.ShownHead | None:
        """Our log as it stands for a member to sign, when it is time."""

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:
        """What we say to the log that a member shows."""

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        """Keep what a member says to the log that it was shown."""


class _NoHeads:
    """Shows nothing and signs nothing."""

    def shown(self, view: View, member: MemberId) -> None:
        """Nothing."""

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:  # noqa: ARG002
        """Nothing is signed."""
        return Receipt(0)

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """The mail of this node. Plain synchronous code: it is called from several threads.

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
    effects: dict[type, Effect] = field(default_factory=dict)
    heads: Heads = field(default_factory=_NoHeads)
    counts: Callable[[MemberId, Sealed], bool] = lambda _member, _sealed: True
    _sent: dict[MemberId, int] = field(default_factory=dict)
    _tries: Counter[tuple[MemberId, str]] = field(default_factory=Counter)

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
        sequence = store.mail.next_sequence(tx, to)
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
                self._go_on_behind(tx, lane, receipt.through)
            elif (receipt.through, receipt.refused, lane.fault) != (lane.acknowledged, (), ""):
                store.mail.acknowledge(tx, member, receipt)
                self._note(tx, member, Book.SENT, range(lane.acknowledged + 1, receipt.through + 1))
                self._say_again(tx, member, receipt)
            if receipt.missed:
                self._effect(tx, member, Notice(NoticeId(""), 0, receipt.missed))
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

    def receive(
        self, member: Member, dispatch: wire.Dispatch, opened: Sequence[wire.Opened]
    ) -> Receipt:
        """Take a member's mail in the order of its sequence, each notice with its effect or none.

        All that the receipt names is on disk. What was here before is acknowledged and changes
        nothing; behind a gap nothing is taken.
        """
        with self.store.write() as tx:
            before = store.mail.lane(tx, member.id)
            store.mail.hear(tx, member.id, before)
            through = self._behind_gap(tx, before, dispatch)
            refused, first = [], through + 1
            for one in opened:
                sequence = one.statement.sequence
                if sequence > through + 1:
                    break
                is_next = sequence == through + 1
                ground = self._new(tx, member.id, one) if is_next else _again(tx, member.id, one)
                through = max(through, sequence)
                refused += [Refusal(sequence, ground)] if ground else []
            self._note(tx, member.id, Book.TAKEN, range(first, through + 1))
            if not opened or opened[-1].statement.sequence > before.received:
                self._claimed(tx, before, dispatch, through)
            missed = self.shown(tx, member.id, dispatch.charter) if dispatch.charter else None
            seen = self.heads.seen(tx, member.id, dispatch.shown)
        return replace(seen, through=through, refused=tuple(refused), missed=missed)

    def _note(self, tx: Tx, member: MemberId, book: Book, sequences: range) -> None:
        """Write down that notices are at their receiver, and which they were."""
        lines = store.exchanges.notices(
            tx, member, book, after=sequences.start - 1, through=sequences.stop - 1
        )
        if not lines:
            return
        statements = [sha256(one.kept.statement).digest() for one in lines if one.kept]
        entry = Entry(
            operation=Operation.ADMINISTRATION,
            event="mail delivered" if book is Book.SENT else "mail received",
            peer=member,
            counts={"from": lines[0].sequence, "to": lines[-1].sequence},
            digests={"statements": sha256(b"".join(statements)).hexdigest()},
        )
        store.exchanges.taken(tx, member, book, sequences, store.audit.append(tx, entry))

    def _warn(self, tx: Tx, lane: LaneState) -> None:
        """Warn once of each of the levels that a queue reaches."""
        percent = _percent(lane.waiting, self.most)
        level = next((level for level in _WARNINGS if percent >= level), 0)
        if level > lane.warned:
            store.mail.warn(tx, lane.member, level)
            tx.once_kept(self.warned, lane.member, level)

    def _go_on_behind(self, tx: Tx, lane: LaneState, through: int) -> None:
        """The member has more of our mail than we sent: we were put back to an earlier day.

        What waits gets new places behind all that it has; what it had before it has twice, which
        changes nothing.
        """
        waiting = store.mail.outgoing(tx, lane.member, after=lane.acknowledged, most=-1)
        for one in reversed(waiting):
            self._move(tx, lane.member, one, to=through + one.sequence - lane.acknowledged)
        store.mail.assign(tx, lane.member, through + lane.waiting)
        store.mail.acknowledge(tx, lane.member, Receipt(through))
        entry = Entry(
            operation=Operation.ADMINISTRATION,
            event="mail goes on behind a restored state",
            peer=lane.member,
            counts={"known": lane.assigned, "member has": through},
        )
        store.audit.append(tx, entry)

    def _say_again(self, tx: Tx, member: MemberId, receipt: Receipt) -> None:
        """What the member has another notice for in the same place is said once more."""
        for place in [one.sequence for one in receipt.refused if one.ground == CONFLICT]:
            for one in store.mail.outgoing(tx, member, after=place - 1, most=1):
                if one.sequence == place:
                    self._move(tx, member, one, to=store.mail.next_sequence(tx, member))

    def _sealed_anew(self, member: MemberId) -> list[Outgoing]:
        """What is next for a member; what a key sealed that was stolen since is sealed anew."""
        with self.store.write() as tx:
            after = store.mail.lane(tx, member).acknowledged
            for one in store.mail.outgoing(tx, member, after=after, most=NOTICES):
                if not self.counts(member, one.sealed):
                    self._move(tx, member, one, to=one.sequence)
            return store.mail.outgoing(tx, member, after=after, most=NOTICES)

    def _move(self, tx: Tx, member: MemberId, one: Outgoing, *, to: int) -> None:
        sealed = self.seal(member, one.id, one.sealed.body, to)
        store.mail.renumber(tx, member, one.sequence, to, sealed)

    def _behind_gap(self, tx: Tx, before: LaneState, dispatch: wire.Dispatch) -> int:
        """How far we have a member's mail or can have it; what it no longer holds is noted."""
        if dispatch.oldest <= before.received + 1:
            return before.received
        store.mail.skip(tx, before.member, dispatch.oldest - 1)
        counts = {"from": before.received + 1, "to": dispatch.oldest - 1}
        store.audit.append(tx, _named("mail can no longer be had", before.member, counts))
        return dispatch.oldest - 1

    def _new(self, tx: Tx, member: MemberId, one: wire.Opened) -> str:
        """Keep the next notice with what it does; why it does nothing, or an empty word."""
        statement = one.statement
        known = store.mail.known(tx, member, statement.id)
        ground = self._effect(tx, member, one.notice) if known is None else known
        kind = "" if isinstance(one.notice, InvalidError) else kind_of(one.notice.content)
        store.mail.receive(
            tx,
            member,
            statement.sequence,
            statement.id,
            kind=kind,
            sealed=one.sealed,
            ground=ground,
        )
        if ground:
            refused = Entry(
                operation=Operation.REFUSAL,
                event="notice refused",
                peer=member,
                question=statement.id,
                ground=ground,
            )
            store.audit.append(tx, refused)
        return ground

    def _effect(self, tx: Tx, member: MemberId, notice: Notice | InvalidError) -> str:
        if isinstance(notice, InvalidError):
            return INVALID
        if notice.expires_at and notice.expires_at <= tx.now:
            return EXPIRED
        try:
            with tx.apart():
                self.effects[type(notice.content)](tx, member, notice)
        except (InvalidError, RefusedError) as fault:
            return _ground(fault)
        except FederationError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again, but for the last time
            return self._tried(tx, member, notice, error)
        return ""

    def _tried(self, tx: Tx, member: MemberId, notice: Notice, error: Exception) -> str:
        """Raise what nobody foresaw, so that it is tried again; set the notice aside in the end."""
        self._tries[member, notice.id] += 1
        if not tx.is_open or self._tries[member, notice.id] < TRIES:
            raise error
        del self._tries[member, notice.id]
        return FAULT

    def _claimed(self, tx: Tx, before: LaneState, dispatch: wire.Dispatch, through: int) -> None:
        """Note how much mail a member says there is; one that says so and sends none is named.

        Not by what it sent before: a member that repeats it has not heard that we have it.
        """
        is_withheld = before.claimed > through and through == before.claimed_through
        since = (before.withheld_since or tx.now) if is_withheld else None
        if since and not before.withheld_since:
            counts = {"claimed": before.claimed, "received": through}
            store.audit.append(tx, _named("mail withheld", before.member, counts))
        state = replace(
            before, claimed=dispatch.assigned, claimed_through=through, withheld_since=since
        )
        store.mail.hear(tx, before.member, state)


def kind_of(content: Content) -> str:
    """The word for what a notice says."""
    return type(content).__name__.lower()


def _ground(fault: InvalidError | RefusedError) -> str:
    """The word for why a notice has no effect."""
    if isinstance(fault, ExpiredError):
        return EXPIRED
    return INVALID if isinstance(fault, InvalidError) else REFUSED


def _again(tx: Tx, member: MemberId, one: wire.Opened) -> str:
    """What became of a notice that is here already; another one in its place is a conflict."""
    statement, ground = store.mail.received(tx, member, one.statement.sequence) or (b"", "")
    if statement == one.sealed.statement:
        return ground
    counts = {"sequence": one.statement.sequence}
    store.audit.append(tx, _named("another notice in the same place", member, counts))
    return CONFLICT


def _named(event: str, member: MemberId, counts: Mapping[str, int]) -> Entry:
    """What is written down of a member whose mail is not as it should be."""
    return Entry(operation=Operation.ADMINISTRATION, event=event, peer=member, counts=counts)


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
