"""One member seen from here: its channel, and what it says to a question or to our mail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

import grpc

from federation import seal, trust, wire
from federation.accounts import Account, Inquiry
from federation.charter import Charter, Member
from federation.clocks import Clocks
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
from federation.messages import Answer, MemberId, Outcome, OutcomeKind, QuestionId, Receipt
from federation.seal import (
    ACCOUNT,
    ANSWER,
    ASK,
    INQUIRY,
    MAIL,
    NOTICE,
    RECEIPT,
    Sealed,
    Statement,
)

#: What is said in reply to what.
_REPLY = MappingProxyType({ASK: ANSWER, MAIL: RECEIPT, INQUIRY: ACCOUNT})

_Read = TypeVar("_Read")

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
    """Who we are when we speak: our keys, the charter in force, our clock and those of others."""

    keys: Keys
    charter: Callable[[], Charter]
    clock: Callable[[], datetime]
    clocks: Clocks = field(default_factory=Clocks)

    @property
    def id(self) -> MemberId:
        """Our own member id."""
        return self.keys.member

    def ask(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """A question to a member, sealed at this moment and under the charter in force."""
        return seal.seal(self._statement(to, ASK, id), body, self.keys.signer)

    def mail(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """A dispatch to a member, sealed at this moment."""
        return seal.seal(self._statement(to, MAIL, id), body, self.keys.signer)

    def inquire(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """An inquiry to a member, sealed at this moment."""
        return seal.seal(self._statement(to, INQUIRY, id), body, self.keys.signer)

    def notice(self, to: MemberId, id: str, body: bytes, *, sequence: int) -> Sealed:
        """A notice in its place in our mail to a member; it may travel much later."""
        statement = replace(self._statement(to, NOTICE, id), sequence=sequence)
        return seal.seal(statement, body, self.keys.signer)

    def reply(self, asked: Sealed, statement: Statement, body: bytes) -> Sealed:
        """The reply to what a member said under this statement, sealed likewise."""
        reply = self._statement(statement.sender, _REPLY[statement.method], statement.id)
        return seal.seal(replace(reply, reply_to=asked.digest), body, self.keys.signer)

    def _statement(self, to: MemberId, method: str, id: str) -> Statement:
        return Statement(
            sender=self.id,
            audience=to,
            method=method,
            id=id,
            sealed_at=self.clock(),
            charter=self.charter().version,
        )


Call = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


class Peer:
    """An open line to one member's door; it reconnects by itself."""

    def __init__(self, us: Self, member: Member) -> None:
        self._us, self.member = us, member
        here = us.charter().member(us.id)
        self._channel = trust.peer_channel(us.keys, here, member, us.clock())
        self._ask: Call = self._channel.unary_unary(wire.ASK)
        self._deliver: Call = self._channel.unary_unary(wire.DELIVER)
        self._reconcile: Call = self._channel.unary_unary(wire.RECONCILE)

    async def ask(self, question: QuestionId, body: bytes, *, timeout_s: float) -> Outcome:
        """What this member says within the deadline; never raised, whatever the member does.

        Only what it sealed for us as the answer to these very bytes counts as an answer.
        """
        asking = self._answer(question, body, timeout_s)
        outcome = await met(self.member.id, question, asking, timeout_s=timeout_s)
        return replace(outcome, clock_off_s=self._us.clocks.off_s(self.member.id))

    async def deliver(self, id: str, dispatch: wire.Dispatch, *, timeout_s: float) -> Receipt:
        """Hand over mail; only what the member sealed as the receipt of these bytes counts as one.

        Raises the fault that the member met or gave.
        """
        mail = self._us.mail(self.member.id, id, wire.dispatch_to(dispatch))
        said, body = await self._replied(self._deliver, mail, id, RECEIPT, timeout_s)
        return self._read(lambda: replace(wire.receipt_from(body), charter=said.charter))

    async def account(self, id: str, inquiry: Inquiry, *, timeout_s: float) -> Account:
        """What this member's books say, sealed by it; raises the fault that it met or gave."""
        said = self._us.inquire(self.member.id, id, wire.inquiry_to(inquiry))
        _, body = await self._replied(self._reconcile, said, id, ACCOUNT, timeout_s)
        return self._read(lambda: wire.account_from(body, self.member.id, inquiry))

    async def close(self) -> None:
        """Let go of the line; calls on it end."""
        await self._channel.close()

    async def _answer(self, question: QuestionId, body: bytes, timeout_s: float) -> Answer:
        asked = self._us.ask(self.member.id, question, body)
        _, answer = await self._replied(self._ask, asked, question, ANSWER, timeout_s)
        return self._read(lambda: wire.answer_from(answer, question, self.member.id))

    async def _replied(
        self, call: Call, said: Sealed, id: str, method: str, timeout_s: float
    ) -> tuple[Statement, bytes]:
        """The reply that this member sealed to what we said: its statement and its body."""
        try:
            response = await call(wire.request_to(said), timeout=timeout_s)
        except grpc.aio.AioRpcError as error:
            raise fault_of(error) from None
        return self._read(lambda: self._proven(said, wire.response_from(response), id, method))

    def _read(self, reading: Callable[[], _Read]) -> _Read:
        """What this member said, if that can be proven and read."""
        try:
            return reading()
        except (BrokenSealError, InvalidError) as fault:
            raise UnprovenError(f"{self.member.id}: {fault}") from None

    def _proven(
        self, said: Sealed, sealed: Sealed, id: str, method: str
    ) -> tuple[Statement, bytes]:
        member = self._us.charter().heard(self.member.id)
        statement = seal.opened(
            sealed, member.signing_keys, sender=member.id, audience=self._us.id, method=method
        )
        if (statement.reply_to, statement.id) != (said.digest, id):
            raise BrokenSealError("the reply is to something else")
        self._us.clocks.heard(member.id, statement.sealed_at, self._us.clock())
        return statement, sealed.body


class Lines:
    """Lines to the other members, opened when first used and kept. Belongs to one event loop."""

    def __init__(self, us: Self) -> None:
        self._us = us
        self._peers: dict[MemberId, Peer] = {}

    def to(self, member: Member) -> Peer:
        """The line to a member of the charter."""
        if member.id not in self._peers:
            self._peers[member.id] = Peer(self._us, member)
        return self._peers[member.id]

    async def apply(self, charter: Charter) -> None:
        """Let go of the lines to members that left this charter, or are reached otherwise."""
        for peer in tuple(self._peers.values()):
            member = charter.active.get(peer.member.id)
            if member is None or member.reached_by != peer.member.reached_by:
                del self._peers[peer.member.id]
                await peer.close()

    async def close(self) -> None:
        """Let go of every line."""
        while self._peers:
            _, peer = self._peers.popitem()
            await peer.close()


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
    return missed(member, fault, _ms(loop.time() - started))


def missed(member: MemberId, fault: FederationError, ms: int = 0) -> Outcome:
    """How a member met what it did not answer."""
    kind = _KIND.get(fault.code, OutcomeKind.UNREACHABLE)
    return Outcome(member, kind, ms, reason=_shown(public(fault)))


def _ms(elapsed_s: float) -> int:
    return round(elapsed_s * 1_000)


def _shown(text: str) -> str:
    """A member's words as far as they can be shown: it may send anything."""
    return "".join(character for character in text if character.isprintable())[:_WORDS]
