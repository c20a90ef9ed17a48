"""`un`: the UN Security Council consolidated list, as its XML is published."""

import re
from collections.abc import Iterator
from pathlib import Path

from federation.messages import Entity
from node.errors import RowError
from node.intake import days, documents
from node.intake.markup import Element, entries
from node.intake.names import enumerated, in_another_script, several, unlisted
from node.intake.rows import Gathering, Row, checked_id, cleaned

_ROOT = "CONSOLIDATED_LIST"
_SCHEMAS = {"INDIVIDUAL": "Person", "ENTITY": "Organization"}
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")

#: Quality of an alias -> how its bearer uses it. An alias without a quality is an alias.
_USES = {
    "Good": "alias",
    "a.k.a.": "alias",
    "": "alias",
    "Low": "weakAlias",
    "f.k.a.": "previousName",
}

#: The list's own bookkeeping, which says nothing of the person.
_BOOKKEEPING = "DATAID VERSIONNUM SORT_KEY SORT_KEY_LAST_MOD LIST_TYPE"
_FACTS = (
    "REFERENCE_NUMBER UN_LIST_TYPE LISTED_ON LAST_DAY_UPDATED NAME_ORIGINAL_SCRIPT GENDER TITLE"
    " DESIGNATION NATIONALITY COMMENTS1 INDIVIDUAL_DATE_OF_BIRTH INDIVIDUAL_PLACE_OF_BIRTH"
    " INDIVIDUAL_DOCUMENT INDIVIDUAL_ALIAS INDIVIDUAL_ADDRESS ENTITY_ALIAS ENTITY_ADDRESS"
)
_READ = frozenset({*_BOOKKEEPING.split(), *_FACTS.split(), *_NAMES})

_OTHER_SCRIPT = re.compile(
    r"(?:original script|in arabic(?: script)?):\s*(?P<name>.+)", re.IGNORECASE
)
_FORMERLY = re.compile(r"(?:previously|formerly) listed as", re.IGNORECASE)


def read(path: Path, _mapping: Path | None = None) -> Iterator[Row]:
    """Every individual and entity of the list; its line is the one on which it begins."""
    for element in entries(path, _ROOT, _SCHEMAS):
        yield _row(element)


def _row(element: Element) -> Row:
    row_id = element.said("REFERENCE_NUMBER")
    try:
        return Row(element.line, _entity(element))
    except RowError as error:
        return Row(element.line, fault=str(error), id=row_id)


def _entity(element: Element) -> Entity:
    if element.is_too_long:
        raise RowError("the entry is too long")
    row_id = checked_id(element.said("REFERENCE_NUMBER"))
    gathering = Gathering()
    _name(gathering, element)
    if gathering.is_empty:
        raise RowError("the entry has no name")
    _aliases(gathering, element)
    for birth in element.all("INDIVIDUAL_DATE_OF_BIRTH"):
        _birth(gathering, birth)
    for place in element.all("INDIVIDUAL_PLACE_OF_BIRTH"):
        _place(gathering, place, "birthPlace", "birthCountry")
    for address in (*element.all("INDIVIDUAL_ADDRESS"), *element.all("ENTITY_ADDRESS")):
        _place(gathering, address, "address", "country")
    for document in element.all("INDIVIDUAL_DOCUMENT"):
        _document(gathering, document)
    _describe(gathering, element)
    _rest(gathering, element)
    return gathering.entity(row_id, _SCHEMAS[element.tag])


def _name(gathering: Gathering, element: Element) -> None:
    parts = (unlisted(element.said(part)) for part in _NAMES)
    first, *others = several(" ".join(part for part in parts if part)) or ("",)
    gathering.add("name", first)
    gathering.add("name", *several(element.said("NAME_ORIGINAL_SCRIPT")))
    gathering.add("alias", *others)


