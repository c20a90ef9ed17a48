"""Planning: the activities of our own people, from when they are planned until they are over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from federation.errors import InvalidError, NotFoundError, RefusedError
from federation.meetings import ContactPoint, Place
from federation.messages import MemberId, Sought, Watch, WatchId
from node import store
from node.alerts.posed import encoded as encoded_watch
from node.audit import Entry, Operation, entry_about
from node.codes import ActivityKind
from node.dates import PartialDate
from node.deconfliction.activities import Activity, asked, decoded, encoded, offered, question_of
from node.deconfliction.cells import MOST_LATITUDE, MOST_RADIUS_M
from node.deconfliction.comparing import Comparing
from node.deconfliction.encounters import Part
from node.deconfliction.veiling import MOST_ACTIVITIES, sizes_of
from node.people import Person
from node.search import address, check_width
from node.store import Store, Tx
from node.store.activities import HeldActivity
from node.store.mail import Posted
from node.store.meetings import Met
from node.store.probes import HeldProbe
from node.store.watches import OwnWatch
from node.wording import check_why

#: Why an activity is over.
REMOVED, CHANGED, EXPIRED = "removed", "changed", "expired"
#: How far ahead something is planned, and how long it is remembered who probed us.
_AHEAD, _REMEMBERED = timedelta(days=366), timedelta(days=62)
_MOST_LONGITUDE = 180


@dataclass(frozen=True, slots=True)
class Planned:
    """An activity as its people see it, None once it is forgotten; how it stands, what it met."""

    held: HeldActivity
    activity: Activity | None
    probes: Sequence[HeldProbe]
    meetings: Sequence[Met]
    deliveries: Sequence[Posted] = ()


@dataclass(frozen=True, slots=True)
class Planning:
    """Adds and ends activities; nothing of one is looked for before it is on disk here.

    `most` is how long one may last.
    """

    comparing: Comparing
    most: timedelta

    @property
    def store(self) -> Store:
        """Where activities are kept."""
        return self.comparing.encounters.gate.store

    def add(
        self, activity: Activity, to: Collection[MemberId], *, now: datetime, instead_of: str = ""
    ) -> None:
        """Plan an activity and find out what it meets at these members, at all when none is named.

        `instead_of` is one that this changes: it is over, and whatever it met is told so. Raises
        `InvalidError` for what cannot be planned so and `RefusedError` when our policy says no.
        """
        _check(activity, now, self.most)
        members = self._chosen(to)
        self._check_policy(activity)
        with self.store.write() as tx:
            if instead_of:
                self._end(tx, self._live(tx, instead_of), CHANGED)
            if len(store.activities.every(tx, is_ended=False)) >= MOST_ACTIVITIES:
                raise InvalidError(f"at most {MOST_ACTIVITIES} activities are planned at one time")
            store.watches.add(tx, _as_watch(activity, now), ())
            store.activities.add(tx, activity.id, encoded(activity), ends_at=activity.ends_at)
            self.comparing.plan(tx, activity.id, members)
            store.audit.append(tx, self._entry(activity, "activity planned", members))

    def remove(self, id: str, person: Person) -> None:
        """An activity does not take place: what it met is told, and what it said is forgotten."""
        with self.store.write() as tx:
            self._end(tx, self._live(tx, id), REMOVED, by=person)

    def answer(self, id: str, person: Person, *, is_agreed: bool, shows: Collection[Part]) -> None:
        """Agree that both sides of a meeting show more, and what of ours; or do not."""
        with self.store.write() as tx:
            self.comparing.encounters.say(tx, id, person, is_agreed=is_agreed, shows=shows)

    def every(self, *, is_ended: bool = False) -> list[Planned]:
        """Every activity that is planned, or every one there was, as its people see it."""
        with self.store.view() as view:
            return [
                Planned(
                    held,
                    decoded(held.content) if held.content else None,
                    store.probes.of_activity(view, held.id),
                    store.meetings.of_activity(view, held.id),
                    store.mail.posted(view, held.id),
                )
                for held in store.activities.every(view, is_ended=is_ended)
            ]

    def expire(self) -> bool:
        """End what is over and forget what it said; False when there is nothing of that kind."""
        with self.store.view() as view:
            over = store.activities.expired(view, view.house.clock())
        if over:
            with self.store.write() as tx:
                for held in store.activities.expired(tx, tx.now):
                    self._end(tx, held, EXPIRED)
                store.probes.forget(tx, tx.now - _REMEMBERED)
        return bool(over)

    def _live(self, tx: Tx, id: str) -> HeldActivity:
        held = store.activities.find(tx, id)
        if held is None or held.ended_at:
            raise NotFoundError(f"no activity {id} is planned")
        return held

    def _end(self, tx: Tx, held: HeldActivity, ground: str, *, by: Person | None = None) -> None:
        activity = decoded(held.content) if held.content else None
        self.comparing.encounters.end(tx, held.id, ground)
        store.probes.end(tx, held.id)
        store.activities.end(tx, held.id, ground)
        store.watches.end(tx, WatchId(held.id))
        entry = Entry(
            operation=Operation.ERASURE,
            event=f"activity {ground}",
            person=by.id if by else "",
            role=by.all_roles if by else "",
            question=held.id,
            case=activity.case if activity else "",
            purpose=activity.purpose if activity else "",
            reason=ground,
        )
        store.audit.append(tx, entry)

    def _chosen(self, to: Collection[MemberId]) -> tuple[MemberId, ...]:
        """The members to compare with; activities of our own are compared in any case."""
        gate = self.comparing.encounters.gate
        return gate.charter().chosen({*to, gate.us} if to else ())

    def _check_policy(self, activity: Activity) -> None:
        weighed = self.comparing.encounters.gate.weigh_own(question_of(activity))
        if weighed.verdict.is_allowed:
            return
        with self.store.write() as tx:
            entry = self._entry(activity, "activity not planned", ())
            refused = msgspec.structs.replace(entry, operation=Operation.REFUSAL)
            store.audit.append(tx, refused)
        raise RefusedError(weighed.verdict.ground)

    def _entry(self, activity: Activity, event: str, members: Collection[MemberId]) -> Entry:
        question = question_of(activity)
        return entry_about(
            question,
            self.comparing.encounters.gate.digest(question),
            operation=Operation.COLLECTION,
            event=event,
            recipients=tuple(members),
        )


def _as_watch(activity: Activity, now: datetime) -> OwnWatch:
    """What alerts of an activity stand under: why, and until when; not what it is about."""
    watch = Watch(
        id=WatchId(activity.id),
        asker=activity.asker,
        case=activity.case,
        purpose=activity.purpose,
        seeks=Sought(),
        threshold=1.0,
        expires_at=activity.ends_at,
        topic=activity.topic,
        is_urgent=activity.is_urgent,
    )
    encoded_ = encoded_watch(watch)
    return OwnWatch(watch.id, activity.asker.person, encoded_, now, activity.ends_at, None, None)


def _check(activity: Activity, now: datetime, most: timedelta) -> None:
    """Raise `InvalidError`, saying what to change, unless this can be planned and compared."""
    check_why(question_of(activity))
    if activity.kind not in set(ActivityKind):
        raise InvalidError(f"--kind must be one of {', '.join(ActivityKind)}")
    _check_contact(activity.contact)
    if not (activity.begins_at < activity.ends_at and now < activity.ends_at <= now + _AHEAD):
        raise InvalidError("--from lies before --until, which is ahead of us, by a year at most")
    if activity.ends_at - activity.begins_at > most:
        raise InvalidError(f"an activity lasts at most {most.days} days: plan another one then")
    if activity.target is None and activity.place is None:
        raise InvalidError("say a target, a place (--address or --at), or both")
    if activity.target:
        PartialDate.parse(activity.target.birth_date)
        check_width(activity.target)
    if activity.place:
        _check_place(activity.place)
    sizes_of(asked(activity), offered(activity))


def _check_contact(contact: ContactPoint) -> None:
    if not contact.name.strip() or not (contact.phone.strip() or contact.mail.strip()):
        raise InvalidError("a contact point needs a name (--contact) and --phone or --mail")


def _check_place(place: Place) -> None:
    read = address(place.address)
    if place.address and not read.house and len(read.words) < 2:  # noqa: PLR2004 - street and town
        raise InvalidError("an address needs street and town, or a house number: it is too wide")
    if place.latitude is None or place.longitude is None:
        return
    if abs(place.latitude) > MOST_LATITUDE or abs(place.longitude) > _MOST_LONGITUDE:
        raise InvalidError(f"--at is LATITUDE,LONGITUDE in degrees, at most {MOST_LATITUDE:.0f}")
    if not 0 < place.radius_m <= MOST_RADIUS_M:
        raise InvalidError(f"--radius is from 1 to {MOST_RADIUS_M:.0f} metres")
