"""Matching: what comes in against every watch that stands, and watches over what is here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from federation.messages import RecallGround
from node import store
from node.alerts.posed import Posed
from node.alerts.telling import Telling
from node.keeping import Noticed
from node.search import (
    KEYS_VERSION,
    NO_SCORE,
    STRONG,
    Found,
    Score,
    Subject,
    compared,
    find,
    standing_keys,
    subject_of,
    unpacked,
)
from node.store import Store, Tx, View
from node.store.keys import Findable
from node.store.records import Held
from node.store.standing import Match, MatchState, Standing, StandingNumber

#: Watches that one record is compared with beside those that share much with it.
MOST_MET = 24
#: Records that one run over what is here brings, the best ones.
MOST_FOUND = 100
#: Watches kept ready to be compared, and owed alerts that are told in one transaction.
MOST_KEPT, OWED_AT_ONCE = 20_000, 50


@dataclass(frozen=True, slots=True)
class Matching:
    """Tells of every record that fits a watch: when it comes or changes, and once what was here."""

    telling: Telling
    _known: dict[StandingNumber, Posed] = field(default_factory=dict)
    _stuck: set[StandingNumber] = field(default_factory=set)

    def notice(self, tx: Tx, batch: Sequence[Noticed]) -> None:
        """Match records that were stored, changed or withdrawn, in the transaction that does it."""
        told = defaultdict(list)
        for match in store.standing.matches(tx, [held.number for held, _ in batch]):
            told[match.record].append(match)
        has_any = store.standing.count(tx) > 0
        for held, found_by in batch:
            if has_any or held.number in told:
                self._notice(tx, held, found_by, told[held.number])

    def run_next(self) -> bool:
        """Run the next watch that is due over what is here; False when none is.

        It is looked for in a snapshot and told in a transaction; what comes in between is matched
        on its way in. One that cannot be run is tried again when every other has been.
        """
        with self._store.view() as view:
            standing = store.standing.due(view, version=KEYS_VERSION, but=self._stuck)
        if standing is None:
            self._stuck.clear()
            return False
        self._stuck.add(standing.number)
        if self.telling.is_heard(standing.member):
            self._run(standing)
            self._stuck.discard(standing.number)
        return True

    def tell_owed(self) -> bool:
        """Tell some of what was owed while a lane was full; False when nothing can be told.

        What waits for one member keeps nothing from another; a watch that is over is left to its
        end, which drops what it was owed.
        """
        with self._store.view() as view:
            if not self._ready(view):
                return False
        with self._store.write() as tx:
            ready = self._ready(tx)
            for standing in ready[:1]:
                for match in store.standing.owed(tx, standing.number, most=OWED_AT_ONCE):
                    self._tell_owed(tx, standing, match)
        return bool(ready)

    @property
    def _store(self) -> Store:
        return self.telling.gate.store

    def _notice(self, tx: Tx, held: Held, found_by: Findable | None, told: Sequence[Match]) -> None:
        known = {match.standing: match for match in told}
        met = store.standing.met(tx, found_by.keys, most=MOST_MET) if found_by else []
        if not known and not met:
            return
        subject = unpacked(found_by.forms) if found_by else None
        for standing in store.standing.load(tx, list(dict.fromkeys((*known, *met)))):
            self._weigh(tx, self._posed(standing), held, subject, known.get(standing.number))

    def _weigh(
        self, tx: Tx, posed: Posed, held: Held, subject: Subject | None, match: Match | None
    ) -> None:
        """Tell of a record that fits; take back what was told of one that does no more."""
        score = compared(posed.wanted, subject) if subject else NO_SCORE
        if subject is None:
            ground = RecallGround.WITHDRAWN
        elif score.value < posed.watch.threshold:
            ground = RecallGround.CHANGED
        elif self._may_stay(tx, posed, _as_found(held, score, subject)):
            return
        else:
            ground = RecallGround.MARKING
        if match and match.state is not MatchState.RECALLED:
            self.telling.recall(tx, posed, held, match, ground)

    def _may_stay(self, tx: Tx, posed: Posed, found: Found) -> bool:
        """Tell of a record that fits, once the watch is over no more; whether it may be known."""
        if posed.standing.is_over(tx.now):
            return self.telling.may_know(posed, found.held)
        if not self.telling.is_heard(posed.standing.member):
            return self.telling.put_off(tx, posed, found.held)
        return self.telling.tell(tx, posed, found)

    def _run(self, standing: Standing) -> None:
        posed = Posed.of(standing)
        with self._store.view() as view:
            found = self._found(view, posed)
        with self._store.write() as tx:
            self._ran(tx, posed, found)

    def _found(self, view: View, posed: Posed) -> list[Found]:
        request = self.telling.request(posed)
        if request is None:
            return []
        markings = self.telling.gate.visible(view, request)
        found = find(view, posed.watch.seeks, markings=markings, limit=MOST_FOUND)
        return [one for one in found if one.score >= posed.watch.threshold]

    def _ran(self, tx: Tx, posed: Posed, found: Sequence[Found]) -> None:
        number = posed.standing.number
        if posed.standing.version < KEYS_VERSION:
            keys = standing_keys(posed.watch.seeks)
            store.standing.put_keys(tx, number, keys, version=KEYS_VERSION)
        [now] = store.standing.load(tx, [number])
        if now.question != posed.standing.question:
            return  # it was changed meanwhile, and is due as it stands now
        held = [one.held.number for one in found]
        versions = {one.number: one.record.version for one in store.records.load(tx, held)}
        if not now.is_over(tx.now):
            self.telling.owe(tx, posed, most=MOST_FOUND)
        for one in found if not now.is_over(tx.now) else ():
            is_same = versions.get(one.held.number) == one.held.record.version
            match = store.standing.match(tx, number, one.held.number)
            if is_same and (match is None or match.state is MatchState.RECALLED):
                self.telling.tell(tx, posed, one)
        store.standing.ran(tx, number)

    def _ready(self, view: View) -> list[Standing]:
        """Watches that are owed something that can be told."""
        return [
            standing
            for standing in store.standing.owing(view)
            if not standing.is_over(view.house.clock())
            and self.telling.is_heard(standing.member)
            and self.telling.outbox.has_room(view, standing.member)
        ]

    def _tell_owed(self, tx: Tx, standing: Standing, match: Match) -> None:
        for held in store.records.load(tx, [match.record]):
            subject = subject_of(held.record.entity)
            self._weigh(tx, self._posed(standing), held, subject, match)

    def _posed(self, standing: Standing) -> Posed:
        """A watch as it stands now; what it seeks is read once."""
        known = self._known.get(standing.number)
        if known is None or known.standing.question != standing.question:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            known = self._known[standing.number] = Posed.of(standing)
        return Posed(standing, known.watch, known.wanted)


def _as_found(held: Held, score: Score, subject: Subject) -> Found:
    reasons = score.reasons(subject)
    return Found(held, score.value, is_strong=score.value >= STRONG, reasons=reasons)
