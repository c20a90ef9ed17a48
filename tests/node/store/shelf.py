"""A store on a shelf: a database of its own, a clock turned by hand, and invented people."""

import hmac
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from federation.messages import Entity, Marking, MemberId, PersonId, Share
from node import store
from node.audit import Entry, Operation
from node.keeping import Keeping, Why
from node.records import Draft
from node.store.keys import NO_YEAR, Findable, numbered
from node.store.records import Held

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
EE = MemberId("EE")
SHOWN = Marking(share=Share.CORE, audience=frozenset({"ALL"}), owner=EE)
WHY = Why(PersonId("ann"), "analyst", "a test")
#: Of which version the keys are.
VERSION = 2
DONE = Entry(operation=Operation.ADMINISTRATION, event="done")


@dataclass(frozen=True)
class Notary:
    """Signs with a key of its own; another key's signature does not hold."""

    key: bytes = b"a key"

    def sign(self, data: bytes) -> bytes:
        return hmac.digest(self.key, data, sha256)

    def holds(self, data: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self.sign(data), signature)


@dataclass
class Shelf:
    """One database in a folder; opened again when it is there already."""

    folder: Path
    now: datetime = NOW
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.file = self.folder / "amber.db"
        self.house = store.House(EE, lambda: self.now, Notary())
        if not self.file.exists():
            store.create(self.file)
        self.store = store.open(self.file, self.house, is_durable=False)
        self.keeping = Keeping(EE, findable, lambda: f"R{next(self.numbers)}")

    def keep(self, *drafts: Draft, why: Why = WHY) -> list[Held]:
        """Keep drafts and return their records."""
        with self.store.write() as tx:
            self.keeping.keep(tx, drafts, why)
            found = [
                store.records.by_source(tx, draft.source, [draft.entity.id]) for draft in drafts
            ]
            return [held for by_id in found for held in by_id.values()]

    def held(self, id: str = "P-1", source: str = "ours") -> Held:
        """What is held under an id of a source."""
        with self.store.view() as view:
            return store.records.by_source(view, source, [id])[id]

    def withdraw(self, *ids: str) -> int:
        """Withdraw records of our own source."""
        with self.store.write() as tx:
            return self.keeping.withdraw(tx, "ours", ids, WHY)

    def close(self) -> None:
        self.store.close()


def person(id: str = "P-1", name: str = "Anna Liiv", **properties: str) -> Entity:
    """A person of this name."""
    given = {key: (value,) for key, value in properties.items()}
    return Entity(id, "Person", {"name": (name,)} | given)


def draft(entity: Entity | None = None, marking: Marking = SHOWN, source: str = "ours") -> Draft:
    """Somebody on the way in, shown to everybody."""
    return Draft(entity or person(), marking, source)


def shown_to(*audience: str, share: Share = Share.FULL) -> Marking:
    """A marking for these members and groups."""
    return replace(SHOWN, share=share, audience=frozenset(audience))


def findable(entity: Entity) -> Findable:
    """Search keys, plain ones: every word of a name."""
    years = [int(date[:4]) for date in entity.all("birthDate")] or [NO_YEAR]
    return Findable(numbered(keys(entity)), years, entity.id.encode(), VERSION)


def keys(entity: Entity) -> Iterator[tuple[str, str]]:
    """Every word of a name."""
    return (("name", word) for name in entity.all("name") for word in name.lower().split())
