"""A small house to load into: a store, a clock turned by hand, and rows of invented persons."""

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from federation.messages import Entity, Marking, MemberId, PersonId, Share
from node import audit, store
from node.keeping import Keeping
from node.loading import Load, Loaded, Loading, Progress
from node.store.keys import Findable, numbered

START = datetime(2026, 2, 28, 12, 0, tzinfo=UTC)
SHOWN = Marking(share=Share.CORE, audience=frozenset({"ALL"}))


class Notary:
    """Signs with a key of its own; small, but it does tell a forgery."""

    def sign(self, data: bytes) -> bytes:
        """A keyed digest."""
        return sha256(b"a secret" + data).digest()

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether it is ours."""
        return self.sign(data) == signature


@dataclass
class House:
    """A store with what it takes to load into it, and a clock turned by hand."""

    folder: Path
    now: datetime = START
    audiences: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.member = MemberId("EE")
        house = store.House(self.member, lambda: self.now, Notary())
        file = self.folder / "amber.db"
        if not file.exists():
            store.create(file)
        self.store = store.open(file, house, is_durable=False)
        keeping = Keeping(self.member, findable, lambda: str(uuid4()))
        self.loading = Loading(self.store, keeping, self.folder / "rejects", lambda: self.audiences)

    def load(self, load: Load, progress: Progress = lambda _: None) -> Loaded:
        """Load as Ann, who is an administrator."""
        return self.loading.load(load, by=PersonId("ann"), role="administrator", progress=progress)

    def holdings(self, source: str = "ours") -> dict[str, tuple[Entity, Marking, int, bool]]:
        """What is held of a source, without our own ids and times."""
        with self.store.view() as view:
            held = store.records.by_source(view, source, [f"P-{n}" for n in range(10_000)])
        records = {row_id: one.record for row_id, one in held.items()}
        return {
            row_id: (record.entity, record.marking, record.version, record.is_withdrawn)
            for row_id, record in records.items()
        }

    def entries(self) -> list[audit.Entry]:
        """The audit log, which must be whole."""
        with self.store.view() as view:
            rows = list(store.audit.read(view))
            head = store.audit.head(view)
        assert audit.verify(rows, head, node=self.member, notary=Notary()) is None
        return [audit.decode(row) for row in rows]

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def is_staging(self) -> bool:
        """Whether an import, or a row of one, lies in staging."""
        with contextlib.closing(sqlite3.connect(self.folder / "amber.db")) as database:
            return database.execute("SELECT 1 FROM import").fetchone() is not None

    def count(self) -> int:
        """How many records are held."""
        with self.store.view() as view:
            return store.records.count(view)


def rows(tmp_path: Path, *lines: object) -> Load:
    """A `simple` file of these lines, to be loaded as our own records."""
    file = tmp_path / "rows.jsonl"
    text = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    return Load(path=file, format="simple", source="ours", marking=SHOWN)


def person(number: int, **fields: object) -> dict[str, object]:
    """A row about one of many."""
    return {"id": f"P-{number}", "kind": "person", "names": [f"Anna Liiv {number}"]} | fields


def rejected(loaded: Loaded) -> list[tuple[int, str]]:
    """Line and reason of each reject."""
    if loaded.rejects is None:
        return []
    lines = map(json.loads, loaded.rejects.read_text(encoding="utf-8").splitlines())
    return [(line["line"], line["reason"]) for line in lines]


def findable(entity: Entity) -> Findable:
    """Search keys, plain ones."""
    return Findable(numbered(("name", word) for word in entity.first("name").lower().split()))
