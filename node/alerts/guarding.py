"""Guarding: whoever seems to fish is told to our coordinators, and to those of its own member."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from federation.alarms import Alarm, AlarmKind
from federation.charter import Charter
from federation.errors import NotFoundError, RefusedError
from federation.messages import MemberId, Notice, PersonId, Question, Sought
from node import store
from node.alerts.leaving import Leaving
from node.audit import Entry, Operation
from node.fishing import Measure, Posed, misses
from node.mail.outbox import Outbox
from node.people import Person, Role
from node.search import plain
from node.store import Tx, View
from node.store.alarms import HeldAlarm, Whose
from node.store.alerts import AlertState
from node.store.asked import Asked, Became
from node.store.letters import Line

#: Alarms that one look at the list brings.
MOST = 500
#: How far back fishing is looked for, and at how many questions of one member.
WINDOW, MOST_ASKED = timedelta(hours=1), 4_000
#: People of one member of whom we tell; more are told of as the member as a whole.
MOST_PEOPLE = 20
#: Alarms that one member may tell us of within `WINDOW`: it may make them up.
MOST_TOLD = 100

Found = tuple[str, AlarmKind, Sequence[Asked]]


@dataclass(frozen=True, slots=True)
class Guarding:
    """Notes who asks what, and looks from time to time whether it looks like fishing.

    A question is noted in the transaction that answers or refuses it, and looked at by the next
    `look`, so that nobody waits for it and a restart forgets nothing. What was sought is forgotten
    after an hour. The same alarm is told once in `quiet`, and nothing is ever refused for one.
    """

    us: MemberId
    outbox: Outbox
    charter: Callable[[], Charter]
    leaving: Leaving
    measure: Measure
    quiet: timedelta
    told: Callable[[], None] = lambda: None
    _looked: dict[MemberId, int] = field(default_factory=dict)

    def heard(self, tx: Tx, member: MemberId, question: Question, became: Became) -> None:
        """Note a question of a member, or of our own people, and what became of it."""
        if isinstance(question.seeks, Sought):
            seeks = msgspec.msgpack.encode(question.seeks)
            person, case = question.asker.person, question.case
            store.asked.note(tx, member, Asked(0, person, case, tx.now, became, seeks))

    def look(self) -> None:
        """Look through what was asked since the last look, with the hour before it."""
        with self.outbox.store.view() as view:
            before = view.house.clock() - WINDOW
            last = {member: store.asked.last(view, member) for member in self.charter().members}
            new = [member for member in last if last[member] > self._looked.get(member, 0)]
            found = {member: list(self._found(view, member)) for member in new}
            is_overdue = store.asked.is_overdue(view, before)
        if new or is_overdue:
            with self.outbox.store.write() as tx:
                for member in new:
                    for one in found[member]:
                        self._raise(tx, member, *one)
                    store.asked.keep_newest(tx, member, MOST_ASKED)
                store.asked.forget(tx, before)
        self._looked.update(last)

    def alarmed(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member tells that one of our people seems to fish in its records."""
        if not isinstance(notice.content, Alarm):
            return
        if len(store.alarms.active(tx, (member, self.us), tx.now - WINDOW)) >= MOST_TOLD:
            raise RefusedError(f"{member}: more than {MOST_TOLD} alarms")
        self._note(tx, (member, self.us), notice.content)

    def behind(self, change: int) -> list[HeldAlarm]:
        """Alarms that changed after a change, in the order of their last ones; some at a time."""
        with self.outbox.store.view() as view:
            return store.alarms.behind(view, change, most=MOST)

    def shown_to(self, person: Person, role: Role, change: int) -> list[HeldAlarm]:
        """The same, for one of our people; that it looked is on disk before."""
        found = self.behind(change)
        if found:
            with self.outbox.store.write() as tx:
                store.audit.append(tx, _looked_at(found, person, role))
        return found

    def change(
        self, id: str, state: AlertState, person: Person, *, assignee: PersonId | None = None
    ) -> None:
        """Note what became of an alarm; raises `NotFoundError` for one that is not here.

        Raises `RefusedError` when it is about the very person: nobody clears themselves.
        """
        state.check(assignee)
        with self.outbox.store.write() as tx:
            alarm = store.alarms.find(tx, id)
            if alarm is None or person.acting("FollowAlarms") is None:
                raise NotFoundError(f"no alarm {id}")
            if (alarm.member, alarm.about.person) == (self.us, person.id):
                raise RefusedError(f"{id} is about the person who would close it")
            store.alarms.change(tx, id, state, assignee=assignee)
            role = person.all_roles
            peer = self._peer(alarm)
            entry = _entry(f"alarm {state}", alarm, peer, person=person.id, role=role)
            store.audit.append(tx, entry)
            tx.once_kept(self.told)

    def _found(self, view: View, member: MemberId) -> Iterator[Found]:
        """What looks like fishing: of one person, else of all who are not found out already.

        With each the questions that look so, and no others that were asked beside them.
        """
        now = view.house.clock()
        asked = store.asked.of(view, member, since=now - WINDOW, most=MOST_ASKED)
        looked = self._looked.get(member, 0)
        theirs: dict[str, list[Asked]] = defaultdict(list)
        for one in asked:
            theirs[one.person].append(one)
        new = [person for person, its in theirs.items() if its[-1].number > looked]
        active = store.alarms.active(view, (self.us, member), now - self.quiet)
        for kind in AlarmKind:
            known = {person for person, its in active if its == kind and person}
            for person in new:
                if len(known) >= MOST_PEOPLE:
                    break
                if looking := self._looking(kind, theirs[person], Became.QUOTA):
                    known.add(person)
                    yield person, kind, looking
            others = [one for one in asked if one.person not in known]
            is_many = len(theirs.keys() - known) > 1 or kind is AlarmKind.QUOTA
            if is_many and (looking := self._looking(kind, others, Became.FULL)):
                yield "", kind, looking

    def _looking(self, kind: AlarmKind, asked: Sequence[Asked], over: Became) -> Sequence[Asked]:
        """Those questions that look like fishing of this kind; `over` as `_posed` takes it."""
        places = self.measure.looking(kind, [_posed(one, over) for one in asked])
        return [asked[place] for place in places]

    def _raise(
        self, tx: Tx, member: MemberId, person: str, kind: AlarmKind, asked: Sequence[Asked]
    ) -> None:
        """Raise an alarm with the case, counts and times of the questions that look so."""
        posed = [_posed(one, Became.QUOTA) for one in asked]
        [(case, _)] = Counter(one.case for one in asked).most_common(1)
        counts = (len(asked), misses(posed), asked[0].asked_at, asked[-1].asked_at)
        alarm = Alarm(self.outbox.ids(), kind, person, case, *counts)
        raised = self._note(tx, (self.us, member), alarm)
        if raised and member != self.us and member in self.charter().active:
            self.outbox.post(tx, member, raised.about, about=raised.id)

    def _peer(self, alarm: HeldAlarm) -> MemberId:
        """The other side of an alarm."""
        return alarm.member if alarm.told_by == self.us else alarm.told_by

    def _note(self, tx: Tx, whose: Whose, alarm: Alarm) -> HeldAlarm | None:
        """Keep an alarm; one that is news is written down and told."""
        id = alarm.id if whose[0] == self.us else self.outbox.ids()
        raised = store.alarms.raise_(tx, id, whose, alarm, quiet=self.quiet)
        if raised:
            entry = _entry("alarm raised", raised, self._peer(raised), person=alarm.person)
            store.audit.append(tx, entry)
            self.leaving.leave(tx, _line(raised))
            tx.once_kept(self.told)
        return raised


