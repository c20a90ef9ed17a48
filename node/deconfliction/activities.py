"""Activities: what our people plan, as it is stored, and the tokens by which it meets others."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, product
from typing import NewType

import msgspec

from federation.meetings import ContactPoint, Place
from federation.messages import Asker, Question, QuestionId, Sought
from node.dates import PartialDate
from node.deconfliction.cells import Cover, circle, hours
from node.identifiers import number
from node.search import address, names_that_decide

ActivityId = NewType("ActivityId", str)

#: Words of an address that are looked at together.
_MOST_WORDS, _TOGETHER = 6, 2


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that one of our people plans; nothing of it leaves before both sides agree."""

    id: ActivityId
    asker: Asker
    case: str
    purpose: str
    kind: str
    contact: ContactPoint
    begins_at: datetime
    ends_at: datetime
    target: Sought | None = None
    place: Place | None = None
    topic: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """By what an activity meets others: its target, and its places at their times."""

    target: frozenset[str]
    place: frozenset[str]


def encoded(activity: Activity) -> bytes:
    """An activity as it is stored."""
    return _ENCODER.encode(activity)


def decoded(data: bytes) -> Activity:
    """An activity that was stored."""
    return _ACTIVITY.decode(data)


def question_of(activity: Activity) -> Question:
    """What policy weighs of an activity, and what its keyed digest is of: all that it says."""
    said = replace(activity, id=ActivityId(""))
    return Question(
        id=QuestionId(activity.id),
        asker=activity.asker,
        case=activity.case,
        purpose=activity.purpose,
        seeks=Sought(name=encoded(said).decode()),
        topic=activity.topic,
        is_urgent=activity.is_urgent,
    )


def asked(activity: Activity) -> Tokens:
    """The tokens of an activity on the side that asks whether it meets another."""
    times = hours(activity.begins_at, activity.ends_at).asked()
    places = _circle(activity.place).asked() | _addresses(activity.place)
    return Tokens(_target(activity.target, known="!", unknown=("?",)), _joined(places, times))


def offered(activity: Activity) -> Tokens:
    """Its tokens on the side that answers: with one in common, they meet."""
    times = hours(activity.begins_at, activity.ends_at).offered()
    places = _circle(activity.place).offered() | _addresses(activity.place)
    return Tokens(_target(activity.target, known="?", unknown=("!", "?")), _joined(places, times))


def _target(sought: Sought | None, *, known: str, unknown: Iterable[str]) -> frozenset[str]:
    """Numbers alone, and names with the year of birth: a year meets itself and one not known."""
    if sought is None:
        return frozenset()
    year = PartialDate.read(sought.birth_date).year
    ends = (str(year), known) if year else tuple(unknown)
    names = names_that_decide(sought)
    named = {f"n{family}{text}|{end}" for family, text in names for end in ends}
    return frozenset(named | {f"i{value}" for value in _numbers(sought)})


def _numbers(sought: Sought) -> Iterable[str]:
    """Its numbers in the form in which they are compared, in every reading."""
    countries = (sought.nationality,) if sought.nationality else ()
    for prepared in (number(one, countries) for one in sought.identifiers):
        if prepared.normal:
            yield prepared.normal
            yield from (reading[1:] for reading in prepared.readings)


def _circle(place: Place | None) -> Cover:
    if place is None or place.latitude is None or place.longitude is None:
        return Cover(frozenset(), frozenset())
    return circle(place.latitude, place.longitude, place.radius_m)


def _addresses(place: Place | None) -> frozenset[str]:
    """Two words of an address with the house, if it has one: street and town, say."""
    one = address(place.address if place else "")
    words = sorted(one.words[:_MOST_WORDS])
    together = combinations(words, min(_TOGETHER, len(words)))
    return frozenset(f"@{' '.join(some)} {one.house}" for some in together if some)


def _joined(places: frozenset[str], times: frozenset[str]) -> frozenset[str]:
    """A place at a time: neither is enough alone."""
    return frozenset(f"{place}|{time}" for place, time in product(places, times))


_ENCODER = msgspec.json.Encoder(order="deterministic")
_ACTIVITY = msgspec.json.Decoder(Activity)
