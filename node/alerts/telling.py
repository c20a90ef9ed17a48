"""Telling: what a watch met, released by the gate, to the member or person whose watch it is."""

import hashlib
from dataclasses import dataclass, replace

import msgspec

from federation import wire
from federation.messages import (
    Alert,
    Hit,
    MemberId,
    Notice,
    NoticeId,
    QuestionId,
    Recall,
    RecallGround,
    Reference,
    Share,
)
from node import store
from node.alerts.inbox import Inbox
from node.alerts.posed import Posed, question_of, weighed_as
from node.alerts.touching import Touching
from node.answering import Gate, Weighed
from node.audit import Entry, Operation, entry_about
from node.mail.outbox import Outbox
from node.policy import Request
from node.search import Found
from node.store import Tx
from node.store.disclosures import Given
from node.store.records import Held
from node.store.standing import Match, MatchState


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells of records and takes back what must no longer be known; in the caller's transaction."""

    gate: Gate
    outbox: Outbox
    inbox: Inbox
    touching: Touching

    def tell(self, tx: Tx, posed: Posed, found: Found) -> bool:
        """Tell of a record as much as a search would show now; whether anything may be known of it.

        Told again only when what is shown has changed. Where the lane is full it is noted as owed.
        """
        request = self.request(posed)
        verdict = request and self.gate.policy.weigh_watch(request)
        if not (request and verdict and verdict.is_allowed):
            return False
        leaving = self.gate.release(tx, Weighed(request, verdict, (found,)))
        if not leaving:
            self.touching.kept_back(tx, request, question_of(posed.watch), found.held)
            return False
        [(given, hit)] = leaving
        self._told(tx, posed, given, hit)
        return True

    def owe(self, tx: Tx, posed: Posed, *, most: int) -> None:
        """Have a member's watch run over records of which we are told first, too."""
        watch, member = posed.watch, posed.standing.member
        if member != self.gate.us:
            question = replace(question_of(watch), limit=most)
            self.touching.owe(tx, member, question, least=watch.threshold)

    def may_know(self, posed: Posed, held: Held) -> bool:
        """Whether the member of a watch, were it active, may still know anything of a record."""
        request = self._request(posed)
        return bool(
            request and self.gate.policy.release(request, held.record.marking).share > Share.HIDDEN
        )

    def is_heard(self, member: MemberId) -> bool:
        """Whether a member is told anything now."""
        return member in self.gate.charter().active

    def put_off(self, tx: Tx, posed: Posed, held: Held) -> bool:
        """Note what a member that is not active is to be told when it is; whether it may know it.

        Nothing leaves, and nothing that was told is taken back for its standing alone.
        """
        if not self.may_know(posed, held):
            return False
        number = posed.standing.number
        before = store.standing.match(tx, number, held.number)
        if before is None or before.state is MatchState.RECALLED:
            before = Match(number, held.number, MatchState.OWED, Reference(""), "")
        store.standing.put_match(tx, replace(before, state=MatchState.OWED))
        return True

    def request(self, posed: Posed) -> Request | None:
        """What policy weighs of a watch now; None when its member is not active any more."""
        return self._request(posed) if self.is_heard(posed.standing.member) else None

    def _request(self, posed: Posed) -> Request | None:
        charter, member = self.gate.charter(), posed.standing.member
        if member not in charter.members:
            return None
        is_own = member == self.gate.us
        groups = frozenset() if is_own else charter.groups_of(member)
        return weighed_as(posed.watch, charter.member(member), groups, is_own=is_own)

    def recall(self, tx: Tx, posed: Posed, held: Held, match: Match, ground: RecallGround) -> None:
        """Take back what was told of a record."""
        store.standing.put_match(tx, replace(match, state=MatchState.RECALLED, digest=""))
        if not match.digest:
            return
        watch, reference = posed.watch.id, match.reference
        if posed.standing.member == self.gate.us:
            self.inbox.take_back(tx, self.gate.us, Recall(watch, reference, ground))
        else:
            content = Recall(watch, reference, ground)
            self.outbox.post(tx, posed.standing.member, content, about=watch)
        entry = self._entry(posed, "alert recalled", held)
        store.audit.append(tx, msgspec.structs.replace(entry, ground=ground))

    def _told(self, tx: Tx, posed: Posed, given: Given, hit: Hit) -> None:
        standing, record = posed.standing, given.held.number
        digest = _digest(Alert(posed.watch.id, hit))
        match = Match(standing.number, record, MatchState.TOLD, hit.reference, digest)
        before = store.standing.match(tx, standing.number, record)
        if before == match:
            return
        if before and before.digest == digest:
            store.standing.put_match(tx, match)  # owed was a state that is gone again
            return
        if standing.member == self.gate.us:
            self.inbox.raise_(tx, Alert(posed.watch.id, hit))
        elif self.outbox.has_room(tx, standing.member):
            self._send(tx, posed, given, hit)
        else:
            match = replace(match, state=MatchState.OWED, digest=before.digest if before else "")
        store.standing.put_match(tx, match)
        if match.state is MatchState.TOLD:
            store.audit.append(tx, self._entry(posed, "alerted", given.held))

    def _send(self, tx: Tx, posed: Posed, given: Given, hit: Hit) -> None:
        watch, member = posed.watch, posed.standing.member
        self.outbox.post(tx, member, Alert(watch.id, hit), about=watch.id)
        store.disclosures.add(tx, member, QuestionId(watch.id), [given])
        self.touching.given(tx, member, question_of(watch), [given.held])

    def _entry(self, posed: Posed, event: str, held: Held) -> Entry:
        """What Directive (EU) 2016/680 Art. 25 asks to be written down."""
        question, member = question_of(posed.watch), posed.standing.member
        is_own = member == self.gate.us
        return entry_about(
            question,
            self.gate.digest(question),
            operation=Operation.COMBINATION if is_own else Operation.DISCLOSURE,
            event=event,
            peer=member,
            recipients=(member,),
            records=(held.record.id,),
            handling=tuple(sorted(held.record.marking.handling)),
        )


def _digest(alert: Alert) -> str:
    """A digest of what travels of an alert: who else may see a record is no part of it."""
    body = wire.notice_to(Notice(NoticeId(""), 0, alert))
    return hashlib.sha256(body).hexdigest()
