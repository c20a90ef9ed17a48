"""The content of a record as it is stored: FollowTheMoney's JSON, one text for one content."""

import msgspec

from federation.messages import Entity


class _Content(msgspec.Struct):
    id: str
    schema: str
    properties: dict[str, tuple[str, ...]]


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(_Content)


def encoded(entity: Entity) -> str:
    """An entity as it is stored. Its properties are sorted; their values keep their order."""
    content = _Content(entity.id, entity.schema, dict(entity.properties))
    return _ENCODER.encode(content).decode()


def decoded(stored: str) -> Entity:
    """A stored entity."""
    content = _DECODER.decode(stored)
    return Entity(content.id, content.schema, content.properties)
