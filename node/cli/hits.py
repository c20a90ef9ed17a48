"""A hit in words: who it is, how it may be used, and how much of it is shown."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from federation.messages import Entity
from node.codes import H0, HANDLING, Category
from node.desk import Plain
from node.kinds import KIND_OF, identifiers_of

_MARGIN, _MARKED = " " * 6, "  !!  "
#: What tells namesakes apart, beside numbers: the word before it, and the properties that say it.
_TELLING = (
    ("born", ("birthDate",)),
    ("nationality", ("nationality", "citizenship")),
    ("country", ("jurisdiction", "country")),
    ("flag", ("flag",)),
)
#: Numbers shown in a list; `show` shows all.
_MOST_NUMBERS = 6
#: How much a share level shows, where that is not all.
_SHARES = {"hit": ": nothing but that it is there", "core": ": name, birth date and kind alone"}
#: What a word of ours is read as where the schema of another member is none that we know.
_ANY = "Note"


def hit_words(hit: Plain, standing: str = "") -> str:
    """A hit in a list, with how its member stands where that is to be said.

    How it may be used comes first: nobody is to read the rest without it.
    """
    mark = "strong" if hit["strong"] else "      "
    told = "  its owner was told" if hit["owner_told"] else ""
    head = f"{hit['score']:.2f} {mark}  {hit['member']}{standing}  {_caption(hit)}  [{hit['ref']}]"
    reasons = [flat(reason["text"]) for reason in hit["reasons"]]
    about = "  ".join(_about(hit))
    lines = [f"{_MARGIN}{line}" for line in (about, *reasons) if line]
    return "\n".join([head + told, *_handling(hit), *lines])


def whole_words(hit: Plain) -> str:
    """All that is shown of a hit: how it may be used, each property, what its marking says."""
    entity, marking = hit.get("entity"), hit.get("marking")
    lines = [f"share {hit['share']}{_SHARES.get(hit['share'], '')}"]
    if hit["owner_told"]:
        lines.append("its owner was told")
    if entity:
        lines.append(f"{flat(entity['schema'])}, {flat(entity['id'])} at its owner")
        for name, values in entity["properties"].items():
            lines += [f"{_spaced(name)}: {flat(value)}" for value in values]
    head = f"{hit['member']}  {_caption(hit)}  [{hit['ref']}]"
    lines += _marking(marking) if marking else ()
    return "\n".join([head, *_handling(hit, is_explained=True), *(_MARGIN + one for one in lines)])


def sought_words(sought: Plain) -> str:
    """What somebody seeks, in one line; empty when that is not known."""
    numbers = [f"{one['type']}:{one['value']}" for one in sought["identifiers"]]
    said = (sought["name"], sought["birth_date"], sought["nationality"], *numbers, sought["kind"])
    return flat(" ".join(filter(None, said)))


def flat(text: Any) -> str:  # noqa: ANN401 - whatever another member put into its JSON
    """What others wrote, in one line: it cannot look like a line of ours."""
    return " ".join(str(text).split())


def _is_meeting(hit: Plain) -> bool:
    return any(reason["feature"] == "contact" for reason in hit["reasons"])


def _caption(hit: Plain) -> str:
    unnamed = "(an activity)" if _is_meeting(hit) else "(a hit; ask its owner)"
    return flat(hit.get("caption", unnamed))


def _about(hit: Plain) -> Iterator[str]:
    """What tells it apart from a namesake, and what is to be known before anybody acts on it."""
    if hit.get("entity"):
        yield from _of_entity(hit["entity"])
    marking = hit.get("marking") or {}
    if (category := marking.get("category", Category.OTHER)) != Category.OTHER:
        yield flat(category)
    if marking and not _is_bound(marking):
        yield f"handling {', '.join(map(flat, marking['handling']))}"
    if hit["share"] != "full" and not _is_meeting(hit):
        yield f"share {hit['share']}"


def _of_entity(plain: Plain) -> Iterator[str]:
    schema, properties = plain["schema"], plain["properties"]
    if schema != "Person":
        yield flat(schema)
    for word, names in _TELLING:
        said = dict.fromkeys(flat(one) for name in names for one in properties.get(name, ()))
        if said:
            yield f"{word} {' or '.join(said)}"
    known = schema if schema in KIND_OF else _ANY
    values = {name: tuple(values) for name, values in properties.items()}
    numbers = [f"{one.type} {flat(one.value)}" for one in identifiers_of(Entity("", known, values))]
    if len(numbers) > _MOST_NUMBERS:
        numbers[_MOST_NUMBERS:] = [f"{len(numbers) - _MOST_NUMBERS} more: amber show"]
    if numbers:
        yield ", ".join(numbers)


def _is_bound(marking: Plain) -> bool:
    """Whether the owner asks for more than that it be used against crime alone (H0)."""
    return bool(set(marking["handling"]) - {H0} or marking["handling_text"])


def _handling(hit: Plain, *, is_explained: bool = False) -> Iterable[str]:
    """How it may be used, so that nobody misses it; with what each code means where asked for."""
    marking = hit.get("marking")
    if not marking or not (is_explained or _is_bound(marking)):
        return []
    codes, text = list(map(flat, marking["handling"])), flat(marking["handling_text"])
    if not is_explained:
        return [f"{_MARKED}HANDLING {', '.join(codes)}" + (f": {text}" if text else "")]
    lines = [f"{_MARKED}HANDLING {code}: {HANDLING.get(code, 'ask its owner')}" for code in codes]
    return [*lines, *([f"{_MARKED}HANDLING: {text}"] if text else ())]


def _marking(marking: Plain) -> Iterator[str]:
    """The rest of what its owner says of it, but for how it may be used."""
    grade = f"{marking['grade_scheme']}:{marking['source_grade']}{marking['information_grade']}"
    said = {
        "topic": marking["topic"],
        "category": marking["category"],
        "grade": grade,
        "review on": marking["review_on"],
        "owner": marking["owner"],
        "we are told": marking["tell"],
    }
    return (f"({name} {flat(value)})" for name, value in said.items() if value)


def _spaced(name: str) -> str:
    """A property's name as words: birthDate is `birth date`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", flat(name)).lower()
