"""What happens to a call: prove the caller, open its seal, ask the gate, seal the reply."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from federation import seal, trust, wire
from federation.charter import Member
from federation.errors import CharterError, ClockError, FederationError
from federation.messages import Answer, MemberId, Question
from federation.peer import ASK, Self
from federation.seal import Sealed, Statement
from federation.trust import AuthContext


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


@dataclass(frozen=True, slots=True)
class Limits:
    """What one member has at its door, and how far its clock may be from ours.

    Of its calls `in_flight` are worked on at once; some more wait their turn, see
    `limits.CALLS`, and what comes on top is told that we are busy.
    """

    in_flight: int = 8
    window: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Porter:
    """Serves one member's calls: plain synchronous code, one call to a thread.

    A call gets to the gate only when it came over TLS 1.3 with the certificate of this member's
    node, under a seal of its signing key for us, sealed within `window` of our clock and under
    the charter that we hold. Every other is written down and refused.
    """

    us: Self
    gate: Gate
    member: MemberId
    window: timedelta

    def answered(self, context: AuthContext, request: bytes) -> bytes:
        """The sealed answer to a sealed question; raises the fault that the caller is told."""
        sealed, statement, question = self._admitted(context, request)
        member = self.us.charter().member(self.member)
        answer = self.gate.answer(member, question, sealed, statement)
        return wire.response_to(self.us.reply(sealed, statement, wire.answer_to(answer)))

    def _admitted(self, context: AuthContext, request: bytes) -> tuple[Sealed, Statement, Question]:
        statement = None
        try:
            member = self.us.charter().member(self.member)
            trust.prove_member(context, member, self.us.clock())
            sealed = wire.request_from(request)
            statement = self._opened(sealed, member)
            self._check_now(statement)
            return sealed, statement, wire.question_from(sealed.body, statement.id)
        except FederationError as fault:
            self.gate.turned_away(self.member, fault, statement)
            raise

    def _opened(self, sealed: Sealed, member: Member) -> Statement:
        key = member.signing_key
        return seal.opened(sealed, key, sender=member.id, audience=self.us.id, method=ASK)

    def _check_now(self, statement: Statement) -> None:
        """The question was sealed now, under the charter that we hold and that still counts."""
        now, charter = self.us.clock(), self.us.charter()
        behind_s = (now - statement.sealed_at).total_seconds()
        if abs(behind_s) > self.window.total_seconds():
            raise ClockError(
                f"sealed {behind_s:.0f} s before our clock, which says {now:%H:%M:%S} UTC"
            )
        if statement.charter != charter.version:
            raise CharterError(
                f"sealed under charter {statement.charter}; ours is {charter.version}"
            )
        charter.check_in_force(now)
