"""What the database of a member says: what was sent and came, and how all stands in the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from federation import wire
from federation.messages import (
    Alert,
    Content,
    Hit,
    MemberId,
    Recall,
    Share,
    Watch,
    WatchEnd,
    WatchVerdict,
)
from node import store
from node.alerts.posed import decoded, decoded_hit
from node.audit import decode
from node.store import View
from tests.simulation.history import (
    HIDDEN,
    Accuses,
    Acknowledged,
    Arrived,
    Event,
    Holds,
    Sent,
    Shows,
    Stands,
    Unsettled,
    Watches,
)

#: How wrong a clock may be.
MOST_SKEW = timedelta(seconds=25)
#: What a member is named for.
_NAMED = ("mail withheld", "another notice in the same place")
#: By member, asker and reference: the record.
References = Mapping[tuple[MemberId, MemberId, str], str]


@dataclass
class Evidence:
    """Reads the databases of one member; under which references others know records, for good."""

    us: MemberId
    references: dict[tuple[MemberId, MemberId, str], str] = field(default_factory=dict)

    def sent(self, view: View, to: MemberId, *, after: int = 0) -> Iterator[Sent]:
        """Notices for a member behind a place, as far as their content is still there."""
        for one in store.mail.outgoing(view, to, after=after, most=-1):
            body = one.sealed.body
            content = wire.notice_from(body, self.us, id=one.id, sequence=one.sequence).content
            record, share, stamp = self._about(view, to, content)
            kind = type(content).__name__.lower()
            yield Sent(self.us, to, one.id, kind, _watch(content), record, share, stamp)

    def acknowledged(self, view: View, to: MemberId, *, after: int = 0) -> Iterator[Acknowledged]:
        """Notices that a member has, as far as is known here."""
        sql = (
            "SELECT id FROM mail_out WHERE member = ? AND sequence > ? AND state <> 'waiting'"
            " AND ground <> 'conflict' ORDER BY sequence"
        )
        for (id,) in view._live().execute(sql, (to, after)):
            yield Acknowledged(self.us, to, id)

    def arrived(self, view: View, sender: MemberId, *, after: int = 0) -> Iterator[Arrived]:
        """Notices of a member that are here, behind a place."""
        sql = (
            "SELECT sequence, id, ground FROM mail_in WHERE member = ? AND sequence > ?"
            " ORDER BY sequence"
        )
        for row in view._live().execute(sql, (sender, after)):
            yield Arrived(self.us, sender, *row)

    def end(self, view: View, now: datetime, references: References) -> Iterator[Event]:
        """What is held, watched and shown."""
        for record, version in view._live().execute("SELECT id, version FROM record"):
            yield Holds(self.us, record, version)
        yield from self._watched(view, now)
        for alert in store.alerts.behind(view, 0, most=1_000_000):
            known = references.get((alert.member, self.us, alert.reference), "")
            is_ours = alert.member == self.us
            record = self._record(view, self.us, alert.reference) if is_ours else known
            share, stamp = shown(decoded_hit(alert.hit)) if alert.hit else (HIDDEN, "")
            is_recalled = alert.recalled != ""
            about = (alert.watch, alert.member, record, alert.times)
            yield Shows(self.us, *about, is_recalled=is_recalled, share=share, stamp=stamp)
        for entry in map(decode, store.audit.read(view)):
            if entry.event in _NAMED:
                yield Accuses(self.us, entry.peer, entry.event)
        yield from (Unsettled(self.us, what) for what in undone(view))

    def _watched(self, view: View, now: datetime) -> Iterator[Event]:
        """Watches here that are not over; of our own those that no wrong clock takes for over."""
        rows = view._live().execute("SELECT number FROM standing ORDER BY number").fetchall()
        for one in store.standing.load(view, [row[0] for row in rows]):
            if not one.is_over(now):
                yield Stands(self.us, one.member, one.id)
        for own in store.watches.every(view, is_ended=False):
            if own.expires_at > now + 2 * MOST_SKEW:
                name = decoded(own.question).seeks.name
                yield Watches(self.us, own.id, name, tuple(one.member for one in own.members))

    def _about(self, view: View, to: MemberId, content: Content) -> tuple[str, int, str]:
        if isinstance(content, Alert):
            return self._record(view, to, content.hit.reference), *shown(content.hit)
        if isinstance(content, Recall):
            return self._record(view, to, content.reference), HIDDEN, ""
        return "", HIDDEN, ""

    def _record(self, view: View, to: MemberId, reference: str) -> str:
        key = (self.us, to, reference)
        if key not in self.references:
            sql = (
                "SELECT record.id FROM reference JOIN record ON record.number = reference.record"
                " WHERE reference.member = ? AND reference.reference = ?"
            )
            row = view._live().execute(sql, (to, reference)).fetchone()
            self.references[key] = row[0] if row else ""
        return self.references[key]


def undone(view: View) -> Iterator[str]:
    """What a member still has to do."""
    for lane in store.mail.lanes(view):
        if lane.waiting:
            yield f"has {lane.waiting} notices for {lane.member}: {lane}"
    if store.standing.due(view, version=0):
        yield "has a watch that is due"
    if store.standing.owing(view):
        yield "owes an alert"


def shown(hit: Hit) -> tuple[int, str]:
    """How much a hit shows, and its newest fact."""
    stamp = hit.entity.first("notes") if hit.entity and hit.share is Share.FULL else ""
    return int(hit.share), stamp


def _watch(content: Content) -> str:
    if isinstance(content, Alert | Recall | WatchEnd | WatchVerdict):
        return content.watch
    assert isinstance(content, Watch), "no activities are planned here"
    return content.id
