"""What a birth date does: agreeing to the day or year, swapped, with a slip, of another person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from federation.messages import Entity, Sought
from node import search
from scripts.benches.quality.figures import Figure, pooled
from scripts.benches.quality.measures import Row
from scripts.benches.quality.scenario import recall, strong
from scripts.benches.quality.sources import NODES, Place, Query, Truth, is_free
from scripts.benches.quality.stores import Answer, entities

#: Queries with a birth year that are asked once more without it are of this type.
UNDATED = "year left out"
_DAY = 10
_MONTHS = 12


def _none(_day: str) -> str:
    return ""


def _year(day: str) -> str:
    return day[:4]


def _month(day: str) -> str:
    return day[:7]


def _to_the_day(day: str) -> str:
    return day


def _swapped(day: str) -> str:
    return f"{day[:4]}-{day[8:]}-{day[5:7]}" if day[5:7] != day[8:] <= f"{_MONTHS}" else ""


def _next_year(day: str) -> str:
    return f"{int(day[:4]) + 1}{day[4:]}" if day[5:] != "02-29" else ""


def _another(day: str) -> str:
    """Seven years, another month and another day apart."""
    return f"{int(day[:4]) + 7}-{int(day[5:7]) % _MONTHS + 1:02d}-{int(day[8:]) % 28 + 1:02d}"


_FORMS: dict[str, Callable[[str], str]] = {
    "no date": _none,
    "year agrees": _year,
    "year and month agree": _month,
    "day agrees": _to_the_day,
    "day and month swapped": _swapped,
    "a year off, day agrees": _next_year,
    "another date": _another,
    "another year": lambda day: _year(_another(day)),
}


def undated(queries: Sequence[Query]) -> list[Query]:
    """The queries that give a birth year, without it."""
    return [
        replace(query, type=UNDATED, sought=replace(query.sought, birth_date=""))
        for query in queries
        if query.type == "alias+year"
    ]


def years(answers: Sequence[Answer]) -> Iterator[Figure]:
    """What a birth year that agrees adds to the same queries without it."""
    for label, asked in (("with", "alias+year"), ("without", UNDATED)):
        some = [one for one in answers if one.query.type == asked and one.query.band != "unlike"]
        rows = [recall(one) for one in some]
        yield from pooled("dates, recall@10 of a birth year that agrees", label, rows)
        rows = [recall(strong(one)) for one in some]
        yield from pooled("dates, the same of strong hits", label, rows)


def figures(answers: Sequence[Answer], truths: Mapping[str, Truth]) -> Iterator[Figure]:
    """How each form of date moves the right record, and a namesake's, of free queries."""
    asked = [one for one in answers if is_free(one.query.source) and _is_plain(one.query)]
    held = {
        (source, place): entity
        for source in sorted({one.query.source for one in asked})
        for node in NODES
        for id, entity in entities(source, node).items()
        for place in [(node, id)]
    }
    for form, change in _FORMS.items():
        right: list[Row] = []
        wrong: list[Row] = []
        for one in asked:
            right += _right(one, held, change)
            wrong += _wrong(one, held, change, truths)
        yield from pooled("dates, mean score of the right record", form, right)
        yield from pooled("dates, share of namesakes that are strong", form, wrong)


_Held = Mapping[tuple[str, Place], Entity]


def _is_plain(query: Query) -> bool:
    return query.type == "alias" and query.sought.kind == "person" and query.band != "unlike"


def _right(answer: Answer, held: _Held, change: Callable[[str], str]) -> Iterator[Row]:
    """The score of every expected record with its own day of birth, so changed."""
    query = answer.query
    for place in sorted(query.expected):
        entity = held[query.source, place]
        day = _day(entity)
        if day and (change is _none or change(day)):
            sought = replace(query.sought, birth_date=change(day))
            yield Row(query.source, query.cluster, search.score(sought, entity).value)


def _wrong(
    answer: Answer, held: _Held, change: Callable[[str], str], truths: Mapping[str, Truth]
) -> Iterator[Row]:
    """Whether other subjects' records stay strong when the expected one's day is given."""
    query = answer.query
    days = [_day(held[query.source, place]) for place in sorted(query.expected)]
    day = next((day for day in days if day), "")
    if not day or (change is not _none and not change(day)):
        return
    sought = _dated(query.sought, change(day))
    for hit in answer.shown:
        if truths[query.source].is_wrong(query, hit.place) and _day(held[query.source, hit.place]):
            score = search.score(sought, held[query.source, hit.place]).value
            yield Row(query.source, query.cluster, float(score >= search.STRONG))


def _dated(sought: Sought, date: str) -> Sought:
    return replace(sought, birth_date=date)


def _day(entity: Entity) -> str:
    """The one day of birth that a record gives; empty where it gives none or several."""
    days = [date for date in entity.all("birthDate") if len(date) == _DAY]
    return days[0] if len(days) == 1 == len(entity.all("birthDate")) else ""
