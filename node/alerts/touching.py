"""Touching: our people are told when a member's question touches a record that is marked for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from federation.errors import NotFoundError
from federation.messages import (
    Asker,
    Detail,
    Entity,
    MemberId,
    PersonId,
    Question,
    QuestionId,
    Share,
    Sought,
)
from node import store
from node.alerts.leaving import Leaving
from node.answering import Gate
from node.audit import Entry, Operation
from node.codes import Purpose, Tell, Topic
from node.people import Person, Role
from node.policy import Request, audiences_of, request_of
from node.search import Found, find
from node.store import Tx, View
from node.store.alerts import AlertState
from node.store.letters import Line
from node.store.markings import MarkingNumber
from node.store.records import Held
from node.store.touches import Owed, Touch

#: Touches that one look brings.
MOST = 500


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch as our people see it, with the record as it is now and the source that it is from."""

    touch: Touch
    entity: Entity | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Touching:
    """Notes whose questions touch what; `told` is called for our people, `due` for what is owed.

    Records of which we are told first are not looked for while a member waits for its answer: that
    would take time, which would tell that there is something. The question is owed instead, in the
    transaction that answers it, and looked through afterwards.
    """

    gate: Gate
    ids: Callable[[], str]
    leaving: Leaving
    told: Callable[[], None] = lambda: None
    due: Callable[[], None] = lambda: None

    def answered(self, tx: Tx, request: Request, question: Question, given: Sequence[Held]) -> None:
        """A member was given these records for a question."""
        self.given(tx, request.member, question, given)
        self.owe(tx, request.member, question)

    def given(self, tx: Tx, member: MemberId, question: Question, given: Sequence[Held]) -> None:
        """Note each of these records of which we want to be told."""
        for held in given:
            if held.record.marking.tell:
                self._note(tx, member, question, held)

    def owe(self, tx: Tx, member: MemberId, question: Question, *, least: float = 0.0) -> None:
        """Have a question looked through for records of which we are told first, if there are any.

        Whether it is does not depend on what is asked.
        """
        if store.markings.has_told_first(tx):
            store.touches.owe(tx, member, _encoded(question), least=least)
            tx.once_kept(self.due)

    def kept_back(self, tx: Tx, request: Request, question: Question, held: Held) -> None:
        """Note a record that fits a question and was kept back because we are told first."""
        if not request.is_own and self._would_show(request, held):
            self._note_first(tx, request.member, question, held)

    def look_next(self) -> bool:
        """Look the next question that is owed through; False when none is."""
        with self.gate.store.view() as view:
            owed = store.touches.next_owed(view)
            if owed is None:
                return False
            question = _decoded(owed.question)
            request = self._request(owed.member, question)
            found = self._found(view, request, question, owed) if request else []
        with self.gate.store.write() as tx:
            for held in store.records.present(tx, found):
                if request:
                    self.kept_back(tx, request, question, held)
            store.touches.settle(tx, owed.number)
        return True

    def behind(self, change: int) -> list[Touched]:
        """Touches that changed after a change, in the order of their last ones; some at a time."""
        with self.gate.store.view() as view:
            touches = store.touches.behind(view, change, most=MOST)
            held = {id: store.records.get(view, id) for id in {one.record for one in touches}}
        known = {id: (one.record.entity, one.record.source) for id, one in held.items() if one}
        return [Touched(one, *known.get(one.record, (None, ""))) for one in touches]

    def shown_to(self, person: Person, role: Role, change: int) -> list[Touched]:
        """The same, for one of our people; that it looked is on disk before."""
        found = self.behind(change)
        if found:
            with self.gate.store.write() as tx:
                store.audit.append(tx, _looked_at(found, person, role))
        return found

    def change(
        self, id: str, state: AlertState, person: Person, *, assignee: PersonId | None = None
    ) -> None:
        """Note what became of a touch; raises `NotFoundError` for one that is not here."""
        state.check(assignee)
        with self.gate.store.write() as tx:
            touch = store.touches.find(tx, id)
            if touch is None:
                raise NotFoundError(f"no touch {id}")
            store.touches.change(tx, id, state, assignee=assignee)
            store.audit.append(tx, _changed(touch, state, person))
            tx.once_kept(self.told)

    def _request(self, member: MemberId, question: Question) -> Request | None:
        """What policy weighs of a question now; None when its member is not active."""
        charter = self.gate.charter()
        if member not in charter.active:
            return None
        groups = charter.groups_of(member)
        return request_of(question, charter.member(member), groups=groups)

    def _found(
        self, view: View, request: Request, question: Question, owed: Owed
    ) -> Sequence[Held]:
        """Records that the question finds among those of which we are told first."""
        if isinstance(question.seeks, Detail):
            number = store.references.find(view, owed.member, question.seeks.reference)
            return store.records.load(view, [number]) if number else []
        markings = self._markings(view, request)
        found: Sequence[Found] = ()
        if markings:
            found = find(view, question.seeks, markings=markings, limit=question.limit)
        return [one.held for one in found if one.score >= owed.least]

    def _markings(self, view: View, request: Request) -> frozenset[MarkingNumber]:
        reaching = store.markings.reaching(view, audiences_of(request))
        first = {n: one for n, one in reaching.items() if one.tell == Tell.FIRST}
        release = self.gate.policy.release
        return frozenset(
            number
            for number, marking in first.items()
            if release(request, replace(marking, tell="")).share > Share.HIDDEN
        )

    def _would_show(self, request: Request, held: Held) -> bool:
        """Whether a record would be shown if we were not told first."""
        marking = held.record.marking
        if marking.tell != Tell.FIRST:
            return False
        return self.gate.policy.release(request, replace(marking, tell="")).share > Share.HIDDEN

    def _note_first(self, tx: Tx, member: MemberId, question: Question, held: Held) -> None:
        if self._note(tx, member, question, held):
            store.audit.append(tx, _kept_back(member, question, held))

    def _note(self, tx: Tx, member: MemberId, question: Question, held: Held) -> bool:
        """Note that a question touched a record, once; whether it was not known."""
        if not store.touches.is_new(tx, member, held.number, question.id):
            return False
        touch = store.touches.raise_(tx, self.ids(), member, held, question)
        self.leaving.leave(tx, _line(touch))
        tx.once_kept(self.told)
        return True


