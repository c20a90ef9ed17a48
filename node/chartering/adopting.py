"""Putting a charter in force: on disk with its entry, told to all others, followed at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from federation import charter
from federation.charter import Charter, Standing, changes
from federation.errors import CharterError
from federation.messages import MemberId
from federation.votes import CharterAdopted, CharterSigned
from node import store
from node.audit import Entry, Operation
from node.chartering.in_force import Held, InForce
from node.mail.effects import kind_of
from node.mail.outbox import Outbox
from node.people import Person
from node.store import Store, Tx
from node.store.charters import Adopted, Fork, ProposalState, Proposed, Way

#: What every notice about the charter is about, as the outbox names it.
ABOUT = "charter"
#: A member that stays behind is told again what it missed after so long.
AGAIN = timedelta(minutes=10)
#: Who hears of a charter so long after it came in force was away, or is back from an earlier day.
LONG_AGO = timedelta(minutes=5)
NOBODY = MemberId("")
#: Most characters of the differences that stand in an entry.
_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """How a charter comes in force here, and by whom."""

    way: Way
    member: MemberId = NOBODY
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Adopting:
    """Puts charters in force, in the transaction of whatever made one count.

    `changed` is called once one is; `reinstated` in the transaction, for each member that is
    active again.
    """

    us: MemberId
    store: Store
    outbox: Outbox
    in_force: InForce
    changed: Callable[[], None] = lambda: None
    reinstated: Callable[[Tx, MemberId], None] = lambda _tx, _member: None
    _told: dict[MemberId, tuple[int, int, datetime]] = field(default_factory=dict)
    _heard: dict[MemberId, int] = field(default_factory=dict)

    def start(self) -> None:
        """Have database and file say the same: the later of the two counts."""
        with self.store.view() as view:
            known = store.charters.current(view)
        held = self.in_force.held
        if known is None or held.charter.version > known.version:
            with self.store.write() as tx:
                self._keep(tx, held, Source(Way.KEPT))
                if known is not None:
                    store.audit.append(tx, _entry(held, known.version, Source(Way.KEPT), ""))
        self.settle()

    def settle(self) -> None:
        """Follow what is on disk."""
        with self.store.view() as view:
            known = store.charters.current(view)
        before = self.in_force()
        if known is not None:
            self._put(known)
        if self.in_force() is not before and known is not None:
            log = structlog.get_logger()
            said = {"version": known.version, "before": before.version, "told_by": known.member}
            if known.way is Way.MISSED:
                log.warning("charter caught up", **said)
            else:
                log.info("charter in force", way=str(known.way), **said)
            self.changed()

    def _put(self, known: Adopted) -> None:
        try:
            self.in_force.put(known.version, known.document)
        except OSError as error:
            structlog.get_logger().error("charter not kept in its file", error=error.strerror)

    def current(self, tx: Tx) -> Held:
        """The charter in force as this transaction sees it."""
        known = store.charters.current(tx)
        held = self.in_force.held
        return held if known is None or known.identity == held.identity else Held.of(known.document)

    def adopt(self, tx: Tx, proposed: Proposed, source: Source) -> Charter:
        """Put a charter in force; raises `CharterError` unless it may replace ours."""
        before = self.current(tx)
        charter.replacement(before.document, proposed.document).member(self.us)
        held = Held.of(proposed.document)
        self._keep(tx, held, source)
        done = replace(proposed, state=ProposalState.ADOPTED, ended_at=tx.now)
        store.charters.propose(tx, done)
        said = "; ".join(changes(before.charter, held.charter))
        entry = _entry(held, before.charter.version, source, said, proposed.reason)
        store.audit.append(tx, entry)
        self._tell(tx, before.charter, held, source)
        tx.once_kept(self.settle)
        return held.charter

    def shown(self, tx: Tx, member: MemberId, version: int) -> CharterAdopted | None:
        """A member shows which charter it holds: what it missed is put in its mail, once.

        Returns the first of that, for one whom mail may not reach. It has been missed, and is not
        merely late, when it was in force for long, or that member held a later one before.
        """
        latest = self._heard[member] = max(version, self._heard.get(member, 0))
        ours = self.current(tx).charter
        if version >= ours.version or member not in ours.active:
            return None
        missed = store.charters.since(tx, version)
        if not self._is_told(tx, member, version, ours):
            self._told[member] = version, ours.version, tx.now
            store.audit.append(tx, _behind(member, version, ours.version))
            self._post_missed(tx, member, missed)
        is_missed = version < latest or tx.now - missed[0].in_force_at > LONG_AGO
        return CharterAdopted(missed[0].document, is_missed=is_missed)

    def _is_told(self, tx: Tx, member: MemberId, version: int, ours: Charter) -> bool:
        """Whether what a member missed is in its mail, or was not long ago."""
        last = self._told.get(member)
        if last and last[:2] == (version, ours.version) and tx.now - last[2] < AGAIN:
            return True
        return store.mail.waits(tx, member, kind_of(CharterAdopted(b"")))

    def fork(self, tx: Tx, adopted: Adopted, document: bytes, member: MemberId) -> None:
        """Keep another charter of a version that was in force; who signed both is named."""
        rule = store.charters.before(tx, adopted.version)
        first, second = (
            charter.proposal(one, current=rule.document if rule else None)
            for one in (adopted.document, document)
        )
        both = (first.signed_by | first.agreed_by) & (second.signed_by | second.agreed_by)
        named = tuple(sorted(both))
        found = Fork(adopted.version, charter.identity(document), document, named, tx.now)
        if store.charters.fork(tx, found):
            structlog.get_logger().error(
                "charter forked", version=adopted.version, told_by=member, signed_both=named
            )
            store.audit.append(tx, _forked(found, member))
            self.outbox.post(tx, member, CharterAdopted(adopted.document), about=ABOUT)

    def _keep(self, tx: Tx, held: Held, source: Source) -> None:
        kept = Adopted(
            held.charter.version, held.identity, held.document, tx.now, source.way, source.member
        )
        store.charters.adopt(tx, kept)

    def _tell(self, tx: Tx, before: Charter, held: Held, source: Source) -> None:
        """Tell every member that is active; one that comes back hears all that it missed."""
        for member in held.charter.others(self.us):
            was = before.members.get(member.id)
            if was is not None and was.standing is Standing.SUSPENDED:
                self._post_missed(tx, member.id, _missed_by(tx, member.id))
                self.reinstated(tx, member.id)
            elif member.id != source.member:
                adopted = CharterAdopted(held.document)
                self.outbox.post(tx, member.id, adopted, about=ABOUT)

    def _post_missed(self, tx: Tx, member: MemberId, missed: Sequence[Adopted]) -> None:
        for one in missed:
            adopted = CharterAdopted(one.document, is_missed=True)
            self.outbox.post(tx, member, adopted, about=ABOUT)
        for proposed in store.charters.proposals(tx, ProposalState.OPEN):
            self.outbox.post(tx, member, CharterSigned(proposed.document), about=ABOUT)


def _missed_by(tx: Tx, member: MemberId) -> list[Adopted]:
    """Every charter since the last in which a member was active before it came back."""
    missed: list[Adopted] = []
    for one in reversed(store.charters.since(tx, 0)):
        held = charter.read(one.document)
        if missed and member in held.active:
            break
        missed.append(one)
    return missed[::-1]


def _entry(held: Held, before: int, source: Source, said: str, reason: str = "") -> Entry:
    """What is written down of a charter that comes in force; `ground` says what is different."""
    events = {Way.MISSED: "charter caught up", Way.KEPT: "charter taken from its file"}
    by = source.person
    return Entry(
        operation=Operation.ADMINISTRATION,
        event=events.get(source.way, "charter adopted"),
        person=by.id if by else "",
        role=by.all_roles if by else "",
        peer=source.member,
        reason=reason,
        counts={"version": held.charter.version, "before": before},
        ground=said[:_WORDS],
    )


def _behind(member: MemberId, version: int, ours: int) -> Entry:
    return Entry(
        operation=Operation.ADMINISTRATION,
        event="member told of charters that it missed",
        peer=member,
        counts={"version": version, "ours": ours},
    )


def _forked(fork: Fork, member: MemberId) -> Entry:
    return Entry(
        operation=Operation.REFUSAL,
        event="charter forked",
        peer=member,
        counts={"version": fork.version} | dict.fromkeys(fork.members, 1),
        ground="signed both: " + " ".join(fork.members),
    )


def is_fork(tx: Tx, adopted: Adopted, document: bytes) -> bool:
    """Whether enough members signed another charter of a version that was in force."""
    rule = store.charters.before(tx, adopted.version)
    if charter.identity(document) == adopted.identity or rule is None:
        return False
    try:
        charter.replacement(rule.document, document)
    except CharterError:
        return False
    return True