def _aliases(gathering: Gathering, element: Element) -> None:
    for alias in (*element.all("INDIVIDUAL_ALIAS"), *element.all("ENTITY_ALIAS")):
        names = several(unlisted(alias.said("ALIAS_NAME")))
        note = alias.said("NOTE")
        use = (
            "previousName" if _FORMERLY.search(note) else _USES.get(alias.said("QUALITY"), "alias")
        )
        gathering.add(use, *names)
        if original := _OTHER_SCRIPT.search(note):
            gathering.add(use, *in_another_script(original["name"], " ".join(names)))
        gathering.note("alias", ": ".join(filter(None, (" / ".join(names), note))) if note else "")
        _alias_birth(gathering, alias)


def _alias_birth(gathering: Gathering, alias: Element) -> None:
    """The birth that goes with an alias is one more the person is known by."""
    gathering.day("birthDate", alias.said("DATE_OF_BIRTH"))
    city, country = alias.said("CITY_OF_BIRTH"), alias.said("COUNTRY_OF_BIRTH")
    if city:
        gathering.add("birthPlace", _joined(city, country))
    gathering.country("birthCountry", country)


def _birth(gathering: Gathering, birth: Element) -> None:
    """A date of any precision; what is approximate or a span is kept with its words."""
    kind, note = birth.said("TYPE_OF_DATE"), birth.said("NOTE")
    first, last = birth.said("FROM_YEAR"), birth.said("TO_YEAR")
    stated = birth.said("DATE") or birth.said("YEAR")
    if first or last:
        gathering.add("birthDate", *days.years(first, last))
        gathering.note("birthDate", _spaced(f"between {first} and {last}", note))
    elif not stated and (day := days.partial(note)):
        gathering.add("birthDate", day)
    else:
        gathering.day("birthDate", stated)
        words = "approximately" if kind == "APPROXIMATELY" else ""
        if words or note:
            gathering.note("birthDate", _spaced(words, stated, note))


def _place(gathering: Gathering, place: Element, text_property: str, country_property: str) -> None:
    country = place.said("COUNTRY")
    parts = [place.said(part) for part in ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE")]
    if any(parts):
        gathering.add(text_property, _joined(*parts, country))
    gathering.country(country_property, country)
    gathering.note(text_property, place.said("NOTE"))


def _document(gathering: Gathering, document: Element) -> None:
    """The number under its property; where, when and how it was issued as a note beside it."""
    kinds = (document.said("TYPE_OF_DOCUMENT2"), document.said("TYPE_OF_DOCUMENT"))
    stated = document.said("NUMBER")
    found = documents.number(stated) or documents.number(kinds[0])
    name = documents.property_of(stated if documents.number(stated) != stated else "", *kinds)
    gathering.add(name, found)
    issued = [
        document.said(part) for part in ("CITY_OF_ISSUE", "COUNTRY_OF_ISSUE", "ISSUING_COUNTRY")
    ]
    facts = (
        kinds[0] or kinds[1],
        stated,
        *issued,
        document.said("DATE_OF_ISSUE"),
        document.said("NOTE"),
    )
    gathering.note(name, _joined(*facts))


def _describe(gathering: Gathering, element: Element) -> None:
    for nationality in element.values("NATIONALITY"):
        gathering.country("nationality", unlisted(nationality))
    for title in element.values("TITLE"):
        gathering.add("title", unlisted(title))
    for designation in element.values("DESIGNATION"):
        gathering.add("position", *map(unlisted, enumerated(designation)))
    if gender := element.said("GENDER"):
        gathering.gender(gender)
    gathering.add("program", element.said("UN_LIST_TYPE"))
    gathering.day("createdAt", element.said("LISTED_ON"))
    for updated in element.values("LAST_DAY_UPDATED"):
        gathering.day("modifiedAt", updated)
    gathering.add("notes", element.said("COMMENTS1"))


def _rest(gathering: Gathering, element: Element) -> None:
    """Whatever the list may add one day is kept as it stands."""
    for child in element.children:
        if child.tag not in _READ:
            words = (
                child.text,
                *(f"{part.tag.lower()} {part.text}" for part in child.children if part.text),
            )
            gathering.note(child.tag.lower(), " ".join(filter(None, words)))


def _joined(*parts: str) -> str:
    return ", ".join(dict.fromkeys(part.rstrip(",") for part in parts if part))


def _spaced(*parts: str) -> str:
    return cleaned(" ".join(part for part in parts if part))
