"""Watching: the watches of our own people, and how they stand at each member."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from federation.errors import InvalidError, NotFoundError, RefusedError
from federation.messages import (
    MemberId,
    Notice,
    Watch,
    WatchEnd,
    WatchId,
    WatchState,
    WatchVerdict,
)
from node import store
from node.alerts.inbox import proposed
from node.alerts.posed import decoded, encoded, question_of, weighed_as
from node.alerts.standing import Registry
from node.audit import Entry, Operation, entry_about
from node.people import Person
from node.quotas import SpentError, became_refused
from node.search import STRONG
from node.store import Tx, View
from node.store.alerts import AlertState
from node.store.asked import Became
from node.store.mail import Posted
from node.store.watches import MemberState, OwnWatch
from node.wording import check_words

_STATE = {
    WatchState.REGISTERED: MemberState.REGISTERED,
    WatchState.REFUSED: MemberState.REFUSED,
    WatchState.REMOVED: MemberState.REMOVED,
}


#: The least score that raises an alert unless whoever watches says another one.
THRESHOLD = STRONG


@dataclass(frozen=True, slots=True)
class Listed:
    """A watch as its people see it: what it seeks, how it stands, and what it brought.

    `proposed` is the threshold that would have spared its false alerts and cost no useful one.
    """

    own: OwnWatch
    watch: Watch
    alerts: int
    unseen: int
    proposed: float
    deliveries: Sequence[Posted] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """Makes, renews and removes watches; nothing of one leaves before it is on disk here.

    `most` is how long a watch may stand before somebody says that it still should.
    """

    registry: Registry
    most: timedelta

    def add(
        self,
        watch: Watch,
        to: Collection[MemberId],
        *,
        now: datetime,
        case_ends_at: datetime | None = None,
    ) -> WatchId:
        """Let a watch stand at these members, at all when none is named, ours among them.

        Raises `InvalidError` for words that no list knows and a time that is too long,
        `TooWideError` for what would match half a register, `RefusedError` when our own policy
        says no and `QuotaError` when this person or this case has asked too often.
        """
        check_words(question_of(watch))
        members = self.registry.gate.charter().chosen(to)
        self._check_time(watch.expires_at, now, case_ends_at)
        self._check_policy(watch)
        own = OwnWatch(
            watch.id, watch.asker.person, encoded(watch), now, watch.expires_at, case_ends_at, None
        )
        with self.registry.gate.store.write() as tx:
            spent = self._count(tx, watch)
            if not spent:
                store.watches.add(tx, own, members)
                store.audit.append(tx, self._entry(watch, "watch made", members))
                self._ask(tx, watch, members)
        if spent:
            raise spent
        return watch.id

    def renew(self, id: WatchId, person: Person, *, until: datetime, now: datetime) -> None:
        """Let a watch stand until then, wherever it stands."""
        with self.registry.gate.store.write() as tx:
            own = self._standing(tx, id)
            self._check_time(until, now, own.case_ends_at)
            watch = replace(decoded(own.question), expires_at=until)
            members = [one.member for one in own.members if one.state in _AT_WORK]
            store.watches.renew(tx, id, encoded(watch), until)
            store.audit.append(tx, self._entry(watch, "watch renewed", members, by=person))
            self._ask(tx, watch, members)

    def remove(self, id: WatchId, person: Person) -> None:
        """End a watch everywhere; each member's receipt and word show that it has."""
        with self.registry.gate.store.write() as tx:
            own = self._standing(tx, id)
            watch = decoded(own.question)
            members = [one.member for one in own.members if one.state in _AT_WORK]
            store.watches.end(tx, id)
            store.watches.put(tx, id, members, MemberState.REMOVING)
            store.audit.append(tx, self._entry(watch, "watch removed", members, by=person))
            for member in members:
                self._end(tx, member, id)

    def ask_again(self, tx: Tx, member: MemberId) -> None:
        """Ask a member that is active again to keep what it kept for us: it runs anew there."""
        for own in store.watches.every(tx, is_ended=False):
            states = {one.member: one.state for one in own.members}
            if states.get(member) is MemberState.REGISTERED and own.expires_at > tx.now:
                self._ask(tx, decoded(own.question), [member])

    def every(self, *, is_ended: bool = False) -> list[Listed]:
        """Every watch that stands, or every one there ever was, as its people see it."""
        with self.registry.gate.store.view() as view:
            owned = store.watches.every(view, is_ended=is_ended)
            return [_listed(view, one) for one in owned]

    def told(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member says what it made of a watch."""
        if not isinstance(notice.content, WatchVerdict):
            return
        verdict = notice.content
        own = store.watches.find(tx, verdict.watch)
        if own is None or member not in {one.member for one in own.members}:
            raise InvalidError(f"{member}: a word on no watch of ours")
        if own.ended_at is None or verdict.state is WatchState.REMOVED:
            state = _STATE[verdict.state]
            store.watches.put(tx, own.id, [member], state, ground=verdict.ground)

    def expire(self, tx: Tx) -> None:
        """End our people's watches whose time is over; members end theirs by themselves."""
        for one in store.watches.expired(tx, tx.now):
            store.watches.end(tx, one.id)

    def _count(self, tx: Tx, watch: Watch) -> SpentError | None:
        """Count a watch as the question it is; the quota that allows no more, written down."""
        gate, question = self.registry.gate, question_of(watch)
        spent = gate.limits.quotas.own.take(tx, gate.us, question)
        if spent:
            entry = self._entry(watch, "watch not made", (), operation=Operation.REFUSAL)
            ground = f"{spent.code}: {spent}"
            store.audit.append(tx, msgspec.structs.replace(entry, ground=ground))
        became = became_refused(spent) if spent else Became.STANDS
        self.registry.heard(tx, gate.us, question, became)
        return spent

    def _ask(self, tx: Tx, watch: Watch, members: Collection[MemberId]) -> None:
        """Have a watch stand here at once, and ask the others to keep it."""
        us, outbox = self.registry.gate.us, self.registry.outbox
        for member in members:
            if member == us:
                self.registry.register(tx, us, watch)
                store.watches.put(tx, watch.id, [us], MemberState.REGISTERED)
            else:
                expires_at = watch.expires_at
                outbox.post(tx, member, watch, about=watch.id, expires_at=expires_at)

    def _end(self, tx: Tx, member: MemberId, id: WatchId) -> None:
        if member == self.registry.gate.us:
            store.standing.end(tx, member, id)
            store.watches.put(tx, id, [member], MemberState.REMOVED)
        else:
            self.registry.outbox.post(tx, member, WatchEnd(id), about=id)

    def _standing(self, tx: Tx, id: WatchId) -> OwnWatch:
        own = store.watches.find(tx, id)
        if own is None or own.ended_at is not None:
            raise NotFoundError(f"no watch {id} stands")
        return own

    def _check_time(
        self, expires_at: datetime, now: datetime, case_ends_at: datetime | None
    ) -> None:
        if case_ends_at and expires_at > case_ends_at:
            raise InvalidError(f"a watch ends with its case, {case_ends_at:%Y-%m-%d} at the latest")
        if not now < expires_at <= now + self.most:
            raise InvalidError(
                f"a watch stands until a day from now to {now + self.most:%Y-%m-%d}: renew it then"
            )

    def _check_policy(self, watch: Watch) -> None:
        us = self.registry.gate.charter().member(self.registry.gate.us)
        request = weighed_as(watch, us, frozenset(), is_own=True)
        verdict = self.registry.gate.policy.weigh_watch(request)
        if verdict.is_allowed:
            return
        with self.registry.gate.store.write() as tx:
            entry = self._entry(watch, "watch not made", (), operation=Operation.REFUSAL)
            store.audit.append(tx, entry)
        raise RefusedError(verdict.ground)

    def _entry(
        self,
        watch: Watch,
        event: str,
        members: Collection[MemberId],
        *,
        by: Person | None = None,
        operation: Operation = Operation.CONSULTATION,
    ) -> Entry:
        question = question_of(watch)
        entry = entry_about(
            question,
            self.registry.gate.digest(question),
            operation=operation,
            event=event,
            recipients=tuple(members),
        )
        if by is None:
            return entry
        return msgspec.structs.replace(entry, person=by.id, role=by.all_roles)


_AT_WORK = (MemberState.WAITING, MemberState.REGISTERED)


def _listed(view: View, own: OwnWatch) -> Listed:
    watch, alerts = decoded(own.question), store.alerts.of_watch(view, own.id)
    unseen = sum(one.state is AlertState.NEW for one in alerts)
    deliveries = store.mail.posted(view, own.id)
    better = proposed(alerts, watch.threshold)
    return Listed(own, watch, len(alerts), unseen, better, deliveries)
