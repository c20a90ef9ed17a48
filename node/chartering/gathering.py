"""Gathering signatures: proposals as they come, and the charter in force once enough have signed.

A node signs one document of a version and no other; without a person only what is routine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from federation import charter
from federation.charter import Charter, Drafted, Proposal, Routine
from federation.errors import CharterError, InvalidError, RefusedError
from federation.messages import MemberId, Notice
from federation.votes import CharterAdopted, CharterProposed, CharterSigned, CharterWithdrawn
from node import store
from node.audit import Entry, Operation
from node.chartering.adopting import ABOUT, LONG_AGO, NOBODY, Adopting, Source, is_fork
from node.chartering.in_force import Held
from node.mail.effects import Effect
from node.people import Person
from node.store import Tx
from node.store.charters import ProposalState, Proposed, Way

#: Signs a document, given the charter in force.
Sign = Callable[[bytes, bytes], bytes]

#: Open proposals that one member may have brought here, and how far a version may be ahead.
_MOST_OPEN, _MOST_AHEAD = 16, 1_000
#: Digits of an identity by which people name a proposal.
SHORT = 12


@dataclass(frozen=True, slots=True)
class Gathering:
    """Takes proposals and signatures, signs what is routine, and adopts what counts.

    `agrees` is what this node signs by itself.
    """

    adopting: Adopting
    sign: Sign
    agrees: frozenset[Routine] = frozenset()

    @property
    def effects(self) -> Mapping[type, Effect]:
        """What notices about the charter do when they come."""
        return {
            CharterProposed: self.proposed,
            CharterSigned: self.signed,
            CharterWithdrawn: self.withdrawn,
            CharterAdopted: self.adopted,
        }

    def proposed(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member proposes a charter that it has signed."""
        if isinstance(notice.content, CharterProposed):
            said = notice.content
            held = self._note(tx, member, said.document, is_signed=True)
            if held is not None and not held.proposed_by:
                held = replace(
                    held, proposed_by=member, reason=said.reason, endorsement=said.endorsement
                )
                store.charters.propose(tx, held)
                store.audit.append(tx, entry_of("charter proposed", held, peer=member))
            self.weigh(tx, _source(tx, Way.GATHERED, member, notice))

    def signed(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member has signed a proposal, and passes on every signature that it knows."""
        if isinstance(notice.content, CharterSigned):
            self._note(tx, member, notice.content.document, is_signed=False)
            self.weigh(tx, _source(tx, Way.GATHERED, member, notice))

    def withdrawn(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member takes its own proposal back."""
        if isinstance(notice.content, CharterWithdrawn):
            held = store.charters.proposal(tx, notice.content.identity)
            if held is None or held.proposed_by != member:
                raise InvalidError(f"{member}: it proposed no such charter")
            if held.state is ProposalState.OPEN:
                self.end(tx, held, ProposalState.WITHDRAWN)
                store.audit.append(tx, entry_of("charter withdrawn", held, peer=member))

    def adopted(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A charter is in force at a member: it is here, too, as soon as it may replace ours."""
        if isinstance(notice.content, CharterAdopted):
            way = Way.MISSED if notice.content.is_missed else Way.TOLD
            source = _source(tx, way, member, notice)
            held = self._note(tx, member, notice.content.document, is_signed=False)
            if held is not None and self._is_enough(tx, held):
                self._adopt(tx, held, source)
            self.weigh(tx, source)

    def weigh(self, tx: Tx, source: Source) -> None:
        """Sign what is routine, adopt what enough have signed, and end what cannot count."""
        while self._adopted_one(tx, source):
            pass

    def sign_one(self, tx: Tx, proposed: Proposed) -> Proposed:
        """Sign a proposal as this node; raises `InvalidError` when another one was signed."""
        current = self.adopting.current(tx)
        document = self.sign(proposed.document, current.document)
        if not store.charters.vote(tx, proposed.version, proposed.identity):
            other = store.charters.voted(tx, proposed.version)[:SHORT]
            raise InvalidError(
                f"we have signed another charter {proposed.version} ({other}): a node signs one of"
                " each version; have this one proposed again under a higher one"
            )
        signed = replace(proposed, document=document)
        store.charters.propose(tx, signed)
        return signed

    def passed_on(self, tx: Tx, signed: Proposed) -> None:
        """Tell every other member what we signed; once it is enough, its coming in force tells."""
        if self._is_enough(tx, signed):
            return
        for other in self.adopting.current(tx).charter.others(self.adopting.us):
            content = CharterSigned(signed.document)
            self.adopting.outbox.post(tx, other.id, content, about=ABOUT)

    def end(self, tx: Tx, proposed: Proposed, state: ProposalState) -> None:
        """A proposal is open no more."""
        store.charters.propose(tx, replace(proposed, state=state, ended_at=tx.now))

    def read(self, tx: Tx, document: bytes) -> Proposal:
        """What a document says and who has signed it; raises `InvalidError` when it is none."""
        try:
            return charter.proposal(document, current=self.adopting.current(tx).document)
        except CharterError as fault:
            raise InvalidError(str(fault)) from None

    def _note(
        self, tx: Tx, member: MemberId, document: bytes, *, is_signed: bool
    ) -> Proposed | None:
        """Keep what is new of a document that may still count; None when it is over."""
        current, proposal = self.adopting.current(tx), self.read(tx, document)
        identity, version = charter.identity(document), proposal.charter.version
        if version <= current.charter.version:
            self._late(tx, member, document, version)
            return None
        if version > current.charter.version + _MOST_AHEAD or not proposal.charter.follows:
            raise InvalidError(f"{member}: charter {version} follows none that is known here")
        if is_signed and member not in proposal.signed_by | proposal.agreed_by:
            raise InvalidError(f"{member}: a proposal without the signature of its own")
        held = store.charters.proposal(tx, identity)
        if held is None:
            if store.charters.brought(tx, member) >= _MOST_OPEN:
                raise RefusedError(f"{member}: {_MOST_OPEN} of its proposals are open")
            held = Proposed(
                identity, version, document, MemberId(""), member, "", b"", came_at=tx.now
            )
        joined = charter.joined(held.document, document, current=current.document)
        held = replace(held, document=joined)
        store.charters.propose(tx, held)
        return held

    def _late(self, tx: Tx, member: MemberId, document: bytes, version: int) -> None:
        """A document of a version that is over: it may be that one, or a fork of it."""
        adopted = store.charters.at(tx, version)
        if adopted is not None and is_fork(tx, adopted, document):
            self.adopting.fork(tx, adopted, document, member)

    def _adopted_one(self, tx: Tx, source: Source) -> bool:
        """Weigh open proposals in their order until one comes in force; whether one did."""
        current = self.adopting.current(tx)
        for held in store.charters.proposals(tx, ProposalState.OPEN):
            proposal = self.read(tx, held.document)
            if held.version > current.charter.version and proposal.is_enough:
                return self._adopt(tx, held, source)
            if state := self._over(tx, held, proposal.charter, current):
                self.end(tx, held, state)
            elif self._may_sign(tx, held, proposal, current):
                signed = self.sign_one(tx, held)
                kind = entry_of("charter signed by itself", signed)
                store.audit.append(tx, kind)
                self.passed_on(tx, signed)
                if self._is_enough(tx, signed):
                    return self._adopt(tx, signed, source)
        return False

    def _adopt(self, tx: Tx, held: Proposed, source: Source) -> bool:
        """Adopt what has enough signatures; one that leaves us out is refused."""
        try:
            self.adopting.adopt(tx, held, source)
        except CharterError as fault:
            raise RefusedError(str(fault)) from None
        return True

    def _is_enough(self, tx: Tx, held: Proposed) -> bool:
        return self.read(tx, held.document).is_enough

    def _over(
        self, tx: Tx, held: Proposed, proposed: Charter, current: Held
    ) -> ProposalState | None:
        """Why a proposal can no longer count, or None."""
        if proposed.expires_at <= tx.now:
            return ProposalState.EXPIRED
        follows = proposed.follows
        is_overtaken = follows != current.identity and store.charters.was_in_force(tx, follows)
        if held.version <= current.charter.version or is_overtaken:
            return ProposalState.OVERTAKEN
        return None

    def _may_sign(self, tx: Tx, held: Proposed, proposal: Proposal, current: Held) -> bool:
        """Whether this node signs a proposal by itself, and has not yet."""
        us, by = self.adopting.us, held.proposed_by
        if us in proposal.signed_by or us not in current.charter.voters | proposal.charter.voters:
            return False
        if store.charters.voted(tx, held.version) not in ("", held.identity):
            return False
        drafter = current.charter.active.get(by)
        is_endorsed = drafter is not None and charter.is_endorsed(
            held.document, held.endorsement, drafter.ca
        )
        drafted = Drafted(by, is_endorsed)
        kind = charter.routine(current.charter, current.identity, proposal, drafted, tx.now)
        return kind in self.agrees


def _source(tx: Tx, way: Way, member: MemberId, notice: Notice) -> Source:
    """How a charter comes in force by a notice: by one of long ago, it was missed here."""
    if notice.sealed_at and tx.now - notice.sealed_at > LONG_AGO:
        way = Way.MISSED
    return Source(way, NOBODY if way is Way.GATHERED else member)


def entry_of(
    event: str, held: Proposed, *, peer: str = "", by: Person | None = None, said: str = ""
) -> Entry:
    """What is written down of a proposal."""
    return Entry(
        operation=Operation.ADMINISTRATION,
        event=event,
        person=by.id if by else "",
        role=by.all_roles if by else "",
        peer=peer,
        reason=held.reason,
        question=held.identity[:SHORT],
        counts={"version": held.version},
        ground=said,
    )
