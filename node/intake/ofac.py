"""`ofac`: the US Treasury's SDN list as its folder of sdn.csv, alt.csv and add.csv is published."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from federation.errors import UnreadableError
from node.intake import names, remarks
from node.intake.delimited import ends_whole, records
from node.intake.rows import Gathering, Row, cleaned

_WIDTHS = {"sdn.csv": 12, "alt.csv": 5, "add.csv": 6}
_SCHEMAS = {"individual": "Person", "": "Organization", "vessel": "Vessel", "aircraft": "Airplane"}
_USES = {"aka": "alias", "nka": "alias", "fka": "previousName"}
_END = "\x1a"

Fields = list[str]
Beside = dict[str, list[tuple[int, Fields]]]


def read(path: Path, _mapping: Path | None = None) -> Iterator[Row]:
    """Every entry of sdn.csv with its names of alt.csv and addresses of add.csv.

    Rows are numbered by the lines of sdn.csv; rows of the other two that belong to no entry
    come last, as faults that name their file. The list is no longer streamed than sdn.csv: its
    names and addresses, some 2 MB, are held in memory, for the files are not in one order.
    """
    files = _files(path)
    alternatives, addresses = _beside(files["alt.csv"]), _beside(files["add.csv"])
    seen = set()
    for line, fields in _fields(files["sdn.csv"]):
        seen.add(fields[0])
        yield _row(line, fields, alternatives.get(fields[0], []), addresses.get(fields[0], []))
    yield from _orphans("alt.csv", alternatives, seen)
    yield from _orphans("add.csv", addresses, seen)


def _files(path: Path) -> dict[str, Path]:
    """The three files by name, in whatever case they are written."""
    if not path.is_dir():
        raise UnreadableError(
            f"{path.name} is not a folder; ofac reads a folder of {', '.join(_WIDTHS)}."
        )
    found = {file.name.lower(): file for file in path.iterdir() if file.is_file()}
    if missing := [name for name in _WIDTHS if name not in found]:
        raise UnreadableError(f"{path.name} is not whole: {missing[0]} is missing.")
    return {name: found[name] for name in _WIDTHS}


def _fields(file: Path) -> Iterator[tuple[int, Fields]]:
    """The rows of one file with `-0-` as nothing. Every row has the width of its file.

    Raises `UnreadableError` when one has not, when it begins with no number, or when
    the last one was cut.
    """
    is_over = False
    for line, fields in records(file, encoding="latin-1"):
        if is_over:
            raise UnreadableError(
                f"{file.name} is damaged: it goes on at line {line}, after its end."
            )
        if fields == [_END]:
            is_over = True
            continue
        _check(file, line, fields)
        yield line, ["" if field.strip() == "-0-" else cleaned(field) for field in fields]
    if not ends_whole(file):
        raise UnreadableError(f"{file.name} ends in the middle of its last line.")


def _check(file: Path, line: int, fields: Fields) -> None:
    width = _WIDTHS[file.name.lower()]
    if len(fields) != width:
        raise UnreadableError(
            f"{file.name} is damaged: line {line} has {len(fields)} columns in place of {width}."
        )
    if not fields[0].strip().isdecimal():
        raise UnreadableError(
            f"{file.name} is damaged: line {line} does not begin with an entry's number."
        )


def _beside(file: Path) -> Beside:
    rows: Beside = defaultdict(list)
    for line, fields in _fields(file):
        rows[fields[0]].append((line, fields))
    return rows


def _orphans(file: str, rows: Beside, seen: set[str]) -> Iterator[Row]:
    for number in rows.keys() - seen:
        for line, _ in rows[number]:
            yield Row(line, fault=f"{file}: the row belongs to no entry of sdn.csv")


def _row(
    line: int,
    fields: Fields,
    alternatives: list[tuple[int, Fields]],
    addresses: list[tuple[int, Fields]],
) -> Row:
    number, name, kind, *_ = fields
    schema = _SCHEMAS.get(kind.lower())
    if schema is None:
        return Row(line, fault="SDN_Type is none that this node knows", id=number)
    gathering = Gathering()
    _name(gathering, "name", name, schema)
    if gathering.is_empty:
        return Row(line, fault="SDN_Name is missing", id=number)
    for _, (_, _, use, alternative, remark) in alternatives:
        _name(gathering, _USES.get(use, "alias"), alternative, schema)
        gathering.note("alias", remark)
    for _, (_, _, street, city, country, remark) in addresses:
        _address(gathering, street, city, country)
        gathering.note("address", remark)
    _describe(gathering, fields, schema)
    return Row(line, gathering.entity(number, schema))


def _name(gathering: Gathering, use: str, name: str, schema: str) -> None:
    """A person's "FAMILY, Given" in the order of speech, with its parts; others as they are."""
    if schema != "Person":
        gathering.add(use, name)
        return
    full, given, family = names.person(name)
    gathering.add(use, full)
    if use == "name":
        gathering.add("firstName", given)
        gathering.add("lastName", family)


def _address(gathering: Gathering, street: str, city: str, country: str) -> None:
    if street or city:
        gathering.add("address", ", ".join(part for part in (street, city, country) if part))
    gathering.country("country", country)


def _describe(gathering: Gathering, fields: Fields, schema: str) -> None:
    _, name, _, program, title, sign, kind, tonnage, gross, flag, owner, remark = fields
    gathering.add("program", *program.split("] ["))
    gathering.add("position", *title.split(";"))
    gathering.add("callSign", sign)
    gathering.add("type", kind)
    gathering.add("tonnage", tonnage)
    gathering.add("grossRegisteredTonnage", gross)
    gathering.country("flag", flag)
    gathering.note("owner", owner)
    if schema == "Airplane":
        gathering.add("registrationNumber", name)
    remarks.read(gathering, remark, schema)
