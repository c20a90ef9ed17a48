"""Encounters: two activities that meet, whom to call, and what both agree to show."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from federation.errors import InvalidError, NotFoundError
from federation.meetings import Consent, ContactPoint, Encounter, Handle, Parting
from federation.messages import (
    Alert,
    Content,
    Hit,
    MemberId,
    Notice,
    Reason,
    Reference,
    Share,
    Showing,
    WatchId,
)
from node import store
from node.alerts.inbox import Inbox
from node.answering import Gate
from node.audit import Entry, Operation
from node.deconfliction.activities import Activity, decoded, question_of
from node.mail.outbox import Outbox
from node.people import Person
from node.store import Tx, View
from node.store.meetings import Met
from node.store.probes import HeldProbe, ProbeState

AGREED, DISAGREED = "agreed", "disagreed"
#: Before a place in a member's answer, until the member says its own name for the activity.
_UNNAMED = "?"


class Part(StrEnum):
    """What of an activity may be shown."""

    KIND = "kind"
    TIME = "time"
    PLACE = "place"
    TARGET = "target"


#: What is shown unless somebody chooses otherwise.
USUAL = (Part.KIND, Part.TIME, Part.PLACE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What our own arithmetic says: in what an activity meets that of a block of an answer."""

    probe: Handle
    part: int
    block: int
    in_target: bool
    in_place: bool


