"""Witnessing: members sign the heads of one another's logs, and name one that is contradicted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from federation import wire, witness
from federation.charter import Charter
from federation.messages import MemberId, Receipt
from federation.witness import TreeHead
from node import store
from node.audit import Break, Entry, Operation
from node.store import Tx, View
from node.store.witness import Cosigned

#: Why a head is not signed, as its member is told.
ROLLED_BACK, FORKED, UNSIGNED = "rolled-back", "forked", "unsigned"


class Signs(Protocol):
    """Signs for this node, and knows the signatures of all members."""

    def sign(self, data: bytes) -> bytes:
        """Our signature under these bytes."""

    def holds(self, signing_key: bytes, data: bytes, signature: bytes) -> bool:
        """Whether the owner of this key signed these bytes."""


@dataclass(frozen=True, slots=True)
class Witnessing:
    """Shows our log to the others and signs what they show of theirs, once in `every`.

    What is signed was kept before the signature leaves, in the transaction that the caller
    commits; a head that does not go on from the one that was signed last is never signed.
    `remember` keeps what others signed outside of the database, too.
    """

    us: MemberId
    charter: Callable[[], Charter]
    signs: Signs
    every: timedelta
    remember: Callable[[Cosigned], None] = lambda _: None
    _since: dict[MemberId, int] = field(default_factory=dict)

    def shown(self, view: View, member: MemberId) -> wire.ShownHead | None:
        """Our log as it stands for a member to sign, when it has grown and it is time again."""
        now, last = view.house.clock(), store.witness.last_cosigned(view, member)
        if last and now - last.head.signed_at < self.every:
            return None
        head = store.audit.tree_head(view, now)
        if last and head.size <= last.head.size:
            return None
        since = min(self._since.get(member, last.head.size if last else 0), head.size)
        return wire.ShownHead(head, since, tuple(store.audit.consistency(view, since, head.size)))

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:
        """What we say to the head that a member shows; `through` is for others to fill in."""
        known = store.witness.witnessed(tx, member)
        size = known.size if known else 0
        if shown is None:
            return Receipt(0, witnessed=size)
        if doubt := self._doubt(known, shown):
            self._write_doubt(tx, doubt, shown.head)
            return Receipt(0, witnessed=size, doubt=doubt)
        if known and shown.since != known.size and shown.head.size > known.size:
            return Receipt(0, witnessed=size)  # it knows not what we signed: it proves from there
        store.witness.witness(tx, shown.head)
        signature = self.signs.sign(witness.cosigned(shown.head, self.us))
        return Receipt(0, witnessed=shown.head.size, cosignature=signature)

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        """Keep what a member signed of the head that it was shown, or that it doubts us."""
        self._since[member] = receipt.witnessed
        if shown is None:
            return
        signed = witness.cosigned(shown.head, member)
        key = self.charter().member(member).signing_key
        if receipt.cosignature and self.signs.holds(key, signed, receipt.cosignature):
            store.witness.cosign(tx, member, shown.head, receipt.cosignature)
            self.remember(Cosigned(member, shown.head, receipt.cosignature))
        elif receipt.doubt and store.witness.doubt(tx, f"{member}: {receipt.doubt}", shown.head):
            store.audit.append(
                tx, _entry(f"our log is doubted: {receipt.doubt}", member, shown.head)
            )

    def broken(self, view: View, remembered: Sequence[Cosigned] = ()) -> Break | None:
        """The first entry of our log that is not what the others have signed, or None.

        What they signed bounds it: the first entry behind all that is still as it was signed.
        """
        every = [*store.witness.cosigned(view), *remembered]
        theirs = sorted(filter(self._is_theirs, every), key=lambda one: one.head.size)
        roots = store.audit.roots(view, {one.head.size for one in theirs})
        whole = 0
        for one in theirs:
            size = one.head.size
            if size not in roots:
                return Break(max(whole, *roots, 0) + 1, f"deleted: {one.member} has signed {size}")
            if roots[size] != one.head.root:
                return Break(whole + 1, f"edited: {one.member} has signed another log of {size}")
            whole = size
        return None

    def _is_theirs(self, one: Cosigned) -> bool:
        """Whether a member signed this head of ours, and we did before it."""
        members = self.charter().members
        if one.member not in members or self.us not in members:
            return False
        ours = self.signs.holds(
            members[self.us].signing_key, one.head.statement, one.head.signature
        )
        signed = witness.cosigned(one.head, one.member)
        return ours and self.signs.holds(members[one.member].signing_key, signed, one.cosignature)

    def _doubt(self, known: TreeHead | None, shown: wire.ShownHead) -> str:
        """Why a head is not to be signed, or an empty word."""
        head = shown.head
        key = self.charter().member(head.member).signing_key
        if not self.signs.holds(key, head.statement, head.signature):
            return UNSIGNED
        if known is None:
            return ""
        if head.size < known.size:
            return ROLLED_BACK
        if head.size == known.size:
            return "" if head.root == known.root else FORKED
        is_from_there = shown.since == known.size
        if is_from_there and not witness.is_consistent(known, head, shown.proof):
            return FORKED
        return ""

    def _write_doubt(self, tx: Tx, doubt: str, head: TreeHead) -> None:
        if store.witness.doubt(tx, doubt, head):
            store.audit.append(tx, _entry(f"log doubted: {doubt}", head.member, head))


def _entry(event: str, member: MemberId, head: TreeHead) -> Entry:
    return Entry(
        operation=Operation.ADMINISTRATION,
        event=event,
        peer=member,
        counts={"size": head.size},
        ground=head.root.hex(),
    )
