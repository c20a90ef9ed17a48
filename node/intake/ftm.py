"""`ftm`: FollowTheMoney entities as JSON lines, in and out without translation."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from federation.messages import Entity
from node.errors import RowError
from node.intake.lines import rows
from node.intake.rows import Row, checked_id
from node.kinds import KIND_OF

Value = str | int | float | bool | None


class _Line(msgspec.Struct):
    """What FollowTheMoney says of an entity; what a data set adds beside it is not loaded."""

    id: str
    schema: str
    properties: dict[str, list[Value] | Value]


_decode = msgspec.json.Decoder(_Line).decode


def read(path: Path, _mapping: Path | None = None) -> Iterator[Row]:
    """Every line of a FollowTheMoney file."""
    return rows(path, _row)


def to_ftm(entity: Entity) -> bytes:
    """One entity as a FollowTheMoney JSON line, without the line end."""
    properties = {name: list(values) for name, values in entity.properties.items()}
    return msgspec.json.encode({"id": entity.id, "schema": entity.schema, "properties": properties})


def _row(number: int, text: str) -> Row:
    line = _decode(text)
    if line.schema not in KIND_OF:
        raise RowError("schema is not a word that this node knows")
    gathered = {name: _texts(values) for name, values in line.properties.items()}
    properties = {name: texts for name, texts in gathered.items() if texts}
    if not properties:
        raise RowError("the entity has no properties")
    return Row(number, Entity(checked_id(line.id), line.schema, properties))


def _texts(values: list[Value] | Value) -> tuple[str, ...]:
    """The values of one property as text, each once."""
    listed = values if isinstance(values, list) else [values]
    texts = [text for value in listed if value is not None and (text := _text(value))]
    return tuple(dict.fromkeys(texts)) if len(texts) > 1 else tuple(texts)


def _text(value: str | float) -> str:
    """A value as it stands, unless it is blank; numbers and truths as JSON writes them."""
    if isinstance(value, str):
        return value if value.strip() else ""
    return msgspec.json.encode(value).decode()
