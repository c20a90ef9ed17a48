"""Record, Draft and Version: what this agency holds, and how much of it each share level shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from federation.messages import Entity, Marking, PersonId, Share
from node.kinds import Kind, kind_of

RecordId = NewType("RecordId", str)

#: What share level `core` shows: name, birth date and, through the schema word, the kind.
CORE_PROPERTIES = ("name", "title", "birthDate")


class Change(StrEnum):
    """What happened to one draft when it was kept."""

    STORED = "stored"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entity on its way in, with the marking it must have from its first moment.

    `source` names the list or system it comes from; `entity.id` is its id there.
    """

    entity: Entity
    marking: Marking
    source: str


@dataclass(frozen=True, slots=True)
class Record:
    """The present state of one thing that we hold.

    `id` is ours (UUIDv7) and stays; `version` counts up from 1 with each change of content
    or marking. `is_withdrawn` records stay as evidence and are never found.
    """

    id: RecordId
    entity: Entity
    marking: Marking
    source: str
    version: int
    changed_at: datetime
    is_withdrawn: bool = False

    @property
    def kind(self) -> Kind:
        """What the record is about."""
        return kind_of(self.entity.schema)


@dataclass(frozen=True, slots=True)
class Version:
    """One past or present state of a record; `entity` is None once its content was erased."""

    record: RecordId
    version: int
    entity: Entity | None
    marking: Marking
    reason: str
    changed_at: datetime
    changed_by: PersonId


def shown(entity: Entity, share: Share) -> Entity | None:
    """The part of an entity that a share level shows; None when it shows no content at all."""
    if share is Share.FULL:
        return entity
    if share is Share.CORE:
        core = {
            name: entity.properties[name] for name in CORE_PROPERTIES if name in entity.properties
        }
        return Entity(entity.id, entity.schema, core)
    return None
