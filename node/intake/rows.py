"""Row: what a reader makes of one line; Gathering: the properties of an entity in the making."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypedDict

from federation.messages import Entity, Share
from node.errors import RowError
from node.intake import countries, days
from node.kinds import Kind

MAX_ROW_BYTES = 1 << 20
MAX_ID_LENGTH = 255

_GENDERS = {
    "m": "male",
    "male": "male",
    "f": "female",
    "female": "female",
    "x": "other",
    "other": "other",
}


class Overrides(TypedDict, total=False):
    """What one row says of its own marking; the keys are `Marking`'s fields."""

    share: Share
    audience: frozenset[str]
    handling: frozenset[str]
    handling_text: str
    topic: str
    category: str
    source_grade: str
    information_grade: str
    review_on: date
    tell: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: an entity, or the fault for which it cannot be loaded.

    `id` of a faulty row is its id as far as it could be read: a row that is there but cannot
    be understood is no ground to withdraw what we hold of it. A fault names fields and rules,
    never a value.
    """

    line: int
    entity: Entity | None = None
    marking: Overrides = field(default_factory=Overrides)
    fault: str = ""
    id: str = ""


Reader = Callable[[Path, Path | None], Iterator[Row]]


class Gathering:
    """The properties of one entity while a reader collects them.

    Values are freed of stray space and control characters and kept once. What cannot be
    understood is kept under `notes` with the name of its field, so that nothing is lost.
    """

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}

    def add(self, name: str, *values: str) -> None:
        """Keep values of one property; empty ones are no values."""
        for value in values:
            if text := cleaned(value):
                held = self._values.setdefault(name, [])
                if text not in held:
                    held.append(text)

    def note(self, field_name: str, value: str) -> None:
        """Keep what has no property of its own, with the name under which it came."""
        if text := cleaned(value):
            self.add("notes", f"{field_name}: {text}" if field_name else text)

    def country(self, name: str, text: str) -> None:
        """Keep the countries that a text names; a text that says more is noted as well."""
        codes, is_whole = countries.codes(cleaned(text))
        self.add(name, *codes)
        if not is_whole:
            self.note(name, text)

    def day(self, name: str, text: str) -> None:
        """Keep a date of any precision in ISO form; one that cannot be read is noted."""
        if not (text := cleaned(text)):
            return
        if day := days.partial(text):
            self.add(name, day)
        else:
            self.note(name, text)

    def gender(self, text: str) -> None:
        """Keep a gender in FollowTheMoney's words; another word is noted."""
        if gender := _GENDERS.get(cleaned(text).lower()):
            self.add("gender", gender)
        else:
            self.note("gender", text)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was gathered yet."""
        return not self._values

    def entity(self, row_id: str, schema: str) -> Entity:
        """The entity gathered so far."""
        return Entity(row_id, schema, {name: tuple(held) for name, held in self._values.items()})


def cleaned(text: str) -> str:
    """The text with runs of space made one and control characters gone."""
    if text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    words = " ".join(text.split())
    return "".join(mark for mark in words if mark >= " " and not "\x7f" <= mark <= "\x9f")


def checked_id(text: str) -> str:
    """The id of a row. Raises `RowError` when there is none or it is no id."""
    row_id = cleaned(text)
    if not row_id:
        raise RowError("id is missing")
    if len(row_id) > MAX_ID_LENGTH:
        raise RowError(f"id is longer than {MAX_ID_LENGTH} characters")
    return row_id


#: The date that a format's one date column means, by kind.
DATE_OF = {
    Kind.PERSON: "birthDate",
    Kind.ORGANISATION: "incorporationDate",
    Kind.VEHICLE: "buildDate",
    Kind.VESSEL: "buildDate",
    Kind.AIRCRAFT: "buildDate",
    Kind.SEIZURE: "date",
    Kind.EVENT: "date",
    Kind.CONSIGNMENT: "date",
}
