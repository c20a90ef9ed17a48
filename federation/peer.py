"""One member seen from here: its channel, and what it says to a question or to our mail."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

import grpc

from federation import seal, trust, wire
from federation.accounts import Account, Inquiry
from federation.charter import Charter
from federation.clocks import Clocks
from federation.errors import (
    BrokenSealError,
    Code,
    FederationError,
    InvalidError,
    LateError,
    StrangerError,
    UnprovenError,
    UnreachableError,
)
from federation.faults import fault_of, foreseen, public
from federation.keys import AUDIT_HEAD_TYPE, Ring
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
    """Who we are when we speak: our keys, the charter in force, our clock and those of others.

    What a member is told is sealed with the key of ours that its charter names.
    """

    ring: Ring
    charter: Callable[[], Charter]
    clock: Callable[[], datetime]
    clocks: Clocks = field(default_factory=Clocks)

    @property
    def id(self) -> MemberId:
        """Our own member id."""
        return self.ring.member

    def ask(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """A question to a member, sealed at this moment and under the charter in force."""
        return self._sealed(self._statement(to, ASK, id), body)

    def mail(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """A dispatch to a member, sealed at this moment."""
        return self._sealed(self._statement(to, MAIL, id), body)

    def inquire(self, to: MemberId, id: str, body: bytes) -> Sealed:
        """An inquiry to a member, sealed at this moment."""
        return self._sealed(self._statement(to, INQUIRY, id), body)

    def notice(self, to: MemberId, id: str, body: bytes, *, sequence: int) -> Sealed:
        """A notice in its place in our mail to a member; it may travel much later."""
        return self._sealed(replace(self._statement(to, NOTICE, id), sequence=sequence), body)

    def reply(self, asked: Sealed, statement: Statement, body: bytes) -> Sealed:
        """The reply to what a member said under this statement, sealed likewise."""
        reply = self._statement(statement.sender, _REPLY[statement.method], statement.id)
        return self._sealed(replace(reply, reply_to=asked.digest), body)

    def is_taken(self, to: MemberId, sealed: Sealed) -> bool:
        """Whether a member takes what we sealed before, by the keys that it knows of ours.

        It does under the key that it is shown. Under another one that was stolen, or had ended
        before it sealed this, it does not.
        """
        if sealed.key_id == seal.public_key(self.ring.shown_to(to).signing_key).keyid:
            return True
        keys = self.charter().member(self.id).signing_keys
        return seal.stated(sealed, keys) is not None

    def way(self, to: MemberId) -> trust.Way:
        """How a member that is active is reached now, with the keys of ours that it knows."""
        charter, own = self.charter(), self.ring.shown_to(to)
        return trust.way(own, charter.member(self.id), charter.heard(to), self.clock())

    def _sealed(self, statement: Statement, body: bytes) -> Sealed:
        return seal.seal(statement, body, self.ring.shown_to(statement.audience).signer)

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
_PATH = MappingProxyType({ASK: wire.ASK, MAIL: wire.DELIVER, INQUIRY: wire.RECONCILE})
#: Faults of a member that may know other keys of ours than it was shown.
_IN_VAIN = (StrangerError, BrokenSealError, UnreachableError)
#: Seconds that calls on a line which another one replaced have to end: more than any may take.
_LEAVING_S = 3_600.0


class _Line:
    """One channel and its calls, good as long as the way it was made for."""

    def __init__(self, way: trust.Way) -> None:
        self.way, self.channel = way, trust.peer_channel(way)
        self.calls: Mapping[str, Call] = {
            method: self.channel.unary_unary(path) for method, path in _PATH.items()
        }


class Peer:
    """A line to one member's door; it reconnects by itself.

    When keys, CAs or address change a new line takes its place: calls on the old one end there.
    """

    def __init__(self, us: Self, member: MemberId) -> None:
        self._us, self.member = us, member
        self._line: _Line | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def ask(self, question: QuestionId, body: bytes, *, timeout_s: float) -> Outcome:
        """What this member says within the deadline; never raised, whatever the member does.

        Only what it sealed for us as the answer to these very bytes counts as an answer, with its
        place in a log that the member signed.
        """
        asking = self._answer(question, body, timeout_s)
        outcome = await met(self.member, question, asking, timeout_s=timeout_s)
        return replace(outcome, clock_off_s=self._us.clocks.off_s(self.member))

    async def deliver(self, id: str, dispatch: wire.Dispatch, *, timeout_s: float) -> Receipt:
        """Hand over mail; only what the member sealed as the receipt of these bytes counts as one.

        Raises the fault that the member met or gave.
        """
        mail = self._us.mail(self.member, id, wire.dispatch_to(dispatch))
        said, body = await self._replied(MAIL, mail, id, timeout_s)
        return self._read(lambda: replace(wire.receipt_from(body), charter=said.charter))

    async def account(self, id: str, inquiry: Inquiry, *, timeout_s: float) -> Account:
        """What this member's books say, sealed by it; raises the fault that it met or gave."""
        said = self._us.inquire(self.member, id, wire.inquiry_to(inquiry))
        _, body = await self._replied(INQUIRY, said, id, timeout_s)
        return self._read(lambda: wire.account_from(body, self.member, inquiry))

    async def close(self) -> None:
        """Let go of the line; calls on it end."""
        for leaving in self._leaving:
            leaving.cancel()
        if self._leaving:
            await asyncio.wait(self._leaving)
        if self._line:
            await self._line.channel.close()

    async def _answer(self, question: QuestionId, body: bytes, timeout_s: float) -> Answer:
        asked = self._us.ask(self.member, question, body)
        _, answer = await self._replied(ASK, asked, question, timeout_s)
        return self._read(lambda: self._placed(wire.answer_from(answer, question, self.member)))

    def _placed(self, answer: Answer) -> Answer:
        """An answer whose place in its log the member signed: it cannot say later that it is not.

        A head that it did not sign would hold it to nothing.
        """
        if answer.receipt is None:
            raise BrokenSealError("the answer has no place in the log of the member")
        head = wire.log_head(self.member, answer.receipt)
        signing_keys = self._us.charter().heard(self.member).signing_keys
        if not seal.is_by(signing_keys, AUDIT_HEAD_TYPE, head.statement, head.signature):
            raise BrokenSealError("the member did not sign the log in which the answer stands")
        return answer

    async def _replied(
        self, method: str, said: Sealed, id: str, timeout_s: float
    ) -> tuple[Statement, bytes]:
        """The reply that this member sealed to what we said: its statement and its body."""
        shown = self._us.ring.shown_to(self.member)
        try:
            response = await self._call(method)(wire.request_to(said), timeout=timeout_s)
        except grpc.aio.AioRpcError as error:
            fault = fault_of(error)
            if isinstance(fault, _IN_VAIN):
                self._us.ring.in_vain(self.member, shown)
            raise fault from None
        reply = _REPLY[method]
        return self._read(lambda: self._proven(said, wire.response_from(response), id, reply))

    def _call(self, method: str) -> Call:
        """A call on the line of now; it is begun before anything else can change the line."""
        way = self._us.way(self.member)
        if self._line is None or self._line.way != way:
            if self._line:
                leaving = asyncio.get_running_loop().create_task(_left(self._line.channel))
                self._leaving.add(leaving)
                leaving.add_done_callback(self._leaving.discard)
            self._line = _Line(way)
        return self._line.calls[method]

    def _read(self, reading: Callable[[], _Read]) -> _Read:
        """What this member said, if that can be proven and read."""
        try:
            return reading()
        except (BrokenSealError, InvalidError) as fault:
            raise UnprovenError(f"{self.member}: {fault}") from None

    def _proven(
        self, said: Sealed, sealed: Sealed, id: str, method: str
    ) -> tuple[Statement, bytes]:
        member, now = self._us.charter().heard(self.member), self._us.clock()
        # A reply is of now, whatever its seal says: with a key that ended nobody gives one.
        keys = [one for one in member.signing_keys if one.counts_at(now)]
        statement = seal.opened(sealed, keys, sender=member.id, audience=self._us.id, method=method)
        if (statement.reply_to, statement.id) != (said.digest, id):
            raise BrokenSealError("the reply is to something else")
        self._us.ring.heard(member.id, statement.charter)
        self._us.clocks.heard(member.id, statement.sealed_at, now)
        return statement, sealed.body


class Lines:
    """Lines to the other members, opened when first used and kept. Belongs to one event loop."""

    def __init__(self, us: Self) -> None:
        self._us = us
        self._peers: dict[MemberId, Peer] = {}

    def to(self, member: MemberId) -> Peer:
        """The line to a member of the charter."""
        if member not in self._peers:
            self._peers[member] = Peer(self._us, member)
        return self._peers[member]

    async def apply(self, charter: Charter) -> None:
        """Let go of the lines to members that are no longer active in this charter."""
        over = [self._peers.pop(id) for id in set(self._peers) - set(charter.active)]
        for peer in over:
            await peer.close()

    async def close(self) -> None:
        """Let go of every line."""
        while self._peers:
            _, peer = self._peers.popitem()
            await peer.close()


async def _left(channel: grpc.aio.Channel) -> None:
    """Let go of a channel once its calls have ended, or at once when there is no time."""
    try:
        await channel.close(_LEAVING_S)
    except asyncio.CancelledError:
        await channel.close()


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
