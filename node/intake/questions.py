"""Lists to be screened: JSON lines or a table, each row as the questions that it asks."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from federation.errors import InvalidError, UnreadableError
from federation.messages import Identifier, Sought
from node.codes import type_asked
from node.intake import countries, days
from node.intake.delimited import ends_whole, records
from node.intake.lines import objects
from node.intake.rows import cleaned

#: Questions that one row may ask: lists hold persons with hundreds of names.
MOST_QUESTIONS = 64
#: Identifiers of a row that go with each of its questions.
MOST_IDENTIFIERS = 20

#: Columns of a table that mean something; all others are ignored.
_COLUMNS = ("qid", "id", "name", "names", "dob", "birth_date", "nationality", "identifier", "kind")
_NAMING = frozenset({"name", "names", "identifier"})
_BETWEEN_NAMES = ";"

Texts = list[str] | str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: every question that it asks, or the fault for which it asks none.

    `left_out` counts the questions beyond the most that a row may ask.
    """

    line: int
    id: str = ""
    questions: tuple[Sought, ...] = ()
    fault: str = ""
    left_out: int = 0


class _Number(msgspec.Struct):
    type: str
    value: str


class _Line(msgspec.Struct):
    """A row in the words of `search --batch` or of `simple`; other fields are ignored."""

    qid: str | int | None = None
    id: str | int | None = None
    name: Texts = None
    names: Texts = None
    dob: Texts = None
    birth_date: Texts = None
    nationality: Texts = None
    identifier: _Number | None = None
    identifiers: list[_Number] | None = None
    kind: str = ""


_decode = msgspec.json.Decoder(_Line).decode


def read(path: Path) -> Iterator[Asked]:
    """Every row of a list, in order and constant memory: JSON lines if it begins with `{`.

    Raises `UnreadableError` for a file that is cut, damaged or neither, and `InvalidError` for a
    table whose first line names no column that can be asked for.
    """
    return _json(path) if _is_json(path) else _table(path)


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"")


def _json(path: Path) -> Iterator[Asked]:
    for line in objects(path, _read):
        yield line.value or Asked(line.number, line.id, fault=line.fault)


def _read(number: int, text: str) -> Asked:
    return _asked(number, _decode(text))


def _table(path: Path) -> Iterator[Asked]:
    """Each row of a table whose first line names its columns."""
    if not ends_whole(path):
        raise UnreadableError(f"{path.name} ends in the middle of a line.")
    rows = records(path)
    _, header = next(rows, (1, []))
    columns = [cleaned(name).lower() for name in header]
    if not _NAMING.intersection(columns):
        raise InvalidError(
            f"{path.name} is neither JSON lines nor a table whose first line names its columns,"
            f" of {', '.join(_COLUMNS)}"
        )
    for number, fields in rows:
        if len(fields) > len(columns):
            yield Asked(number, fault="has more fields than the first line names")
        else:
            yield _of_fields(number, dict(zip(columns, fields, strict=False)))


def _of_fields(number: int, fields: Mapping[str, str]) -> Asked:
    said = {name: fields[name] for name in _COLUMNS if fields.get(name, "").strip()}
    identifier = said.pop("identifier", "")
    type_, _, value = identifier.partition(":")
    if identifier and not (type_.strip() and value.strip()):
        return Asked(
            number, _id(said.get("qid"), said.get("id")), fault="an identifier is TYPE:VALUE"
        )
    line = msgspec.convert(said, _Line)
    line.names = said.get("names", "").split(_BETWEEN_NAMES)
    line.identifier = _Number(type_.strip(), value.strip()) if identifier else None
    return _asked(number, line)


def _asked(number: int, line: _Line) -> Asked:
    """One question for each name, date and nationality of a row: any of them may be the one."""
    id_ = _id(line.qid, line.id)
    names = _texts(line.name, line.names)
    numbers = [*([line.identifier] if line.identifier else ()), *(line.identifiers or ())]
    try:
        identifiers = tuple(
            Identifier(type_asked(one.type), one.value) for one in numbers if one.value.strip()
        )
    except InvalidError as error:
        return Asked(number, id_, fault=str(error))
    if not names and not identifiers:
        return Asked(number, id_, fault="the row has neither a name nor an identifier")
    if len(identifiers) > MOST_IDENTIFIERS:
        return Asked(number, id_, fault=f"the row has more than {MOST_IDENTIFIERS} identifiers")
    questions = [
        Sought(name, day, country, identifiers, line.kind)
        for country, day, name in itertools.product(
            _or_nothing(_countries(_texts(line.nationality))),
            _or_nothing([days.partial(day) or day for day in _texts(line.dob, line.birth_date)]),
            _or_nothing(names),
        )
    ]
    left_out = max(0, len(questions) - MOST_QUESTIONS)
    return Asked(number, id_, tuple(questions[:MOST_QUESTIONS]), left_out=left_out)


def _countries(texts: Sequence[str]) -> list[str]:
    """Two-letter codes; what names no country stays as it is, and is refused with its row."""
    found: list[str] = []
    for text in texts:
        codes, is_whole = countries.codes(text)
        found += codes or (() if is_whole else (text,))
    return list(dict.fromkeys(found))


def _or_nothing(values: Sequence[str]) -> Sequence[str]:
    return values or ("",)


def _texts(*values: Texts) -> list[str]:
    """Every text of fields that are absent, one text or several; once, without stray space."""
    several = ([value] if isinstance(value, str) else value or [] for value in values)
    texts = map(cleaned, itertools.chain.from_iterable(several))
    return list(dict.fromkeys(text for text in texts if text))


def _id(*values: str | int | None) -> str:
    return next((cleaned(str(value)) for value in values if value is not None), "")
