"""The way out for questions: our people's question to everyone, ourselves included."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from federation import wire
from federation.charter import Charter
from federation.errors import FederationError, RefusedError
from federation.fanout import Fanout
from federation.messages import (
    Answer,
    Gathered,
    Hit,
    LogReceipt,
    MemberId,
    Outcome,
    Question,
    QuestionId,
)
from node import store
from node.answering import Heard, entry_about
from node.audit import Entry, Operation
from node.policy import Policy, Verdict, request_of
from node.quotas import Quotas, became_refused
from node.store import Store, Tx
from node.store.asked import Became
from node.store.exchanges import Reply
from node.wording import check_words


@dataclass(frozen=True, slots=True)
class Asking:
    """Weighs our own right to ask, writes it down, asks, and gathers."""

    us: MemberId
    store: Store
    policy: Policy
    charter: Callable[[], Charter]
    fanout: Fanout
    answer_own: Callable[[Question], Answer]
    digest: Callable[[Question], str]
    body_digest: Callable[[Question], str]
    quotas: Quotas
    heard: Heard = lambda _tx, _member, _question, _became: None

    async def ask(
        self, question: Question, *, to: Collection[MemberId], timeout_s: float
    ) -> Gathered:
        """Ask the chosen members, all when none is chosen, and gather what they answer.

        Nothing leaves before "asked" is on disk. Every member that was asked is in the result
        with its outcome, and an answer from fewer never looks complete; hits come best first.

        Raises `TooWideError` for a question that would match half a register, `InvalidError`
        for a word that no list knows, `CharterError` when we are suspended, `RefusedError` when our
        own policy says no and `QuotaError` when this person or this case has asked too often.
        """
        check_words(question)
        self.charter().heard(self.us)
        members = self.charter().chosen(to)
        await asyncio.to_thread(self._admit, question, members)
        outcomes = await self.fanout.ask(
            question, members, timeout_s=timeout_s, own=self.answer_own
        )
        gathered = Gathered(question.id, merged(outcomes, question.limit), tuple(outcomes))
        await asyncio.to_thread(self._write_gathered, question, gathered)
        return gathered

    def _admit(self, question: Question, members: Sequence[MemberId]) -> None:
        """Put "asked", or our refusal, on disk before anything leaves."""
        us = self.charter().member(self.us)
        verdict = self.policy.weigh(request_of(question, us, groups=frozenset(), is_own=True))
        with self.store.write() as tx:
            fault = self._fault(tx, question, verdict)
            entry = self._entry(
                question,
                operation=Operation.REFUSAL if fault else Operation.CONSULTATION,
                event="not asked" if fault else "asked",
                recipients=tuple(members),
                ground=f"{fault.code}: {fault}" if fault else verdict.ground,
                digests={"body": self.body_digest(question)},
            )
            place = store.audit.append(tx, entry)
            if fault:
                self.heard(tx, self.us, question, became_refused(fault))
            else:
                others = [member for member in members if member != self.us]
                store.exchanges.ask(tx, others, place, question.id, entry.digests["body"])
        if fault:
            raise fault

    def _fault(self, tx: Tx, question: Question, verdict: Verdict) -> FederationError | None:
        """Why a question of our own people does not leave; None when it does, and is counted."""
        if not verdict.is_allowed:
            return RefusedError(verdict.ground)
        return self.quotas.take(tx, self.us, question)

    def _write_gathered(self, question: Question, gathered: Gathered) -> None:
        """Note what came back from whom: their references, not what they show."""
        entry = self._entry(
            question,
            operation=Operation.COMBINATION,
            event="gathered",
            recipients=tuple(outcome.member for outcome in gathered.outcomes),
            counts={
                f"{one.member} {one.kind}": len(one.answer.hits) if one.answer else 0
                for one in gathered.outcomes
            },
            records=tuple(f"{hit.member} {hit.reference}" for hit in gathered.hits),
            digests={
                one.member: one.answer.digest
                for one in gathered.outcomes
                if one.answer and one.answer.digest
            },
        )
        with self.store.write() as tx:
            store.audit.append(tx, entry)
            self.heard(tx, self.us, question, self._became(gathered))
            for outcome in gathered.outcomes:
                store.exchanges.gather(tx, outcome.member, question.id, _reply(outcome))
                if outcome.answer and outcome.answer.receipt:
                    self._keep(tx, question.id, outcome.member, outcome.answer.receipt)

    def _became(self, gathered: Gathered) -> Became:
        """Whether it hit; what no other member answered that was asked has missed nothing."""
        if any(hit.is_strong for hit in gathered.hits):
            return Became.HIT
        others = [one for one in gathered.outcomes if one.member != self.us]
        is_answered = not others or any(one.answer for one in others)
        return Became.MISS if is_answered else Became.REFUSED

    def _keep(self, tx: Tx, question: QuestionId, member: MemberId, receipt: LogReceipt) -> None:
        head = wire.log_head(member, receipt)
        store.witness.keep_receipt(tx, question, receipt.entry, head)

    def _entry(self, question: Question, **what: Any) -> Entry:  # noqa: ANN401 - Entry's own fields
        return entry_about(question, self.digest(question), **what)


def _reply(outcome: Outcome) -> Reply:
    """How a member met a question, as the books have it."""
    answer = outcome.answer
    if answer is None:
        return Reply(outcome.kind)
    return Reply(outcome.kind, answer.digest, answer.receipt.entry if answer.receipt else 0)


def merged(outcomes: Sequence[Outcome], limit: int) -> tuple[Hit, ...]:
    """The best hits of all answers. Equal scores stand in the order of member and reference."""
    hits = [hit for outcome in outcomes if outcome.answer for hit in outcome.answer.hits]
    hits.sort(key=lambda hit: (-hit.score, hit.member, hit.reference))
    return tuple(hits[:limit])
