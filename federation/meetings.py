"""What members say to one another to find out whether planned activities meet: frozen values."""

from dataclasses import dataclass
from typing import NewType

#: One member's name for one of its activities towards another member: random, new for each.
Handle = NewType("Handle", str)


@dataclass(frozen=True, slots=True)
class Veiled:
    """Points or tags of one activity: of its target, and of its places at their times."""

    target: tuple[bytes, ...]
    place: tuple[bytes, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.target) + len(self.place)


@dataclass(frozen=True, slots=True)
class Probe:
    """One activity of the sender under a secret: does it meet one of yours?"""

    handle: Handle
    points: Veiled


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """One part of the answer to a probe.

    `tags` are its points under the second secret too; `blocks` the activities of the sender under
    that secret alone, some of which belong to no activity.
    """

    probe: Handle
    part: int
    is_last: bool
    tags: Veiled
    blocks: tuple[Veiled, ...]


@dataclass(frozen=True, slots=True)
class ProbeProof:
    """The activities of one part of an answer under both secrets, as tags, in their order."""

    probe: Handle
    part: int
    blocks: tuple[Veiled, ...]


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """Whom to call: a unit or duty desk."""

    name: str
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is planned: an address, a circle on the map, or both. Degrees, WGS 84."""

    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Encounter:
    """Two activities meet: the probed one and that of a block. `handle` is the sender's own."""

    probe: Handle
    part: int
    block: int
    handle: Handle
    contact: ContactPoint


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the sender agrees that both show more of two activities that meet."""

    mine: Handle
    yours: Handle
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Parting:
    """The sender's activity is over or another one; whatever it met, it meets no more."""

    mine: Handle
    ground: str
