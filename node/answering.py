"""The gate: the only way anything we hold reaches anyone, our own people included."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from federation import wire
from federation.charter import Charter, Member
from federation.errors import (
    FederationError,
    InvalidError,
    RefusedError,
    ReplayedError,
)
from federation.messages import (
    Answer,
    Detail,
    Hit,
    LogReceipt,
    MemberId,
    Question,
    Reference,
    Share,
)
from federation.seal import ASK, Sealed, Statement
from node import store
from node.audit import Entry, Operation
from node.codes import Tell
from node.finding import Finder, Here
from node.policy import Policy, Request, Verdict, audiences_of, request_of
from node.quotas import Quotas, SpentError, became_refused
from node.records import shown
from node.search import Found, check_width
from node.store import Store, Tx, View
from node.store.asked import Became
from node.store.disclosures import Given
from node.store.exchanges import Reply
from node.store.markings import MarkingNumber
from node.store.records import Held

#: Told, in the same transaction, what a member was given for a question.
Touched = Callable[[Tx, Request, Question, Sequence[Held]], None]
#: Told, in the same transaction, what became of a member's question.
Heard = Callable[[Tx, MemberId, Question, Became], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a member and its people may ask, and how long the text of questions is kept."""

    quotas: Quotas
    keep_question: timedelta


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question after policy and search: what may be asked, and what was found for it.

    `is_veiled` says that some of what is held may not be known to whoever asks.
    """

    request: Request
    verdict: Verdict
    found: Sequence[Found]
    fault: FederationError | None = None
    is_veiled: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Weighs every question, finds, releases and writes down what leaves, in this order.

    One path for members and for our own people. `sign_for` signs a head of our log by the key
    that a member knows. Plain synchronous code: it is called from
    several threads.
    """

    us: MemberId
    store: Store
    policy: Policy
    charter: Callable[[], Charter]
    digest: Callable[[Question], str]
    limits: Limits
    sign_for: Callable[[MemberId, bytes], bytes]
    find: Finder = field(default_factory=Here)
    touched: Touched = lambda _tx, _request, _question, _held: None
    heard: Heard = lambda _tx, _member, _question, _became: None

    def answer(
        self, member: Member, question: Question, sealed: Sealed, statement: Statement
    ) -> Answer:
        """Answer what policy allows this member to know.

        The audit entry and the disclosures are on disk before this returns; if they cannot be
        written, nothing is answered. What leaves is read again in that same transaction, so
        that a marking tightened meanwhile holds.

        Raises `RefusedError` when the member may not ask at all, `ReplayedError` for a question
        received before and `QuotaError` beyond a quota; each is written down first. Towards a quota
        counts what is let through alone.
        """
        groups = self.charter().groups_of(member.id)
        weighed = self._weighed(request_of(question, member, groups=groups), question)

        def written(tx: Tx) -> tuple[Answer | FederationError, int]:
            is_new = self._received(tx, question, sealed, statement)
            fault = _fault(weighed) if is_new else _replayed(statement)
            fault = fault or self.limits.quotas.take(tx, member.id, question)
            answer, entry = self._answered(tx, weighed, question, fault)
            store.exchanges.hear(tx, member.id, entry, question.id, _reply(answer))
            if is_new:
                self.heard(tx, member.id, question, _became(answer))
            return answer, entry

        answered, entry = self.store.together(written)
        answer, receipt = _answer_or_raised(answered), self._receipt(member.id, entry)
        return replace(answer, receipt=receipt, is_veiled=weighed.is_veiled)

    def answer_own(self, question: Question) -> Answer:
        """Answer one of our own people, bound by role alone; written down as a consultation."""
        us = self.charter().member(self.us)
        request = request_of(question, us, groups=frozenset(), is_own=True)
        weighed = self._weighed(request, question)
        answered, _ = self.store.together(
            lambda tx: self._answered(tx, weighed, question, _fault(weighed))
        )
        return _answer_or_raised(answered)

    def weigh_own(self, question: Question) -> Weighed:
        """Weigh whether one of our own people may ask this; nothing is searched yet."""
        us = self.charter().member(self.us)
        request = request_of(question, us, groups=frozenset(), is_own=True)
        return Weighed(request, self.policy.weigh(request), ())

    def release(self, tx: Tx, weighed: Weighed) -> list[tuple[Given, Hit]]:
        """What was found as it may leave now; its entry is written in this same transaction."""
        return self._leaving(tx, weighed)

    def turned_away(
        self,
        member: MemberId,
        fault: FederationError,
        statement: Statement | None,
        *,
        calls: int = 1,
    ) -> None:
        """Write down a call that was refused before its question could be weighed, or several."""
        entry = Entry(
            operation=Operation.REFUSAL,
            event="turned away",
            peer=member,
            question=statement.id if statement else "",
            ground=fault.code,
            counts={"calls": calls} if calls > 1 else {},
        )

        def written(tx: Tx) -> None:
            place = store.audit.append(tx, entry)
            if statement and statement.method == ASK:
                store.exchanges.hear(tx, member, place, statement.id, Reply("turned-away"))

        self.store.together(written)

    def _weighed(self, request: Request, question: Question) -> Weighed:
        verdict = self.policy.weigh(request)
        if not verdict.is_allowed:
            return Weighed(request, verdict, ())
        try:
            with self.store.view() as view:
                self._check_quota(view, request, question)
                markings = self.visible(view, request)
                is_veiled = markings is not None and len(markings) < store.markings.count(view)
                found = self._found(view, request, question, markings)
        except (InvalidError, SpentError) as fault:
            return Weighed(request, verdict, (), fault)
        return Weighed(request, verdict, found, is_veiled=is_veiled)

    def _found(
        self,
        view: View,
        request: Request,
        question: Question,
        markings: frozenset[MarkingNumber] | None,
    ) -> Sequence[Found]:
        if isinstance(question.seeks, Detail):
            return _referred(view, request.member, question.seeks)
        check_width(question.seeks)
        return self.find(view, question.seeks, markings=markings, limit=question.limit)

    def visible(self, view: View, request: Request) -> frozenset[MarkingNumber] | None:
        """The markings of which a question may learn anything: audience in SQL, then policy.

        None for our own people, whom no marking binds.
        """
        if request.is_own:
            return None
        reaching = store.markings.reaching(view, audiences_of(request))
        return frozenset(
            number
            for number, marking in reaching.items()
            if self.policy.release(request, marking).share > Share.HIDDEN
        )

    def _received(self, tx: Tx, question: Question, sealed: Sealed, statement: Statement) -> bool:
        """Note that this question came; False when it had come before."""
        sender = statement.sender
        is_new = store.seen.remember(tx, sender, statement.id)
        if is_new:
            expires_at = tx.now + self.limits.keep_question
            store.questions.keep(tx, sender, question.id, sealed, expires_at=expires_at)
        return is_new

    def _check_quota(self, view: View, request: Request, question: Question) -> None:
        """Raise `QuotaError` for a member that may not ask any more: nothing is searched for it."""
        if request.is_own:
            return
        now, quotas = view.house.clock(), self.limits.quotas
        if spent := quotas.spent(view, now, request.member, question):
            raise spent

    def _answered(
        self, tx: Tx, weighed: Weighed, question: Question, fault: FederationError | None
    ) -> tuple[Answer | FederationError, int]:
        """The answer as it may leave now, or the fault, and its place in the log."""
        leaving = [] if fault else self._leaving(tx, weighed)
        given = [one for one, _ in leaving]
        if not weighed.request.is_own:
            store.disclosures.add(tx, weighed.request.member, question.id, given)
            if not fault:
                self.touched(tx, weighed.request, question, [one.held for one in given])
        changed_at = store.records.last_changed_at(tx)
        age_s = int((tx.now - changed_at).total_seconds()) if changed_at else None
        answer = Answer(question.id, self.us, tuple(hit for _, hit in leaving), age_s)
        if not (fault or weighed.request.is_own):
            answer = replace(answer, digest=wire.answer_digest(answer))
        said = fault or answer
        return said, store.audit.append(tx, self._entry(weighed, question, given, said))

    def _receipt(self, to: MemberId, entry: int) -> LogReceipt:
        """Where an answer that is on disk stands in the log, and how far the log goes now."""
        with self.store.view() as view:
            now, sign = view.house.clock(), functools.partial(self.sign_for, to)
            head = store.audit.tree_head(view, now, sign)
        return LogReceipt(entry, head.size, head.root, head.signed_at, head.signature)

    def _leaving(self, tx: Tx, weighed: Weighed) -> list[tuple[Given, Hit]]:
        """What is found as it stands now, as much of it as this request may see now."""
        found = {one.held.number: one for one in weighed.found}
        present = store.records.present(tx, [one.held for one in weighed.found])
        shares = [(held, self._share(weighed.request, held)) for held in present]
        seen = [(held, share) for held, share in shares if share > Share.HIDDEN]
        numbers = [held.number for held, _ in seen]
        references = store.references.issue(tx, weighed.request.member, numbers)
        leaving = [
            self._given(found[held.number], held, share, references[held.number])
            for held, share in seen
        ]
        is_own = weighed.request.is_own
        return leaving if is_own else [(given, _as_told(given, hit)) for given, hit in leaving]

    def _share(self, request: Request, held: Held) -> Share:
        return self.policy.release(request, held.record.marking).share

    def _given(
        self, found: Found, held: Held, share: Share, reference: Reference
    ) -> tuple[Given, Hit]:
        """One record as it leaves, and what is written down of that."""
        entity = shown(held.record.entity, share)
        fields = tuple(sorted(entity.properties)) if entity else ()
        hit = Hit(
            member=self.us,
            reference=reference,
            score=found.score,
            is_strong=found.is_strong,
            share=share,
            entity=entity,
            marking=held.record.marking if entity else None,
            reasons=found.reasons if entity else (),
        )
        return Given(held, reference, share, fields), hit

    def _entry(
        self,
        weighed: Weighed,
        question: Question,
        given: Sequence[Given],
        said: Answer | FederationError,
    ) -> Entry:
        """What Directive (EU) 2016/680 Art. 25 asks to be written down."""
        fault = said if isinstance(said, FederationError) else None
        digest = "" if isinstance(said, FederationError) else said.digest
        is_own = weighed.request.is_own
        operation = Operation.CONSULTATION if is_own else Operation.DISCLOSURE
        return entry_about(
            question,
            self.digest(question),
            operation=Operation.REFUSAL if fault else operation,
            event="refused" if fault else "answered",
            peer=weighed.request.member,
            recipients=() if fault else (weighed.request.member,),
            records=tuple(one.held.record.id for one in given),
            handling=tuple(sorted({c for one in given for c in one.held.record.marking.handling})),
            counts={"hits": len(given)},
            ground=f"{fault.code}: {fault}" if fault else weighed.verdict.ground,
            digests={self.us: digest} if digest else {},
        )


