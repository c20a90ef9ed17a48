"""What our people do about the next charter: propose, look, sign, withdraw, adopt from a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from federation import charter
from federation.charter import Amendment, Charter, Place, Proposal, changes
from federation.errors import InvalidError, NotFoundError
from federation.messages import MemberId
from federation.votes import CharterProposed, CharterWithdrawn
from node import store
from node.chartering.adopting import ABOUT, NOBODY, Source
from node.chartering.gathering import SHORT, Gathering, entry_of
from node.chartering.in_force import Held
from node.people import Person
from node.store import Store, Tx, View
from node.store.charters import ProposalState, Proposed, Way

#: Endorses a document with the key of our CA; empty when that key is not at hand.
Endorse = Callable[[bytes], bytes]


def unendorsed(_: bytes) -> bytes:
    """No word of a CA: people judge the proposal."""
    return b""


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal as our people see it: what it would change, and whose signatures it has.

    `may_sign` are those whose signatures count under the charter that it would replace.
    """

    proposed: Proposed
    changes: Sequence[str]
    proposal: Proposal
    may_sign: frozenset[MemberId]

    @property
    def id(self) -> str:
        """By what people name it."""
        return self.proposed.identity[:SHORT]


@dataclass(frozen=True, slots=True)
class Proposing:
    """Each act with its entry in the log, in one transaction with what it puts in the mail."""

    gathering: Gathering

    def propose(
        self,
        amendment: Amendment,
        *,
        reason: str,
        by: Person | None,
        endorse: Endorse = unendorsed,
    ) -> Listed:
        """Draft the next charter, sign it and tell every other member.

        It is in force at once where our signature is enough. Without a person it is the node's own.
        Raises `InvalidError` for a change that cannot be made, or that changes nothing.
        """
        with self._store.write() as tx:
            current = self.gathering.adopting.current(tx)
            place = Place(current.identity, self._version(tx, current))
            drafted = charter.amended(current.charter, amendment, place, tx.now)
            _check_changes(amendment, current.charter, drafted)
            document = charter.written(drafted)
            held = Proposed(
                identity=charter.identity(document),
                version=drafted.version,
                document=document,
                proposed_by=self._us,
                brought_by=self._us,
                reason=reason,
                endorsement=endorse(document),
                came_at=tx.now,
            )
            held = self.gathering.sign_one(tx, held)
            said = "; ".join(changes(current.charter, drafted))
            store.audit.append(tx, entry_of("charter proposed", held, by=by, said=said))
            self._tell(tx, CharterProposed(held.document, held.reason, held.endorsement))
            self.gathering.weigh(tx, Source(Way.GATHERED, person=by))
            return self._listed(tx, store.charters.proposal(tx, held.identity) or held)

    def every(self, *, is_ended: bool = False) -> list[Listed]:
        """Proposals that are open, or every one there ever was, in the order of their versions."""
        state = None if is_ended else ProposalState.OPEN
        with self._store.view() as view:
            return [self._listed(view, one) for one in store.charters.proposals(view, state)]

    def sign(self, id: str, *, by: Person) -> Listed:
        """Sign an open proposal, and tell every other member."""
        with self._store.write() as tx:
            held = self._open(tx, id)
            current = self.gathering.adopting.current(tx)
            proposal = self.gathering.read(tx, held.document)
            if proposal.charter.follows != current.identity:
                raise InvalidError(
                    f"{held.identity[:SHORT]} was drafted after another charter than the one in"
                    " force: have it proposed again"
                )
            if self._us in proposal.signed_by | proposal.agreed_by:
                raise InvalidError(f"{held.identity[:SHORT]} has our signature already")
            signed = self.gathering.sign_one(tx, held)
            store.audit.append(tx, entry_of("charter signed", signed, by=by))
            self.gathering.passed_on(tx, signed)
            self.gathering.weigh(tx, Source(Way.GATHERED, person=by))
            return self._listed(tx, store.charters.proposal(tx, held.identity) or signed)

    def sign_file(self, document: bytes, *, by: Person) -> bytes:
        """Sign a document that goes round as a file; one of each version, as everywhere.

        While a federation is founded by hand a draft may have to be drafted again: a node that is
        alone signs what its person says.
        """
        with self._store.write() as tx:
            current = self.gathering.adopting.current(tx)
            signed = self.gathering.sign(document, current.document)
            said = self.gathering.read(tx, signed).charter
            held = Proposed(
                charter.identity(signed), said.version, signed, NOBODY, self._us, "", b"", tx.now
            )
            is_alone = len(current.charter.members) == 1
            if not is_alone and not store.charters.vote(tx, held.version, held.identity):
                raise InvalidError(
                    f"we have signed another charter {held.version}: a node signs one of each"
                    " version"
                )
            store.audit.append(tx, entry_of("charter signed in a file", held, by=by))
        return signed

    def withdraw(self, id: str, *, by: Person) -> None:
        """Take a proposal of ours back; whoever has signed it has signed it."""
        with self._store.write() as tx:
            held = self._open(tx, id)
            if held.proposed_by != self._us:
                whose = held.proposed_by or "somebody else"
                raise InvalidError(f"{held.identity[:SHORT]} is a proposal of {whose}")
            self.gathering.end(tx, held, ProposalState.WITHDRAWN)
            store.audit.append(tx, entry_of("charter withdrawn", held, by=by))
            self._tell(tx, CharterWithdrawn(held.identity))

    def adopt_file(self, document: bytes, *, fingerprint: str, by: Person) -> Charter:
        """Put a charter in force that came as a file.

        A node that is alone has nobody to trust yet: its person says the fingerprint of the
        charter, as a member read it aloud, or has signed this very document before. Our signature
        is then added, for our charter of one asks for it. Raises `CharterError` unless it may
        replace ours.
        """
        with self._store.write() as tx:
            current = self.gathering.adopting.current(tx)
            said = charter.document_fingerprint(document)
            if fingerprint and not charter.is_read_as(fingerprint, said):
                raise InvalidError(
                    "the fingerprint is not that of this charter: do not adopt it, and ask the"
                    " member that gave it to you"
                )
            if len(current.charter.members) == 1:
                document = self._joining(document, current, is_heard=bool(fingerprint))
            proposal = charter.proposal(document, current=current.document)
            held = Proposed(
                identity=charter.identity(document),
                version=proposal.charter.version,
                document=document,
                proposed_by=NOBODY,
                brought_by=self._us,
                reason="",
                endorsement=b"",
                came_at=tx.now,
            )
            known = store.charters.proposal(tx, held.identity)
            held = replace(known, document=document) if known else held
            adopted = self.gathering.adopting.adopt(tx, held, Source(Way.FILE, person=by))
            self.gathering.weigh(tx, Source(Way.GATHERED))
        return adopted

    @property
    def _store(self) -> Store:
        return self.gathering.adopting.store

    @property
    def _us(self) -> MemberId:
        return self.gathering.adopting.us

    def _joining(self, document: bytes, current: Held, *, is_heard: bool) -> bytes:
        """A charter that a node which is alone joins, with our signature."""
        proposal = charter.proposal(document, current=current.document)
        if not is_heard and not proposal.agreed_by:
            raise InvalidError(
                "this node is alone and knows nobody yet: have a member read you the fingerprint"
                " of its charter (amber charter show) and say it (--fingerprint), or sign the"
                " document first (amber charter sign FILE)"
            )
        line = proposal.charter.member(self._us)
        ours = current.charter.member(self._us)
        if (line.ca, line.signing_key) != (ours.ca, ours.signing_key):
            raise InvalidError(
                f"the charter names {self._us} with other keys than ours: send your card again"
            )
        return self.gathering.sign(document, current.document)

    def _tell(self, tx: Tx, content: CharterProposed | CharterWithdrawn) -> None:
        adopting = self.gathering.adopting
        for other in adopting.current(tx).charter.others(self._us):
            adopting.outbox.post(tx, other.id, content, about=ABOUT)

    def _version(self, tx: Tx, current: Held) -> int:
        """The next version that nothing open has and that we have signed nothing of."""
        return max(current.charter.version, store.charters.highest(tx)) + 1

    def _open(self, tx: Tx, id: str) -> Proposed:
        found = store.charters.alike(tx, id.strip().lower())
        if not id.strip() or not found:
            raise NotFoundError(f"no proposal {id}")
        if len(found) > 1:
            raise InvalidError(f"several proposals begin with {id}: say more of it")
        [held] = found
        if held.state is not ProposalState.OPEN:
            raise InvalidError(f"{id} is {held.state}")
        return held

    def _listed(self, view: View, held: Proposed) -> Listed:
        """A proposal against the charter that it would replace, or did."""
        before = store.charters.before(view, held.version)
        ours = self.gathering.adopting.in_force.held.document
        rule = before.document if before else ours
        proposal = charter.proposal(held.document, current=rule)
        replaced = charter.read(rule)
        said = changes(replaced, proposal.charter)
        return Listed(held, said, proposal, replaced.voters)


def _check_changes(amendment: Amendment, before: Charter, after: Charter) -> None:
    """Raise `InvalidError` when something was to change and nothing does."""
    same = replace(
        after, version=before.version, follows=before.follows, expires_at=before.expires_at
    )
    if amendment != Amendment() and same == before:
        raise InvalidError("this changes nothing of the charter in force")
