"""The mapping file of `csv`: which column is what. DESIGN.md of this room describes it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from node.codes import IdentifierType
from node.errors import ConfigError
from node.kinds import KIND_OF, POINTERS, SCHEMA_FOR, Kind

_COUNTRIES = "nationality citizenship country jurisdiction birthCountry flag pastFlags"
_DAYS = (
    "birthDate deathDate incorporationDate dissolutionDate buildDate registrationDate"
    " deregistrationDate date startDate endDate createdAt modifiedAt"
)
_TEXTS = (
    "name alias weakAlias previousName abbreviation title firstName secondName middleName"
    " fatherName motherName lastName birthPlace position profession ethnicity height weight"
    " eyeColor hairColor appearance address legalForm status sector website program topics"
    " keywords type model manufacturer tonnage grossRegisteredTonnage deadweightTonnage"
    " registrationPort full street street2 city postalCode region state latitude longitude"
    " amount currency number role relationship summary description notes gender operator parent"
    " passportNumber idNumber socialSecurityNumber taxNumber vatCode innCode registrationNumber"
    " ogrnCode imoNumber mmsi callSign vin containerNumber iban phone email imei accountNumber"
    " otherNumber leiCode swiftBic icaoCode serialNumber publicKey"
)

#: Properties that a column may be mapped to, by how their values are read.
COUNTRIES = frozenset(_COUNTRIES.split())
DAYS = frozenset(_DAYS.split())
TEXTS = frozenset(_TEXTS.split()) | POINTERS
IDENTIFIERS = frozenset(kind.value for kind in IdentifierType)
#: A word for a kind, ours or a FollowTheMoney schema -> the schema.
SCHEMAS = {schema: schema for schema in KIND_OF} | {
    kind.value: schema for kind, schema in SCHEMA_FOR.items()
}


class Target(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a column holds, what stands between its values, and the form of its dates."""

    to: str
    split: str = ""
    date: str = ""


class KindColumn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A column whose words tell the kind of a row."""

    column: str
    values: dict[str, str]


class Mapping(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mapping file as it is written."""

    id: str | list[str]
    kind: str | KindColumn
    columns: dict[str, str | Target]
    join: dict[str, list[str]] = msgspec.field(default_factory=dict)
    ignore: list[str] = msgspec.field(default_factory=list)
    header: list[str] = msgspec.field(default_factory=list)
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"

    @property
    def id_columns(self) -> Sequence[str]:
        """The columns that make an id together."""
        return (self.id,) if isinstance(self.id, str) else self.id

    @property
    def named(self) -> set[str]:
        """Every column that the mapping speaks of."""
        joined = {column for columns in self.join.values() for column in columns}
        kind = {self.kind.column} if isinstance(self.kind, KindColumn) else set()
        return joined | kind | {*self.id_columns, *self.columns, *self.ignore}


def load(path: Path | None) -> Mapping:
    """Read a mapping file. Raises `ConfigError` naming what it takes and does not have."""
    if path is None:
        raise ConfigError("csv needs a mapping file that says what its columns are")
    try:
        mapping = msgspec.toml.decode(path.read_bytes(), type=Mapping)
    except OSError as error:
        raise ConfigError("mapping: the file cannot be read") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(f"mapping: {error}") from error
    _check(mapping)
    return mapping


def target(stated: str | Target) -> Target:
    """What a column is mapped to, in its long form."""
    return Target(stated) if isinstance(stated, str) else stated


def _check(mapping: Mapping) -> None:
    known = COUNTRIES | DAYS | TEXTS | IDENTIFIERS
    for column, stated in mapping.columns.items():
        if target(stated).to not in known:
            raise ConfigError(
                f"mapping: column {column} is mapped to no property or identifier type"
            )
    for name in mapping.join:
        if name not in TEXTS:
            raise ConfigError(f"mapping: join: {name} is no property of text")
    words = [mapping.kind] if isinstance(mapping.kind, str) else list(mapping.kind.values.values())
    if not words or not all(word in SCHEMAS for word in words):
        raise ConfigError(
            f"mapping: kind takes one of {', '.join(Kind)}, or a FollowTheMoney schema"
        )
    if not mapping.id_columns:
        raise ConfigError("mapping: id names no column")
    _check_shape(mapping)


def _check_shape(mapping: Mapping) -> None:
    """The characters and bytes of the file; UTF-16 is refused, for its lines have no plain end."""
    if len(mapping.delimiter) != 1 or len(mapping.quote) > 1 or mapping.delimiter in '\r\n"':
        raise ConfigError("mapping: delimiter takes one character, quote one or none")
    try:
        is_plain = "\n".encode(mapping.encoding) == b"\n"
    except LookupError as error:
        raise ConfigError("mapping: encoding is not one that is known") from error
    if not is_plain:
        raise ConfigError("mapping: encoding takes one like utf-8, latin-1 or cp1257")