def _fault(weighed: Weighed) -> FederationError | None:
    """Why this request gets no answer, or None."""
    if weighed.verdict.is_allowed:
        return weighed.fault
    return RefusedError(f"{weighed.request.member}: {weighed.verdict.ground}")


def _replayed(statement: Statement) -> FederationError:
    return ReplayedError(f"{statement.sender}: {statement.id}")


def _became(answered: Answer | FederationError) -> Became:
    """What became of a question, for whoever looks whether it is one of many."""
    if isinstance(answered, Answer):
        return Became.HIT if any(hit.is_strong for hit in answered.hits) else Became.MISS
    return became_refused(answered)


def _answer_or_raised(answered: Answer | FederationError) -> Answer:
    if isinstance(answered, FederationError):
        raise answered
    return answered


def _reply(answered: Answer | FederationError) -> Reply:
    """How a question was met, as the books have it."""
    if isinstance(answered, FederationError):
        return Reply("refused")
    return Reply("answered", answered.digest)


def _as_told(given: Given, hit: Hit) -> Hit:
    """A hit as a member sees it: whether its owner's people are told, unless they are silently."""
    tell = given.held.record.marking.tell
    if not tell:
        return hit
    marking = replace(hit.marking, tell="") if hit.marking else None
    return replace(hit, marking=marking, is_owner_told=tell == Tell.OPENLY)


def entry_about(question: Question, digest: str = "", **what: Any) -> Entry:  # noqa: ANN401 - Entry's fields
    """An entry that says who asks and why, and by its keyed digest what; `what` says the rest."""
    return Entry(
        person=question.asker.person,
        role=question.asker.role,
        question=question.id,
        question_digest=digest,
        case=question.case,
        purpose=question.purpose,
        topic=question.topic,
        is_urgent=question.is_urgent,
        **what,
    )


def _referred(view: View, member: MemberId, detail: Detail) -> list[Found]:
    """The record that this member was given under a reference before.

    One that was never given and one that is gone look alike: nothing is found.
    """
    number = store.references.find(view, member, detail.reference)
    held = store.records.load(view, [number]) if number else []
    return [Found(one, 1.0, is_strong=False, reasons=()) for one in held]
