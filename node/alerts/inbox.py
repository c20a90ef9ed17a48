"""The inbox: alerts of our people's watches, and their life from new to closed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from federation.errors import InvalidError, NotFoundError
from federation.messages import Alert, Hit, MemberId, Notice, PersonId, Question, Recall, Watch
from node import store
from node.alerts.leaving import Leaving
from node.alerts.posed import decoded, decoded_hit, encoded_hit, question_of
from node.audit import Entry, Operation, entry_about
from node.codes import Purpose
from node.mail.effects import ExpiredError
from node.people import Person, Role
from node.store import Store, Tx
from node.store.alerts import AlertState, HeldAlert

#: Alerts that one look at the inbox brings.
MOST = 500

_NOWHERE = Leaving(str)


class Priority(StrEnum):
    """How soon an alert wants to be looked at."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert as our people see it: the hit, unless it was recalled, and the watch it is for."""

    alert: HeldAlert
    watch: Watch
    hit: Hit | None

    @property
    def priority(self) -> Priority:
        """Urgent as its watch is, or for a threat to life; else by how well it fits."""
        if self.watch.is_urgent or self.watch.purpose == Purpose.THREAT_TO_LIFE:
            return Priority.URGENT
        is_strong = self.hit is not None and self.hit.is_strong
        return Priority.HIGH if is_strong else Priority.NORMAL


@dataclass(frozen=True, slots=True)
class Inbox:
    """Takes what members and our own node tell, and keeps what our people make of it.

    `told` is called once something new is on disk; `leaving` has it told outside of the node.
    """

    us: MemberId
    store: Store
    ids: Callable[[], str]
    told: Callable[[], None] = lambda: None
    leaving: Leaving = _NOWHERE

    def alerted(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member tells of a record that fits a watch of ours that it was asked to keep."""
        if not isinstance(notice.content, Alert):
            return
        own = store.watches.find(tx, notice.content.watch)
        if own is None or member not in {one.member for one in own.members}:
            raise InvalidError(f"{member}: an alert for no watch that it keeps for us")
        if own.expires_at <= tx.now:
            raise ExpiredError(f"{own.id} is over")
        self._raise(tx, member, notice.content)

    def recalled(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member takes back what it told."""
        if isinstance(notice.content, Recall):
            self.take_back(tx, member, notice.content)

    def raise_(self, tx: Tx, alert: Alert) -> None:
        """Our own node tells of a record, or of a planned activity of a member that meets ours."""
        self._raise(tx, alert.hit.member, alert)

    def take_back(self, tx: Tx, member: MemberId, recall: Recall) -> None:
        """Take an alert back: its content goes, that there was one stays."""
        watch, reference = recall.watch, recall.reference
        recalled = store.alerts.recall(
            tx, watch=watch, member=member, reference=reference, ground=recall.ground
        )
        own = store.watches.find(tx, watch)
        if recalled and own:
            question = question_of(decoded(own.question))
            store.audit.append(tx, _taken_back(question, member, recall))
            self.leaving.recalled(tx, recalled, decoded(own.question))
        tx.once_kept(self.told)

    def behind(self, change: int) -> list[Shown]:
        """Alerts that changed after a change, in the order of their last ones; some at a time."""
        with self.store.view() as view:
            alerts = store.alerts.behind(view, change, most=MOST)
            questions = {id: store.watches.find(view, id) for id in {one.watch for one in alerts}}
        watches = {id: decoded(own.question) for id, own in questions.items() if own}
        return [
            Shown(one, watches[one.watch], decoded_hit(one.hit) if one.hit else None)
            for one in alerts
        ]

    def shown_to(self, person: Person, role: Role, change: int) -> list[Shown]:
        """The same, for one of our people; whose look at what and why is on disk before."""
        found = self.behind(change)
        why: defaultdict[tuple[str, str], list[Shown]] = defaultdict(list)
        for one in found:
            why[one.watch.case, one.watch.purpose].append(one)
        if found:
            with self.store.write() as tx:
                for group in why.values():
                    store.audit.append(tx, _looked_at(group, person, role))
        return found

    def change(
        self, id: str, state: AlertState, person: Person, *, assignee: PersonId | None = None
    ) -> None:
        """Note what became of an alert; raises `NotFoundError` for one that is not here."""
        state.check(assignee)
        with self.store.write() as tx:
            alert = store.alerts.find(tx, id)
            if alert is None:
                raise NotFoundError(f"no alert {id}")
            store.alerts.change(tx, id, state, assignee=assignee)
            own = store.watches.find(tx, alert.watch)
            watch = decoded(own.question) if own else None
            store.audit.append(tx, _entry(alert, watch, state, person))
            tx.once_kept(self.told)

    def _raise(self, tx: Tx, member: MemberId, alert: Alert) -> None:
        own = store.watches.find(tx, alert.watch)
        if own is None:
            raise InvalidError(f"{member}: an alert for no watch of ours")
        raised = store.alerts.raise_(
            tx,
            self.ids(),
            watch=alert.watch,
            member=member,
            reference=alert.hit.reference,
            score=alert.hit.score,
            hit=encoded_hit(alert.hit),
        )
        self.leaving.raised(tx, raised, decoded(own.question))
        if member != self.us:
            store.audit.append(tx, _received(member, alert, decoded(own.question)))
        tx.once_kept(self.told)


def _received(member: MemberId, alert: Alert, watch: Watch) -> Entry:
    return entry_about(
        question_of(watch),
        operation=Operation.COLLECTION,
        event="alert received",
        peer=member,
        records=(f"{member} {alert.hit.reference}",),
    )


def _taken_back(question: Question, member: MemberId, recall: Recall) -> Entry:
    return entry_about(
        question,
        operation=Operation.ERASURE,
        event="alert taken back",
        peer=member,
        reason=f"its owner: {recall.ground}",
        records=(f"{member} {recall.reference}",),
    )


def _looked_at(alerts: Sequence[Shown], person: Person, role: Role) -> Entry:
    """That a person was shown alerts of one case and purpose."""
    watch = alerts[0].watch
    return Entry(
        operation=Operation.CONSULTATION,
        event="alerts shown",
        person=person.id,
        role=role,
        case=watch.case,
        purpose=watch.purpose,
        records=tuple(f"{one.alert.member} {one.alert.reference}" for one in alerts),
        counts={"alerts": len(alerts)},
    )


def _entry(alert: HeldAlert, watch: Watch | None, state: AlertState, person: Person) -> Entry:
    return Entry(
        operation=Operation.CONSULTATION,
        event=f"alert {state}",
        person=person.id,
        role=person.all_roles,
        peer=alert.member,
        question=alert.watch,
        case=watch.case if watch else "",
        purpose=watch.purpose if watch else "",
        records=(f"{alert.member} {alert.reference}",),
    )


def proposed(alerts: Sequence[HeldAlert], threshold: float) -> float:
    """The threshold that would have spared its people the false alerts and cost no useful one.

    The least score above as many false ones as possible that is not above the lowest useful one,
    to the hundredth; the same threshold when nothing was closed as false.
    """
    false = [one.score for one in alerts if one.state is AlertState.FALSE]
    useful = [one.score for one in alerts if one.state is AlertState.USEFUL]
    least = min(useful, default=1.0)
    spared = [score for score in false if score < least]
    if not spared:
        return threshold
    return max(threshold, min(least, round(max(spared) + 0.005, 2)))
