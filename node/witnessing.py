"""Witnessing: members sign the heads of one another's logs, and name one that is contradicted."""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from federation import wire, witness
from federation.charter import Charter
from federation.messages import MemberId, Receipt
from federation.seal import SigningKey
from federation.witness import TreeHead
from node import store
from node.audit import Break, Entry, Operation
from node.store import Tx, View
from node.store.witness import Cosigned

#: Why a head is not signed, as its member is told.
ROLLED_BACK, FORKED, UNSIGNED = "rolled-back", "forked", "unsigned"
#: Why a log is doubted that nothing contradicts yet: proofs that were asked for do not come, or no
#: head at all. It is no more as soon as they come: a member may also not hear what we ask.
UNPROVEN, UNSHOWN = "unproven", "unshown"
#: Heads that may come without a proof that was asked for, and how long none may come.
PATIENCE, SILENCE = 5, timedelta(days=1)
#: Entries of our own log that are looked at again before a head of it is shown: of those that the
#: member has not signed yet, and of all in their turn.
AGAIN = 2_000
#: Heads without a proof after which the member could have known that it is wanted.
_LATE = 2


class Signs(Protocol):
    """Signs for this node, and knows the signatures of all members."""

    def sign(self, data: bytes, to: MemberId) -> bytes:
        """Our signature under these bytes, by the key that a member knows."""

    def is_ours(self, data: bytes, signature: bytes) -> bool:
        """Whether we signed these bytes, with any key that we ever had."""

    def holds(self, keys: Sequence[SigningKey], data: bytes, signature: bytes) -> bool:
        """Whether the owner of one of these keys signed these bytes."""


@dataclass(slots=True)
class _Again:
    """How far our own log was looked at again, and the first entry that is not as it was written.

    `is_noted` once the log says so itself, which it must not lose with a transaction that fails.
    """

    through: int = 0
    broken: Break | None = None
    is_noted: bool = False

    def noted(self) -> None:
        """It is on disk that the log is not whole."""
        self.is_noted = True


