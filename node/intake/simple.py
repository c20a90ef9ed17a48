"""`simple`: one JSON object a line, in Amber's own words, with its own marking where it has one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec

from federation.messages import Entity, Identifier
from node.codes import SHARES
from node.errors import RowError
from node.intake.lines import rows
from node.intake.rows import DATE_OF, Gathering, Overrides, Row, checked_id, cleaned
from node.kinds import SCHEMA_FOR, Kind, property_for

Texts = list[str] | str | None


class _Number(msgspec.Struct, forbid_unknown_fields=True):
    """One identifier as it stands in the file."""

    type: str
    value: str


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """The fields of a line; `dob` and `birth_date` are one."""

    id: str
    kind: str
    names: Texts = None
    dob: Texts = None
    birth_date: Texts = None
    nationality: Texts = None
    gender: str | None = None
    flag: Texts = None
    identifiers: list[_Number] | None = None
    notes: Texts = None
    topic: str | None = None
    category: str | None = None
    share: str | None = None
    handling: list[str] | None = None
    handling_text: str | None = None
    to: list[str] | None = None
    source_grade: str | None = None
    info_grade: str | None = None
    review_on: date | None = None
    tell: str | None = None


_FIELDS = frozenset(_Line.__struct_fields__)
_KINDS = {kind.value: kind for kind in Kind if kind is not Kind.LINK}
_NATIONALITY_IN = {Kind.PERSON: "nationality"}
_FLAG_IN = {Kind.VESSEL: "flag"}

_decode = msgspec.json.Decoder(_Line).decode
_decode_any = msgspec.json.Decoder(dict[str, object]).decode


def read(path: Path, _mapping: Path | None = None) -> Iterator[Row]:
    """Every line of a `simple` file."""
    return rows(path, _row)


def _row(number: int, text: str) -> Row:
    line, others = _line(text)
    return Row(number, _entity(line, others), _overrides(line))


def _line(text: str) -> tuple[_Line, Mapping[str, object]]:
    """The fields that are ours, and those that are not."""
    try:
        return _decode(text), {}
    except msgspec.ValidationError:
        return _with_others(text)


def _with_others(text: str) -> tuple[_Line, Mapping[str, object]]:
    """A line that has fields of somebody else's beside ours."""
    found = _decode_any(text)
    line = msgspec.convert({name: value for name, value in found.items() if name in _FIELDS}, _Line)
    return line, {name: value for name, value in found.items() if name not in _FIELDS}


def _entity(line: _Line, others: Mapping[str, object]) -> Entity:
    kind = _KINDS.get(line.kind)
    if kind is None:
        raise RowError(f"kind is not one of {', '.join(_KINDS)}")
    gathering = Gathering()
    for count, name in enumerate(_texts(line.names)):
        gathering.add("alias" if count else "name", name)
    for number in line.identifiers or ():
        if value := cleaned(number.value):
            gathering.add(*property_for(Identifier(number.type, value), kind))
    if gathering.is_empty:
        raise RowError("the row has neither a name nor an identifier")
    _describe(gathering, line, kind)
    for field, other in others.items():
        text = other if isinstance(other, str) else msgspec.json.encode(other).decode()
        gathering.note(field, text)
    return gathering.entity(checked_id(line.id), SCHEMA_FOR[kind])


def _describe(gathering: Gathering, line: _Line, kind: Kind) -> None:
    for day in (*_texts(line.dob), *_texts(line.birth_date)):
        if kind in DATE_OF:
            gathering.day(DATE_OF[kind], day)
        else:
            gathering.note("dob", day)
    for country in _texts(line.nationality):
        gathering.country(_NATIONALITY_IN.get(kind, "country"), country)
    for country in _texts(line.flag):
        gathering.country(_FLAG_IN.get(kind, "country"), country)
    if line.gender and kind is Kind.PERSON:
        gathering.gender(line.gender)
    elif line.gender:
        gathering.note("gender", line.gender)
    gathering.add("notes", *_texts(line.notes))


def _overrides(line: _Line) -> Overrides:
    """What the line says of its own marking; a field that is absent says nothing."""
    said = Overrides()
    if line.share is not None:
        if line.share not in SHARES:
            raise RowError(f"share is not one of {', '.join(SHARES)}")
        said["share"] = SHARES[line.share]
    if line.to is not None:
        said["audience"] = frozenset(line.to) - {"nobody"}
    if line.handling is not None:
        said["handling"] = frozenset(line.handling) or frozenset({"H0"})
    if line.review_on is not None:
        said["review_on"] = line.review_on
    return said | _words(line)


def _words(line: _Line) -> Overrides:
    said = Overrides()
    if line.topic is not None:
        said["topic"] = line.topic
    if line.category is not None:
        said["category"] = line.category
    if line.handling_text is not None:
        said["handling_text"] = line.handling_text
    if line.tell is not None:
        said["tell"] = line.tell
    if line.source_grade is not None:
        said["source_grade"] = line.source_grade
    if line.info_grade is not None:
        said["information_grade"] = line.info_grade
    return said


def _texts(value: Texts) -> Iterable[str]:
    """A field that may be absent, one text or several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value