def words_of(seeks: bytes) -> str:
    """What was sought, as it is noted, in plain words."""
    return plain(_SOUGHT.decode(seeks))


def _posed(asked: Asked, over: Became) -> Posed:
    """A question as it is judged; `over` says which quota counts as spent."""
    is_answered = asked.became in (Became.HIT, Became.MISS)
    is_miss = asked.became is Became.MISS if is_answered else None
    return Posed(asked.seeks, is_miss, is_over=asked.became is over)


def _entry(event: str, alarm: HeldAlarm, peer: MemberId, *, person: str, role: str = "") -> Entry:
    """What is written down: the alarm, and who fished or, of a change, who made it."""
    about = alarm.about
    return Entry(
        operation=Operation.ADMINISTRATION,
        event=event,
        peer=peer,
        question=alarm.id,
        case=about.case,
        ground=about.kind,
        counts={"questions": about.questions, "misses": about.misses},
        person=person,
        role=role,
    )


def _looked_at(found: Sequence[HeldAlarm], person: Person, role: Role) -> Entry:
    """That a person was shown who seemed to fish."""
    return Entry(
        operation=Operation.CONSULTATION,
        event="alarms shown",
        person=person.id,
        role=role,
        reason="who seemed to fish",
        records=tuple(one.id for one in found),
        counts={"alarms": len(found)},
    )


def _line(alarm: HeldAlarm) -> Line:
    """What leaves the node of an alarm: about which member it is, and not about whom."""
    return Line(
        event="alarmed",
        alert=alarm.id,
        watch="",
        member=alarm.member,
        state=alarm.state,
        topic="",
        purpose="",
        is_urgent=True,
        score=None,
    )


_SOUGHT = msgspec.msgpack.Decoder(Sought)
