"""Standing: watches that members asked us to keep, and our own people's, until they end."""

from collections.abc import Callable
from dataclasses import dataclass

from federation.errors import InvalidError
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
from node.alerts.posed import decoded, encoded, question_of, weighed_as
from node.answering import Gate, Heard, entry_about
from node.audit import Entry, Operation
from node.mail.outbox import Outbox
from node.policy import Verdict
from node.quotas import became_refused
from node.search import KEYS_VERSION, standing_keys
from node.store import Tx
from node.store.asked import Became
from node.wording import check_words

#: Why a watch is refused, as its member is told.
POLICY, INVALID, OVER, QUOTA = "policy", "invalid", "expired", "quota"


@dataclass(frozen=True, slots=True)
class Registry:
    """Lets watches stand and end; `due` is called once one is to run over what is here.

    A watch that is new or another one counts as a question does, once it may stand, and `heard` is
    told of it.
    """

    gate: Gate
    outbox: Outbox
    due: Callable[[], None] = lambda: None
    heard: Heard = lambda _tx, _member, _question, _became: None

    def asked(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member asks us to keep a watch; it hears whether we do, and a word why not."""
        if not isinstance(notice.content, Watch):
            return
        watch = notice.content
        is_known = self._is_known(tx, member, watch)
        verdict, spent = self._verdict(tx, member, watch), None
        if verdict.is_allowed and not is_known:
            spent = self.gate.limits.quotas.take(tx, member, question_of(watch))
            verdict = Verdict(is_allowed=False, ground=f"{QUOTA}: {spent}") if spent else verdict
        ground = "" if verdict.is_allowed else verdict.ground.partition(":")[0]
        if verdict.is_allowed:
            self.register(tx, member, watch)
        else:
            store.standing.end(tx, member, watch.id)  # what it said before stood by another verdict
        if not is_known:
            refused = became_refused(spent) if spent else Became.REFUSED
            became = Became.STANDS if verdict.is_allowed else refused
            self.heard(tx, member, question_of(watch), became)
        event = "watch registered" if verdict.is_allowed else "watch refused"
        store.audit.append(tx, self._entry(member, watch, event, verdict))
        state = WatchState.REGISTERED if verdict.is_allowed else WatchState.REFUSED
        self.outbox.post(tx, member, WatchVerdict(watch.id, state, ground), about=watch.id)

    def ended(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member's watch is over; it hears that nothing of it is kept that still finds."""
        if not isinstance(notice.content, WatchEnd):
            return
        id = notice.content.watch
        store.standing.end(tx, member, id)
        store.audit.append(tx, _ended(member, id, "watch removed"))
        verdict = WatchVerdict(id, WatchState.REMOVED)
        self.outbox.post(tx, member, verdict, about=id)

    def register(self, tx: Tx, member: MemberId, watch: Watch) -> None:
        """Let a watch stand from now on; it runs over what is here as soon as this is on disk."""
        store.standing.register(
            tx,
            member,
            watch.id,
            question=encoded(watch),
            expires_at=watch.expires_at,
            keys=standing_keys(watch.seeks),
            version=KEYS_VERSION,
        )
        tx.once_kept(self.due)

    def run_again(self, tx: Tx, member: MemberId) -> None:
        """Have the watches of a member that is active again run over what is here now."""
        store.standing.run_again(tx, member)
        tx.once_kept(self.due)

    def expire(self, tx: Tx) -> int:
        """End every watch whose time is over; returns how many."""
        over = store.standing.expired(tx, tx.now)
        for one in over:
            store.standing.end(tx, one.member, one.id)
            store.audit.append(tx, _ended(one.member, one.id, "watch expired"))
        return len(over)

    def _is_known(self, tx: Tx, member: MemberId, watch: Watch) -> bool:
        """Whether it seeks what it sought before: it is only to stand longer."""
        held = store.standing.find(tx, member, watch.id)
        return held is not None and decoded(held.question).seeks == watch.seeks

    def _verdict(self, tx: Tx, member: MemberId, watch: Watch) -> Verdict:
        try:
            check_words(question_of(watch))
        except InvalidError as fault:
            return Verdict(is_allowed=False, ground=f"{INVALID}: {fault}")
        if watch.expires_at <= tx.now:
            return Verdict(is_allowed=False, ground=OVER)
        charter = self.gate.charter()
        groups = charter.groups_of(member)
        request = weighed_as(watch, charter.heard(member), groups, is_own=False)
        verdict = self.gate.policy.weigh_watch(request)
        if verdict.is_allowed:
            return verdict
        return Verdict(is_allowed=False, ground=f"{POLICY}: {verdict.ground}")

    def _entry(self, member: MemberId, watch: Watch, event: str, verdict: Verdict) -> Entry:
        question = question_of(watch)
        return entry_about(
            question,
            self.gate.digest(question),
            operation=Operation.CONSULTATION if verdict.is_allowed else Operation.REFUSAL,
            event=event,
            peer=member,
            ground=verdict.ground,
        )


def _ended(member: MemberId, id: WatchId, event: str) -> Entry:
    return Entry(operation=Operation.ADMINISTRATION, event=event, peer=member, question=id)
