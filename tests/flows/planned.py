"""The words of stories about planned activities."""

from datetime import timedelta

from federation.meetings import ContactPoint, Place
from federation.messages import Asker, MemberId, PersonId, Sought
from node import app, store
from node.audit import Entry
from node.deconfliction.activities import Activity, ActivityId
from node.deconfliction.encounters import USUAL, Part
from node.people import person
from node.store.meetings import Met
from tests import world as worlds
from tests.world import World, eventually

COORDINATOR = person(PersonId("first"), ["coordinator"])
LESNIKOV = Sought(name="Viktor Lesnikov", birth_date="1979-03-02", kind="person")
#: Two places in Tallinn, 300 m apart, and one in Riga.
HARBOUR, QUAY = Place("", 59.4431, 24.7600, 200), Place("", 59.4450, 24.7640, 200)
RIGA = Place("", 56.9496, 24.1052, 200)


def plans(  # noqa: PLR0913 - the words of a test
    place: worlds.Place,
    *,
    target: Sought | None = None,
    where: Place | None = None,
    starts_in_h: float = 24,
    lasts_h: float = 8,
    to: tuple[str, ...] = (),
    instead_of: str = "",
    role: str = "coordinator",
) -> ActivityId:
    """Plan an activity as one of a member's people."""
    now = place.world.clock()
    member = place.home.member
    activity = Activity(
        id=ActivityId(app.new_id()),
        asker=Asker(PersonId("first"), role),
        case="CASE-1",
        purpose="investigation",
        kind="observation",
        contact=ContactPoint(f"Duty desk {member}", "+372 5550100", f"duty@{member}.example"),
        begins_at=now + timedelta(hours=starts_in_h),
        ends_at=now + timedelta(hours=starts_in_h + lasts_h),
        target=target,
        place=where,
    )
    members = [MemberId(one.upper()) for one in to]
    place.up.post.planning.add(activity, members, now=now, instead_of=instead_of)
    return activity.id


def meetings(place: worlds.Place) -> list[Met]:
    """Every meeting of which a member's people know whom to call, over or not."""
    every = place.up.post.planning.every(is_ended=True)
    return [met for one in every for met in one.meetings if met.contact]


def meeting(place: worlds.Place) -> Met:
    """The one meeting of a member, once it is there."""
    [met] = eventually(lambda: meetings(place))
    return met


def settled(world: World) -> None:
    """Wait until nothing is under way: no mail waits, and nothing is to be compared."""
    up = [place for place in world.places.values() if place.node]
    eventually(lambda: all(_is_quiet(place) for place in up) and all(map(_is_quiet, up)))


def _is_quiet(place: worlds.Place) -> bool:
    with place.up.store.view() as view:
        is_due = store.probes.due(view) or store.probes.next_comparison(view)
        return not is_due and not any(lane.waiting for lane in store.mail.lanes(view))


def answers(place: worlds.Place, *shows: Part, is_agreed: bool = True) -> None:
    """A member's person agrees to show more, or does not."""
    id = meeting(place).id
    parts = shows or USUAL
    place.up.post.planning.answer(id, COORDINATOR, is_agreed=is_agreed, shows=parts)


def events(place: worlds.Place, *names: str) -> list[Entry]:
    """Entries of the log of these events."""
    return [entry for entry in place.audit if entry.event in names]


def reasons(place: worlds.Place) -> list[str]:
    """What the one alert of a member says."""
    [alert] = place.alerts
    return [reason.text for reason in alert.hit.reasons] if alert.hit else []


def states(place: worlds.Place) -> set[str]:
    """How far a member's activities were compared."""
    return {str(probe.state) for one in place.up.post.planning.every() for probe in one.probes}
