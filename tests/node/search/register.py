"""A small register to search in: a real store that holds whoever a test needs."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from federation.messages import Entity, Identifier, Marking, MemberId, PersonId, Share, Sought
from node import store
from node.keeping import Keeping, Why
from node.kinds import SCHEMA_FOR, Kind, property_for
from node.records import Draft
from node.search import Found, find, findable
from node.store.markings import MarkingNumber

EE = MemberId("EE")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOWN = Marking(share=Share.FULL, audience=frozenset({"ALL"}), owner=EE)
WHY = Why(PersonId("ann"), "administrator", "a test")


class Notary:
    """Signs by saying so: nobody looks at the evidence here."""

    def sign(self, data: bytes) -> bytes:
        return data[:8]

    def holds(self, data: bytes, signature: bytes) -> bool:
        return data[:8] == signature


@dataclass
class Register:
    """A store and the way into it."""

    folder: Path

    def __post_init__(self) -> None:
        house = store.House(EE, lambda: NOW, Notary())
        store.create(self.folder / "amber.db")
        self.store = store.open(self.folder / "amber.db", house, is_durable=False)
        ids = itertools.count(1)
        self._keeping = Keeping(EE, findable, lambda: f"R{next(ids)}")

    def holds(self, *entities: Entity, marking: Marking = SHOWN) -> None:
        """Keep these."""
        drafts = [Draft(entity, marking, "ours") for entity in entities]
        with self.store.write() as tx:
            self._keeping.keep(tx, drafts, WHY)

    def find(
        self,
        sought: Sought,
        *,
        markings: Collection[MarkingNumber] | None = None,
        limit: int = 10,
    ) -> list[Found]:
        """Everything that fits, best first."""
        with self.store.view() as view:
            return find(view, sought, markings=markings, limit=limit)

    def ids(self, sought: Sought, limit: int = 10) -> list[str]:
        """The owner's ids of everything that fits, best first."""
        return [found.held.record.entity.id for found in self.find(sought, limit=limit)]


def person(name: str, *, id: str = "P-1", **properties: str) -> Entity:
    """A person of this name."""
    given = {key: (value,) for key, value in properties.items()}
    return Entity(id, "Person", {"name": (name,)} | given)


def thing(kind: Kind, *names: str, id: str = "T-1", numbers: Sequence[Identifier] = ()) -> Entity:
    """Anything else, with names and numbers."""
    properties: dict[str, tuple[str, ...]] = {"name": names} if names else {}
    for number in numbers:
        key, value = property_for(number, kind)
        properties[key] = (*properties.get(key, ()), value)
    return Entity(id, SCHEMA_FOR[kind], properties)
