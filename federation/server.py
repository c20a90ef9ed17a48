"""What happens to a call: prove the caller, open its seal, ask the gate, seal the reply."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol, TypeVar

from federation import seal, trust, wire
from federation.accounts import Account, Inquiry
from federation.charter import Member
from federation.errors import (
    BrokenSealError,
    CharterError,
    ClockError,
    FederationError,
    InvalidError,
    RefusedError,
)
from federation.limits import PLACES
from federation.messages import Answer, MemberId, Question, Receipt
from federation.peer import Self
from federation.seal import ASK, INQUIRY, MAIL, NOTICE, Sealed, Statement
from federation.trust import AuthContext

Said = TypeVar("Said")

#: By how many versions the charters of asker and asked may differ: a new one reaches the members
#: one after the other, and nobody is to fail a question by it. Who may ask is judged by ours.
CHARTERS_APART = 1


class Gate(Protocol):
    """What stands behind every door: plain synchronous code, called from several threads."""

    def answer(
        self, member: Member, question: Question, sealed: Sealed, statement: Statement
    ) -> Answer:
        """Answer a proven member, having written down that it was answered or refused."""

    def turned_away(
        self, member: MemberId, fault: FederationError, statement: Statement | None
    ) -> None:
        """Write down a call that never got as far as the gate.

        `member` is whose door it was. The statement is there when its seal holds.
        """


class Letterbox(Protocol):
    """Where the other members' mail goes: plain synchronous code, called from several threads."""

    def receive(
        self, member: Member, dispatch: wire.Dispatch, opened: Sequence[wire.Opened]
    ) -> Receipt:
        """Take a proven member's mail; what the receipt names is on disk when this returns."""


class Books(Protocol):
    """What a member is shown of our books: plain synchronous code, called from several threads."""

    def account(self, member: Member, inquiry: Inquiry, statement: Statement) -> Account:
        """Show a proven member a page of what we have of our traffic with it, and nothing else."""


class NoBooks:
    """Shows nothing."""

    def account(self, member: Member, inquiry: Inquiry, statement: Statement) -> Account:  # noqa: ARG002
        """Nothing is shown."""
        raise RefusedError(f"{member.id}: no books are shown here")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one member has at its door, and how far its clock may be from ours.

    Of its calls `in_flight` are worked on at once, of all members' `together`; some more wait
    their turn, see `limits.CALLS`, and what comes on top is told that we are busy. A clock that is
    further off than `refused` ends the call; what is less is for `Clocks` to tell. An answer under
    the veil leaves a multiple of `floor` after its question came.
    """

    in_flight: int = 8
    together: int = 8
    refused: timedelta = timedelta(minutes=2)
    floor: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call is told; under the veil neither its length nor its time may tell more."""

    data: bytes
    is_veiled: bool = False


@dataclass(frozen=True, slots=True)
class Porter:
    """Serves one member's calls: plain synchronous code, one call to a thread.

    A call gets to the gate only when it came over TLS 1.3 with the certificate of this member's
    node, under a seal of a signing key of its for us, sealed within `refused` of our clock, and a
    question under the charter that we hold, or one next to it: mail may bring the news of any
    other. Every other call is written down and refused.
    """

    us: Self
    gate: Gate
    letterbox: Letterbox
    member: MemberId
    refused: timedelta
    books: Books = field(default_factory=NoBooks)

    def answered(self, context: AuthContext, request: bytes) -> Reply:
        """The sealed answer to a sealed question; raises the fault that the caller is told."""
        sealed, statement, question = self._admitted(context, request, ASK, self._question)
        member = self.us.charter().heard(self.member)
        answer = self.gate.answer(member, question, sealed, statement)
        reply = self.us.reply(sealed, statement, wire.answer_to(answer))
        return Reply(wire.response_to(reply), answer.is_veiled)

    def taken(self, context: AuthContext, request: bytes) -> Reply:
        """The sealed receipt of a dispatch; raises the fault that the caller is told."""
        admitted = self._admitted(context, request, MAIL, self._dispatch)
        sealed, statement, (dispatch, opened) = admitted
        member = self.us.charter().heard(self.member)
        receipt = self.letterbox.receive(member, dispatch, opened)
        return Reply(wire.response_to(self.us.reply(sealed, statement, wire.receipt_to(receipt))))

    def accounted(self, context: AuthContext, request: bytes) -> Reply:
        """The sealed account of a sealed inquiry; raises the fault that the caller is told."""
        sealed, statement, inquiry = self._admitted(context, request, INQUIRY, _inquiry)
        member = self.us.charter().heard(self.member)
        account = self.books.account(member, inquiry, statement)
        return Reply(wire.response_to(self.us.reply(sealed, statement, wire.account_to(account))))

    def _admitted(
        self,
        context: AuthContext,
        request: bytes,
        method: str,
        read: Callable[[Sealed, Statement], Said],
    ) -> tuple[Sealed, Statement, Said]:
        statement = None
        try:
            member = self.us.charter().heard(self.member)
            trust.prove_member(context, member, self.us.clock())
            sealed = wire.request_from(request)
            statement = self._opened(sealed, method)
            self._check_now(statement)
            self.us.ring.heard(self.member, statement.charter)
            return sealed, statement, read(sealed, statement)
        except FederationError as fault:
            self.gate.turned_away(self.member, fault, statement)
            raise

    def _opened(self, sealed: Sealed, method: str) -> Statement:
        keys = self.us.charter().heard(self.member).signing_keys
        return seal.opened(sealed, keys, sender=self.member, audience=self.us.id, method=method)

    def _check_now(self, statement: Statement) -> None:
        """The call was sealed now, by our clock, and our charter still counts."""
        now = self.us.clock()
        self.us.clocks.heard(self.member, statement.sealed_at, now)
        behind_s = (now - statement.sealed_at).total_seconds()
        if abs(behind_s) > self.refused.total_seconds():
            raise ClockError(
                f"sealed {behind_s:.0f} s before our clock, which says {now:%H:%M:%S} UTC"
            )
        self.us.charter().check_in_force(now)

    def _question(self, sealed: Sealed, statement: Statement) -> Question:
        charter = self.us.charter()
        if abs(statement.charter - charter.version) > CHARTERS_APART:
            raise CharterError(
                f"sealed under charter {statement.charter}; ours is {charter.version}"
            )
        return wire.question_from(sealed.body, statement.id)

    def _dispatch(
        self, sealed: Sealed, statement: Statement
    ) -> tuple[wire.Dispatch, list[wire.Opened]]:
        dispatch = wire.dispatch_from(sealed.body, self.member)
        dispatch = replace(dispatch, charter=statement.charter)
        return dispatch, [self._notice(notice) for notice in dispatch.notices]

    def _notice(self, sealed: Sealed) -> wire.Opened:
        statement = self._opened(sealed, NOTICE)
        if not 1 <= statement.sequence <= PLACES:
            raise BrokenSealError(f"{self.member}: a notice without a sequence, or beyond all")
        id, sequence = statement.id, statement.sequence
        try:
            notice = wire.notice_from(sealed.body, self.member, id=id, sequence=sequence)
        except InvalidError as fault:
            return wire.Opened(sealed, statement, fault)
        return wire.Opened(sealed, statement, replace(notice, sealed_at=statement.sealed_at))


def _inquiry(sealed: Sealed, _: Statement) -> Inquiry:
    return wire.inquiry_from(sealed.body)
