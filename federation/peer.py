"""One member seen from here: its channel, and what it says to one question."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import grpc

from federation import seal, trust, wire
from federation.charter import Charter, Member
from federation.errors import (
    BrokenSealError,
    Code,
    FederationError,
    InvalidError,
    LateError,
    UnprovenError,
)
from federation.faults import fault_of, foreseen, public
from federation.keys import Keys
from federation.messages import Answer, MemberId, Outcome, OutcomeKind, QuestionId
from federation.seal import Sealed, Statement

#: The two things that one member's node says to another's, as a seal names them.
ASK, ANSWER = "ask", "answer"

#: The most of a member's own words that is shown to the asker.
_WORDS = 200

#: How a fault looks to the asker; a member that met any other was not reached.
_KIND = MappingProxyType(
    dict.fromkeys(
        (
            Code.INVALID,
            Code.TOO_WIDE,
            Code.REFUSED,
            Code.STRANGER,
            Code.BROKEN_SEAL,
            Code.REPLAYED,
            Code.CLOCK,
            Code.CHARTER,
            Code.QUOTA,
            Code.NOT_FOUND,
        ),
        OutcomeKind.REFUSED,
    )
    | {Code.LATE: OutcomeKind.LATE}
)


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are when we speak: our keys, the charter in force, our clock."""

    keys: Keys
    charter: Callable[[], Charter]
    clock: Callable[[], datetime]

    @property
    def id(self) -> MemberId:
        """Our own member id."""
        return self.keys.member

    def ask(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """A question to a member, sealed at this moment and under the charter in force."""
        return seal.seal(self._statement(to, ASK, id), body, self.keys.signer)

    def reply(self, asked: Sealed, statement: Statement, body: bytes) -> Sealed:
        """The answer to what a member asked under this statement, sealed likewise."""
        answer = self._statement(statement.sender, ANSWER, statement.id)
        return seal.seal(replace(answer, reply_to=asked.digest), body, self.keys.signer)

    def _statement(self, to: MemberId, method: str, id: str) -> Statement:
        return Statement(
            sender=self.id,
            audience=to,
            method=method,
            id=id,
            sealed_at=self.clock(),
            charter=self.charter().version,
        )


class Peer:
    """An open line to one member's door; it reconnects by itself."""

    def __init__(self, us: Self, member: Member) -> None:
        self._us, self.member = us, member
        self._channel = trust.peer_channel(us.keys, us.charter().member(us.id), member)
        self._call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
        self._call = self._channel.unary_unary(wire.ASK)

    async def ask(self, question: QuestionId, body: bytes, *, timeout_s: float) -> Outcome:
        """What this member says within the deadline; never raised, whatever the member does.

        Only what it sealed for us as the answer to these very bytes counts as an answer.
        """
        asking = self._answer(question, body, timeout_s)
        return await met(self.member.id, question, asking, timeout_s=timeout_s)

    async def close(self) -> None:
        """Let go of the line; calls on it end."""
        await self._channel.close()

    async def _answer(self, question: QuestionId, body: bytes, timeout_s: float) -> Answer:
        asked = self._us.ask(self.member.id, question, body)
        try:
            response = await self._call(wire.request_to(asked), timeout=timeout_s)
        except grpc.aio.AioRpcError as error:
            raise fault_of(error) from None
        try:
            return self._proven(asked, wire.response_from(response), question)
        except (BrokenSealError, InvalidError) as fault:
            raise UnprovenError(f"{self.member.id}: {fault}") from None

    def _proven(self, asked: Sealed, sealed: Sealed, question: QuestionId) -> Answer:
        member = self.member
        statement = seal.opened(
            sealed, member.signing_key, sender=member.id, audience=self._us.id, method=ANSWER
        )
        if (statement.reply_to, statement.id) != (asked.digest, question):
            raise BrokenSealError("the answer is to another question")
        return wire.answer_from(sealed.body, question, member.id)


async def met(
    member: MemberId, question: QuestionId, answering: Awaitable[Answer], *, timeout_s: float
) -> Outcome:
    """How one member met a question: what it answered by the deadline, or why it did not."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with asyncio.timeout(timeout_s):
            answer = await answering
    except TimeoutError:
        fault: FederationError = LateError()
    except Exception as error:  # noqa: BLE001 - whatever a member does to us is its Outcome
        fault = foreseen(error, member=member, question=question)
    else:
        return Outcome(member, OutcomeKind.ANSWERED, _ms(loop.time() - started), answer)
    kind = _KIND.get(fault.code, OutcomeKind.UNREACHABLE)
    return Outcome(member, kind, _ms(loop.time() - started), reason=_shown(public(fault)))


def _ms(elapsed_s: float) -> int:
    return round(elapsed_s * 1_000)


def _shown(text: str) -> str:
    """A member's words as far as they can be shown: it may send anything."""
    return "".join(character for character in text if character.isprintable())[:_WORDS]
