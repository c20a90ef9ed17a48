"""The letterbox: what members send, taken in the order of its sequence, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from federation import wire
from federation.accounts import Book
from federation.charter import Member
from federation.errors import InvalidError
from federation.limits import STEP
from federation.messages import MemberId, Receipt, Refusal
from node import store
from node.audit import Entry, Operation
from node.mail.effects import CONFLICT, Effects, kind_of
from node.mail.exchanged import note
from node.mail.heads import Heads, NoHeads, Shown
from node.store import Store, Tx
from node.store.mail import LaneState


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Takes mail. Plain synchronous code: it is called from several threads.

    `shown` is told under which charter a member spoke.
    """

    store: Store
    effects: Effects
    shown: Shown = lambda _tx, _member, _charter: None
    heads: Heads = field(default_factory=NoHeads)

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
            note(tx, member.id, Book.TAKEN, range(first, through + 1))
            if not opened or opened[-1].statement.sequence > before.received:
                self._claimed(tx, before, dispatch, through)
            missed = self.shown(tx, member.id, dispatch.charter) if dispatch.charter else None
            seen = self.heads.seen(tx, member.id, dispatch.shown)
        return replace(seen, through=through, refused=tuple(refused), missed=missed)

    def _behind_gap(self, tx: Tx, before: LaneState, dispatch: wire.Dispatch) -> int:
        """How far we have a member's mail or can have it; what it no longer holds is noted.

        One dispatch takes us `STEP` places at most, and the next one goes on.
        """
        if dispatch.oldest <= before.received + 1:
            return before.received
        through = min(dispatch.oldest - 1, before.received + STEP)
        store.mail.skip(tx, before.member, through)
        counts = {"from": before.received + 1, "to": through}
        store.audit.append(tx, _named("mail can no longer be had", before.member, counts))
        return through

    def _new(self, tx: Tx, member: MemberId, one: wire.Opened) -> str:
        """Keep the next notice with what it does; why it does nothing, or an empty word."""
        statement = one.statement
        known = store.mail.known(tx, member, statement.id)
        ground = self.effects.of(tx, member, one.notice) if known is None else known
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
