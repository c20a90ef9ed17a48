"""Alarms: what one member tells another whose people seem to fish in its records."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmKind(StrEnum):
    """What looked like fishing: few hits, names in order, one name varied, a quota spent."""

    MISSES = "misses"
    WALK = "walk"
    VARIATION = "variation"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Questions of one person of the receiver that looked like fishing; not what they sought.

    `person` is empty when it was the member as a whole, asking as many people. `case` is the one
    that most of the questions named, `misses` how many of them brought no strong hit. It comes
    again under the same id when it goes on.
    """

    id: str
    kind: AlarmKind
    person: str
    case: str
    questions: int
    misses: int
    since: datetime
    until: datetime