@dataclass(frozen=True, slots=True)
class Witnessing:
    """Shows our log to the others and signs what they show of theirs, once in `every`.

    What is signed was kept before the signature leaves, in the transaction that the caller
    commits; a head that does not go on from the one that was signed last is never signed.
    `remember` keeps what others signed outside of the database, too; `alarm` is told of the first
    entry that was edited behind our back.
    """

    us: MemberId
    charter: Callable[[], Charter]
    signs: Signs
    every: timedelta
    remember: Callable[[Cosigned], None] = lambda _: None
    alarm: Callable[[Break], None] = lambda _: None
    _wanted: dict[MemberId, Receipt] = field(default_factory=dict)
    _again: _Again = field(default_factory=_Again)

    def shown(self, view: View, member: MemberId) -> wire.ShownHead | None:
        """Our log as it stands for a member to sign, and what others showed us, when it is time."""
        now, last = view.house.clock(), store.witness.last_cosigned(view, member)
        if last and now - last.head.signed_at < self.every:
            return None
        self._look_again(view, last.head.size if last else 0)
        head = store.audit.tree_head(view, now, functools.partial(self.signs.sign, to=member))
        wanted = self._wanted.get(member, Receipt(0, witnessed=last.head.size if last else 0))
        seen = (one for one in store.witness.every_witnessed(view) if one.member != member)
        return wire.ShownHead(
            head,
            min(wanted.witnessed, head.size),
            tuple(store.audit.consistency(view, wanted.witnessed, head.size)),
            {size: tuple(store.audit.consistency(view, size, head.size)) for size in wanted.prove},
            tuple(seen),
        )

    def _look_again(self, view: View, signed: int) -> None:
        """Look for an entry that is not what was written, among the newest and some of all others.

        Others cannot tell: what they sign is the tree, which holds the hashes as they were. So it
        is shown all the same, as they are to know of it what it was.
        """
        new, _ = store.audit.recheck(view, signed, AGAIN)
        again = self._again
        old, again.through = store.audit.recheck(view, again.through, AGAIN)
        found = [one for one in (old, new) if one]
        if found and not again.broken:
            again.broken = min(found, key=lambda one: one.seq)
            self.alarm(again.broken)

    def seen(self, tx: Tx, member: MemberId, shown: wire.ShownHead | None) -> Receipt:
        """What we say to the head that a member shows; `through` is for others to fill in."""
        if shown is None:
            known = store.witness.witnessed(tx, member)
            self._check_silence(tx, known)
            wanted = self._open(tx, member)
            return Receipt(0, witnessed=known.size if known else 0, prove=wanted)
        for head in shown.seen:
            self._heard(tx, member, head)
        doubt = self._doubt(tx, shown)
        if doubt:
            self._write_doubt(tx, doubt, shown.head)
        return replace(self._said(tx, shown, doubt), prove=self._open(tx, member))

    def _said(self, tx: Tx, shown: wire.ShownHead, doubt: str) -> Receipt:
        known = store.witness.witnessed(tx, shown.head.member)
        size = known.size if known else 0
        if doubt:
            return Receipt(0, witnessed=size, doubt=doubt)
        if self._is_unproven(tx, known, shown):
            return Receipt(0, witnessed=size)  # it knows not what we signed: it proves from there
        store.witness.witness(tx, shown.head)
        signed = witness.cosigned(shown.head, self.us)
        signature = self.signs.sign(signed, shown.head.member)
        return Receipt(0, witnessed=shown.head.size, cosignature=signature)

    def _is_unproven(self, tx: Tx, known: TreeHead | None, shown: wire.ShownHead) -> bool:
        """Whether a head is not to be signed for want of proofs, which is named after a while.

        A proof from what another member was shown is asked for with the receipt of one head, and
        is wanted from the next one on.
        """
        head, proofs = shown.head, {shown.since, *shown.also}
        is_known = known is None or _is_behind(known, head, proofs)
        missed = 0 if is_known else store.witness.leave_unproven(tx, head.member)
        late = store.witness.leave_open(tx, head, proofs)
        if max(missed, late) >= PATIENCE:
            self._name(tx, UNPROVEN, head)
        elif (
            is_known and late < _LATE and store.witness.prove(tx, head.member, (UNPROVEN, UNSHOWN))
        ):
            store.audit.append(tx, _entry("log proven again", head.member, head))
        return not is_known or late >= _LATE

    def _check_silence(self, tx: Tx, known: TreeHead | None) -> None:
        """Name a member that calls, and has shown no head that we could sign for too long."""
        at = store.witness.witnessed_at(tx, known.member) if known else None
        if known and at and tx.now - at > SILENCE:
            self._name(tx, UNSHOWN, known)

    def _name(self, tx: Tx, doubt: str, head: TreeHead) -> None:
        """Write a doubt down unless it is there already, of whatever head."""
        if all(one.what != doubt for one in store.witness.doubts(tx, head.member)):
            self._write_doubt(tx, doubt, head)

    def _open(self, tx: Tx, member: MemberId) -> tuple[int, ...]:
        """Sizes from which a member is to prove its log to us, for others were shown it so."""
        return tuple(sorted({one.size for one in store.witness.rumoured(tx, member).values()}))

    def _heard(self, tx: Tx, told_by: MemberId, head: TreeHead) -> None:
        """Somebody tells what another member showed it: it must fit what that one shows us."""
        known = store.witness.witnessed(tx, head.member)
        if head.member in (self.us, told_by) or known is None or not self._is_signed(head):
            return
        if head.size != known.size:
            store.witness.rumour(tx, head, told_by)
        elif head.root != known.root:
            self._write_doubt(tx, FORKED, head)

    def cosigned(
        self, tx: Tx, member: MemberId, shown: wire.ShownHead | None, receipt: Receipt
    ) -> None:
        """Keep what a member signed of the head that it was shown, or that it doubts us."""
        self._wanted[member] = receipt
        again = self._again
        if again.broken and not again.is_noted:
            store.audit.append(tx, _not_whole(again.broken))
            tx.once_kept(again.noted)
        if shown is None:
            return
        signed = witness.cosigned(shown.head, member)
        keys = self.charter().member(member).signing_keys
        if receipt.cosignature and self.signs.holds(keys, signed, receipt.cosignature):
            store.witness.cosign(tx, member, shown.head, receipt.cosignature)
            self.remember(Cosigned(member, shown.head, receipt.cosignature))
        elif receipt.doubt and store.witness.doubt(tx, f"{member}: {receipt.doubt}", shown.head):
            store.audit.append(
                tx, _entry(f"our log is doubted: {receipt.doubt}", member, shown.head)
            )

    def goes_on(self, known: TreeHead | None, head: TreeHead, proof: Sequence[bytes]) -> str:
        """Why a head of a member is none that goes on from the one that we know, or nothing."""
        if not self._is_signed(head):
            return UNSIGNED
        if known is None:
            return ""
        if head.size < known.size:
            return ROLLED_BACK
        return _contradiction(known, head, {known.size: tuple(proof)})

    def contradicted(self, tx: Tx, doubt: str, head: TreeHead) -> None:
        """Keep a head that was shown outside of the mail and contradicts what we know."""
        self._write_doubt(tx, doubt, head)

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
        if one.member not in members:
            return False
        ours = self.signs.is_ours(one.head.statement, one.head.signature)
        signed = witness.cosigned(one.head, one.member)
        return ours and self.signs.holds(members[one.member].signing_keys, signed, one.cosignature)

    def _is_signed(self, head: TreeHead) -> bool:
        """Whether a head is one that its member signed."""
        member = self.charter().members.get(head.member)
        return member is not None and self.signs.holds(
            member.signing_keys, head.statement, head.signature
        )

    def _doubt(self, tx: Tx, shown: wire.ShownHead) -> str:
        """Why a head is not to be signed, or an empty word."""
        member = shown.head.member
        if not self._is_signed(shown.head):
            return UNSIGNED
        known = store.witness.witnessed(tx, member)
        proofs = {**shown.also, shown.since: shown.proof}
        if known and (doubt := _contradiction(known, shown.head, proofs)):
            return doubt
        for told_by, other in store.witness.rumoured(tx, member).items():
            if doubt := _contradiction(other, shown.head, proofs):
                self._write_doubt(tx, doubt, other)
                return doubt
            if other.size in (0, shown.head.size, *proofs):
                store.witness.settle(tx, member, told_by)
        return ""

    def _write_doubt(self, tx: Tx, doubt: str, head: TreeHead) -> None:
        if store.witness.doubt(tx, doubt, head):
            store.audit.append(tx, _entry(f"log doubted: {doubt}", head.member, head))


def _contradiction(known: TreeHead, head: TreeHead, proofs: Mapping[int, tuple[bytes, ...]]) -> str:
    """How a later head contradicts an earlier one, as far as can be told by these proofs."""
    if head.size < known.size:
        return ROLLED_BACK if head.signed_at >= known.signed_at else ""
    if head.size == known.size:
        return "" if head.root == known.root else FORKED
    proof = proofs.get(known.size)
    return FORKED if proof is not None and not witness.is_consistent(known, head, proof) else ""


def _not_whole(broken: Break) -> Entry:
    return Entry(
        operation=Operation.ADMINISTRATION,
        event="our log is not whole",
        counts={"entry": broken.seq},
        ground=broken.what,
    )


def _is_behind(known: TreeHead, head: TreeHead, proofs: Collection[int]) -> bool:
    """Whether a head may stand for all that we know: it is that, or is proven to go on from it."""
    return known.size == head.size or (known.size < head.size and known.size in proofs)


def _entry(event: str, member: MemberId, head: TreeHead) -> Entry:
    return Entry(
        operation=Operation.ADMINISTRATION,
        event=event,
        peer=member,
        counts={"size": head.size},
        ground=head.root.hex(),
    )