@dataclass(frozen=True, slots=True)
class Encounters:
    """Both sides of every meeting; in the caller's transaction. A member may be ourselves."""

    gate: Gate
    outbox: Outbox
    inbox: Inbox
    ids: Callable[[], str]

    def met(self, tx: Tx, mine: HeldProbe, member: MemberId, finding: Finding) -> None:
        """An activity of ours meets one of a member's: tell it whom to call, and nothing else."""
        activity = planned(tx, mine)
        if activity is None:
            return
        is_ours = finding.probe == mine.handle
        theirs = _unnamed(finding.part, finding.block) if is_ours else finding.probe
        self._add(tx, activity, mine, _Other(member, theirs), finding)
        place = (finding.probe, finding.part, finding.block)
        encounter = Encounter(*place, mine.handle, activity.contact)
        self.outbox.post(tx, member, encounter, about=activity.id)
        self._disclosed(tx, activity, member, "contact point told")

    def met_here(self, tx: Tx, one: HeldProbe, other: HeldProbe, finding: Finding) -> None:
        """Two activities of our own meet: both sides learn of it at once."""
        for mine, theirs in ((one, other), (other, one)):
            activity, contact = planned(tx, mine), planned(tx, theirs)
            if activity and contact:
                self._add(tx, activity, mine, _Other(self.gate.us, theirs.handle), finding)
                met = store.meetings.between(tx, self.gate.us, mine.handle, theirs.handle)
                self._told(tx, met, contact.contact)

    def say(
        self, tx: Tx, id: str, person: Person, *, is_agreed: bool, shows: Collection[Part]
    ) -> None:
        """One of our people agrees to show more of an activity, and what, or does not.

        Raises `NotFoundError` for a meeting that is over or was never told.
        """
        met = store.meetings.find(tx, id)
        if met is None or met.ended_at or not met.contact:
            raise NotFoundError(f"no activities meet under {id}")
        word = AGREED if is_agreed else DISAGREED
        store.meetings.say(tx, id, word, " ".join(sorted(shows)) if is_agreed else "")
        activity = self._activity(tx, met)
        entry = _entry(Operation.CONSULTATION, f"activity {word}", activity, met.member)
        by = {"person": person.id, "role": person.all_roles}
        store.audit.append(tx, msgspec.structs.replace(entry, **by))
        self._send(tx, met, Consent(met.mine, met.theirs, is_agreed))
        self._show(tx, id)

    def end(self, tx: Tx, activity: str, ground: str) -> None:
        """An activity of ours is over: whatever it met is told, and nothing of it is kept."""
        live = [met for met in store.meetings.of_activity(tx, activity) if not met.ended_at]
        for met in live:
            self._end(tx, met, ground)
        for member, mine in {(met.member, met.mine): None for met in live}:
            parting = Parting(mine, ground)
            if member == self.gate.us:
                self._parted(tx, member, parting)
            else:
                self.outbox.post(tx, member, parting, about=activity)
        store.meetings.forget(tx, activity)

    def heard(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member says something of a meeting; only what our own arithmetic found is believed."""
        self._heard(tx, member, notice.content)

    def _heard(self, tx: Tx, member: MemberId, content: Content) -> None:
        match content:
            case Encounter():
                self._encountered(tx, member, content)
            case Consent():
                self._consented(tx, member, content)
            case Showing():
                self._shown(tx, member, content)
            case Parting():
                self._parted(tx, member, content)
            case _:
                raise InvalidError("this is no word on a meeting")

    def _add(
        self, tx: Tx, activity: Activity, mine: HeldProbe, other: "_Other", finding: Finding
    ) -> None:
        met = Met(
            id=self.ids(),
            mine=mine.handle,
            member=other.member,
            theirs=other.handle,
            in_target=finding.in_target,
            in_place=finding.in_place,
            met_at=tx.now,
        )
        if store.meetings.add(tx, met):
            entry = _entry(Operation.COMBINATION, "activities meet", activity, other.member)
            in_what = {"target": int(met.in_target), "place": int(met.in_place)}
            store.audit.append(tx, msgspec.structs.replace(entry, counts=in_what))

    def _encountered(self, tx: Tx, member: MemberId, said: Encounter) -> None:
        if said.handle.startswith(_UNNAMED):
            raise InvalidError(f"{member}: that is no name for an activity")
        own = store.probes.find(tx, said.probe)
        if own is not None and own.member == member:
            self._named(tx, own, said)
            return
        answered = store.probes.answered(tx, member, said.probe, said.part)
        handles = answered.handles if answered else ()
        mine = handles[said.block] if said.block < len(handles) else None
        if mine is None or said.handle != said.probe:
            raise InvalidError(f"{member}: a meeting with nothing of ours")
        met = store.meetings.between(tx, member, mine, said.probe)
        if met is None and not _is_over(store.probes.find(tx, mine)):
            raise InvalidError(f"{member}: a meeting that we did not find")
        self._told(tx, met, said.contact)

    def _named(self, tx: Tx, own: HeldProbe, said: Encounter) -> None:
        """What we found in a member's answer gets its name; it may be known from its own probe."""
        found = store.meetings.between(tx, own.member, own.handle, _unnamed(said.part, said.block))
        if found is None:
            if not _is_over(own):
                raise InvalidError(f"{own.member}: a meeting that we did not find")
            return
        known = store.meetings.between(tx, own.member, own.handle, said.handle)
        if known is None:
            store.meetings.name(tx, found.id, said.handle)
        else:
            store.meetings.drop(tx, found.id)
        self._told(tx, known or found, said.contact)

    def _told(self, tx: Tx, met: Met | None, contact: ContactPoint) -> None:
        """Whom to call is known: our people learn that there is something, once."""
        if met is None or met.contact or met.ended_at:
            return
        store.meetings.put_contact(tx, met.id, _ENCODER.encode(contact))
        self._alert(tx, met.id)

    def _consented(self, tx: Tx, member: MemberId, said: Consent) -> None:
        met = self._meeting(tx, member, said.yours, said.mine)
        if met.ended_at:
            return
        store.meetings.hear(tx, met.id, AGREED if said.is_agreed else DISAGREED)
        self._alert(tx, met.id)
        self._show(tx, met.id)

    def _shown(self, tx: Tx, member: MemberId, said: Showing) -> None:
        met = self._meeting(tx, member, said.yours, said.mine)
        if met.ended_at:
            return
        if met.our_word != AGREED:
            raise InvalidError(f"{member}: shows what nobody here agreed to see")
        store.meetings.put_shown(tx, met.id, _ENCODER.encode(said))
        activity = self._activity(tx, met)
        entry = _entry(Operation.COLLECTION, "activity shown to us", activity, member)
        store.audit.append(tx, entry)
        self._alert(tx, met.id)

    def _parted(self, tx: Tx, member: MemberId, said: Parting) -> None:
        for met in store.meetings.of_theirs(tx, member, said.mine):
            self._end(tx, met, said.ground)

    def _end(self, tx: Tx, met: Met, ground: str) -> None:
        store.meetings.end(tx, met.id, ground)
        mine = store.probes.find(tx, met.mine)
        watch, reference = WatchId(mine.activity if mine else ""), Reference(met.id)
        store.alerts.recall(tx, watch=watch, member=met.member, reference=reference, ground=ground)
        tx.once_kept(self.inbox.told)

    def _show(self, tx: Tx, id: str) -> None:
        """Show what our person chose to show, once both have agreed and not before."""
        met = store.meetings.find(tx, id)
        if met is None or met.has_shown or not met.our_word == met.their_word == AGREED:
            return
        activity = self._activity(tx, met)
        store.meetings.show(tx, id)
        self._disclosed(tx, activity, met.member, "activity shown", met.shows)
        self._send(tx, met, _showing(activity, met))

    def _send(self, tx: Tx, met: Met, content: Content) -> None:
        if met.member == self.gate.us:
            self._heard(tx, self.gate.us, content)
        else:
            self.outbox.post(tx, met.member, content, about=self._activity(tx, met).id)

    def _alert(self, tx: Tx, id: str) -> None:
        met = store.meetings.find(tx, id)
        if met is None:
            return
        watch = WatchId(self._activity(tx, met).id)
        reference = Reference(met.id)
        hit = Hit(met.member, reference, 1.0, is_strong=True, share=Share.HIT, reasons=_words(met))
        self.inbox.raise_(tx, Alert(watch, hit))

    def _meeting(self, view: View, member: MemberId, mine: Handle, theirs: Handle) -> Met:
        met = store.meetings.between(view, member, mine, theirs)
        if met is None:
            raise InvalidError(f"{member}: a word on no meeting of ours")
        return met

    def _activity(self, view: View, met: Met) -> Activity:
        mine = store.probes.find(view, met.mine)
        activity = planned(view, mine) if mine else None
        if activity is None:
            raise InvalidError("the activity is over")
        return activity

    def _disclosed(
        self, tx: Tx, activity: Activity, member: MemberId, event: str, reason: str = ""
    ) -> None:
        digest = self.gate.digest(question_of(activity))
        entry = _entry(Operation.DISCLOSURE, event, activity, member)
        store.audit.append(
            tx,
            msgspec.structs.replace(
                entry, recipients=(member,), reason=reason, question_digest=digest
            ),
        )


@dataclass(frozen=True, slots=True)
class _Other:
    """The other side of a meeting, under its own name or where it stood in its answer."""

    member: MemberId
    handle: Handle


def planned(view: View, probe: HeldProbe) -> Activity | None:
    """The activity behind a probe, None once it is over."""
    held = store.activities.find(view, probe.activity)
    return decoded(held.content) if held and held.content else None


def contact_of(met: Met) -> ContactPoint | None:
    """Whom to call, once the member said it."""
    return _CONTACT.decode(met.contact) if met.contact else None


def shown_of(met: Met) -> Showing | None:
    """What the member showed of its activity."""
    return _SHOWING.decode(met.shown) if met.shown else None


def _showing(activity: Activity, met: Met) -> Showing:
    shows = met.shows.split()
    has_time = Part.TIME in shows
    return Showing(
        met.mine,
        met.theirs,
        kind=activity.kind if Part.KIND in shows else "",
        begins_at=activity.begins_at if has_time else None,
        ends_at=activity.ends_at if has_time else None,
        place=activity.place if Part.PLACE in shows else None,
        target=activity.target if Part.TARGET in shows else None,
    )


def _words(met: Met) -> tuple[Reason, ...]:
    """What an alert says of a meeting: in what, whom to call, and what the other side said."""
    what = " and ".join(
        word
        for word, is_in in (("target", met.in_target), ("place and time", met.in_place))
        if is_in
    )
    contact = contact_of(met) or ContactPoint("")
    call = ", ".join(filter(None, (contact.name, contact.phone, contact.mail)))
    said = [Reason("meets", f"a planned activity meets yours in {what}", 0.0)]
    said.append(Reason("contact", call, 0.0))
    if met.their_word:
        said.append(Reason("consent", f"{met.member} {met.their_word} to show more", 0.0))
    if met.shown:
        said.append(Reason("shown", f"{met.member} shows its activity", 0.0))
    return tuple(said)


def _entry(operation: Operation, event: str, activity: Activity, member: MemberId) -> Entry:
    return Entry(
        operation=operation,
        event=event,
        person=activity.asker.person,
        role=activity.asker.role,
        peer=member,
        question=activity.id,
        case=activity.case,
        purpose=activity.purpose,
        topic=activity.topic,
        is_urgent=activity.is_urgent,
    )


def _unnamed(part: int, block: int) -> Handle:
    return Handle(f"{_UNNAMED}{part}/{block}")


def _is_over(probe: HeldProbe | None) -> bool:
    return probe is None or probe.state is ProbeState.OVER


_ENCODER = msgspec.json.Encoder(order="deterministic")
_CONTACT = msgspec.json.Decoder(ContactPoint)
_SHOWING = msgspec.json.Decoder(Showing)
