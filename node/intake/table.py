"""`csv`: any delimited file, by a mapping that says what its columns are."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from federation.errors import UnreadableError
from federation.messages import Identifier
from node.errors import ConfigError, RowError
from node.intake import mapping as mappings
from node.intake.delimited import ends_whole, records
from node.intake.mapping import Mapping, Target
from node.intake.rows import Gathering, Row, checked_id, cleaned
from node.kinds import KIND_OF, property_for


def read(path: Path, mapping: Path | None = None) -> Iterator[Row]:
    """Every row under the header. Raises `ConfigError` when mapping and header do not fit.

    A row of the wrong width is a row with a fault; when it is the last one and its line was
    not ended, the file was cut, and is refused as a whole.
    """
    plan = mappings.load(mapping)
    lines = records(path, delimiter=plan.delimiter, quote=plan.quote, encoding=plan.encoding)
    header = plan.header or [cleaned(column) for column in next(lines, (0, []))[1]]
    _check_header(path, header, plan)
    is_whole = ends_whole(path)
    row = Row(0)
    for line, fields in lines:
        yield from (row,) if row.line else ()
        row = _row(line, dict(zip(header, fields, strict=False)), plan, len(fields) - len(header))
    if row.line and not is_whole and row.fault == _WIDTH:
        raise UnreadableError(f"{path.name} ends in the middle of line {row.line}.")
    yield from (row,) if row.line else ()


_WIDTH = "the row has another number of columns than the header"


def _check_header(path: Path, header: list[str], plan: Mapping) -> None:
    if len(set(header)) != len(header):
        raise ConfigError(f"mapping: two columns of {path.name} have one name")
    if missing := sorted(plan.named - set(header)):
        raise ConfigError(f"mapping: {path.name} has no column {missing[0]}")
    if unnamed := [column for column in header if column not in plan.named]:
        raise ConfigError(
            f"mapping: column {unnamed[0]} of {path.name} is neither mapped nor under ignore"
        )


def _row(line: int, values: dict[str, str], plan: Mapping, excess: int) -> Row:
    row_id = "-".join(cleaned(values.get(column, "")) for column in plan.id_columns)
    if excess:
        return Row(line, fault=_WIDTH, id=row_id)
    try:
        return _entity_row(line, values, plan, row_id)
    except RowError as error:
        return Row(line, fault=str(error), id=row_id)


def _entity_row(line: int, values: dict[str, str], plan: Mapping, row_id: str) -> Row:
    if not all(cleaned(values[column]) for column in plan.id_columns):
        raise RowError("id is missing")
    schema = _schema(values, plan)
    gathering = Gathering()
    for name, columns in plan.join.items():
        gathering.add(name, " ".join(values[column] for column in columns))
    for column, stated in plan.columns.items():
        _keep(gathering, mappings.target(stated), values[column], schema)
    if gathering.is_empty:
        raise RowError("the row has no value in any mapped column")
    return Row(line, gathering.entity(checked_id(row_id), schema))


def _schema(values: dict[str, str], plan: Mapping) -> str:
    if isinstance(plan.kind, str):
        return mappings.SCHEMAS[plan.kind]
    word = plan.kind.values.get(cleaned(values[plan.kind.column]))
    if word is None:
        raise RowError(f"column {plan.kind.column} holds a word that the mapping does not have")
    return mappings.SCHEMAS[word]


def _keep(gathering: Gathering, target: Target, text: str, schema: str) -> None:
    for value in text.split(target.split) if target.split else (text,):
        if not (value := cleaned(value)):
            continue
        if target.to in mappings.IDENTIFIERS:
            gathering.add(*property_for(Identifier(target.to, value), KIND_OF[schema]))
        elif target.to in mappings.COUNTRIES:
            gathering.country(target.to, value)
        elif target.to in mappings.DAYS:
            gathering.day(target.to, _iso(value, target.date))
        elif target.to == "gender":
            gathering.gender(value)
        else:
            gathering.add(target.to, value)


def _iso(text: str, form: str) -> str:
    """A date of the mapping's own form in ISO; one that has not that form stays as it is."""
    if not form:
        return text
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return text