def _line(touch: Touch) -> Line:
    """What leaves the node of a touch: words of a member that are in no list of ours do not."""
    return Line(
        event="touched",
        alert=touch.id,
        watch="",
        member=touch.member,
        state=touch.state,
        topic=touch.topic if touch.topic in set(Topic) else "",
        purpose=touch.purpose if touch.purpose in set(Purpose) else "",
        is_urgent=touch.is_urgent,
        score=None,
    )


def _kept_back(member: MemberId, question: Question, held: Held) -> Entry:
    return Entry(
        operation=Operation.CONSULTATION,
        event="kept back, told first",
        person=question.asker.person,
        role=question.asker.role,
        peer=member,
        question=question.id,
        case=question.case,
        purpose=question.purpose,
        topic=question.topic,
        is_urgent=question.is_urgent,
        records=(held.record.id,),
        handling=tuple(sorted(held.record.marking.handling)),
    )


def _looked_at(found: Sequence[Touched], person: Person, role: Role) -> Entry:
    """That a person was shown whose questions touched which records."""
    return Entry(
        operation=Operation.CONSULTATION,
        event="touches shown",
        person=person.id,
        role=role,
        reason="who asked for records of ours",
        records=tuple(dict.fromkeys(one.touch.record for one in found)),
        counts={"touches": len(found)},
    )


def _changed(touch: Touch, state: AlertState, person: Person) -> Entry:
    return Entry(
        operation=Operation.CONSULTATION,
        event=f"touch {state}",
        person=person.id,
        role=person.all_roles,
        peer=touch.member,
        records=(touch.record,),
    )


class _Kept(msgspec.Struct, array_like=True):
    """A question as it is kept: it seeks somebody, or asks for a reference again."""

    id: QuestionId
    asker: Asker
    case: str
    purpose: str
    topic: str
    is_urgent: bool
    limit: int
    sought: Sought | None
    detail: Detail | None


def _encoded(question: Question) -> bytes:
    seeks = question.seeks
    kept = _Kept(
        question.id,
        question.asker,
        question.case,
        question.purpose,
        question.topic,
        question.is_urgent,
        question.limit,
        seeks if isinstance(seeks, Sought) else None,
        seeks if isinstance(seeks, Detail) else None,
    )
    return msgspec.msgpack.encode(kept)


def _decoded(data: bytes) -> Question:
    kept = msgspec.msgpack.decode(data, type=_Kept)
    return Question(
        id=kept.id,
        asker=kept.asker,
        case=kept.case,
        purpose=kept.purpose,
        seeks=kept.detail or kept.sought or Sought(),
        topic=kept.topic,
        is_urgent=kept.is_urgent,
        limit=kept.limit,
    )
