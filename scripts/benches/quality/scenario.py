"""Figures over the scenarios' queries: what was found, what was wrong, what was strong."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from scripts.benches.quality.figures import NOTHING, Figure, Held, pooled
from scripts.benches.quality.measures import Row
from scripts.benches.quality.sources import Place, Query, Truth
from scripts.benches.quality.stores import LIMIT, Answer

_EASY = ("near", "mid")
#: What the queries of a row are.
Chosen = Callable[[Query], bool]


def _named(kind: str, *bands: str, asked: str = "alias") -> Chosen:
    """Queries of this type for names of this kind, in these bands or all."""
    return lambda query: (
        (query.type, query.sought.kind) == (asked, kind) and (not bands or query.band in bands)
    )


def _dated(*bands: str) -> Chosen:
    return _named("person", *bands, asked="alias+year")


def _across(query: Query) -> bool:
    return _named("person")(query) and query.is_across


def _is_number(query: Query) -> bool:
    return query.type == "identifier"


def _is_stranger(query: Query) -> bool:
    return query.type == "stranger"


def _undated(query: Query) -> bool:
    return query.type == "alias"


_SOLVABLE = ("near", "mid", "far")
#: The rows of recall@10, with what each is held against.
_RECALL: dict[str, tuple[Chosen, Held]] = {
    "alias of a person, near and mid": (_named("person", *_EASY), Held(0.927, 0.96)),
    "the same with a birth year": (_dated(*_EASY), Held(0.942, 0.975)),
    "alias across scripts, all bands": (_across, Held(0.931, 0.96)),
    "alias of a person, far": (_named("person", "far"), Held(0.731, 0.80)),
    "organisation, near and mid": (_named("organisation", *_EASY), Held(0.835, 0.88)),
    "organisation, far": (_named("organisation", "far"), Held(0.677, 0.72)),
    "identifier": (_is_number, Held(1.0, 1.0)),
    "vessel by its name": (_named("vessel"), NOTHING),
    "alias of a person, all bands": (_named("person"), NOTHING),
    "alias of an organisation, all bands": (_named("organisation"), NOTHING),
}
#: The rows of strong hits.
_STRONG_RECALL: dict[str, tuple[Chosen, Held]] = {
    "with a birth year, near and mid": (_dated(*_EASY), Held(0.865, 0.90)),
    "with a birth year, solvable": (_dated(*_SOLVABLE), NOTHING),
    "with a birth year, all bands": (_dated(), NOTHING),
    "without a date, near and mid": (
        lambda query: _undated(query) and query.band in _EASY,
        NOTHING,
    ),
    "without a date, solvable": (
        lambda query: _undated(query) and query.band in _SOLVABLE,
        Held(target=0.75),
    ),
    "person without a date, solvable": (_named("person", *_SOLVABLE), NOTHING),
    "organisation without a date, solvable": (_named("organisation", *_SOLVABLE), NOTHING),
}
_STRONG_WRONG: dict[str, tuple[Chosen, Held]] = {
    "person nobody holds": (_is_stranger, Held(0.05, 0.05)),
    "without a date": (_undated, Held(2.6, 0.12)),
    "person without a date": (_named("person"), NOTHING),
    "organisation without a date": (_named("organisation"), NOTHING),
    "with a birth year": (_dated(), NOTHING),
}


def figures(answers: Sequence[Answer], truths: Mapping[str, Truth]) -> Iterator[Figure]:
    """Every figure over the answers."""
    for label, (chosen, held) in _RECALL.items():
        some = [one for one in answers if chosen(one.query)]
        yield from pooled("scenario, recall@10", label, [recall(one) for one in some], held)
        yield from pooled("scenario, reciprocal rank", label, [_rank(one) for one in some])
        rows = [row for one in some for row in _precision(one, truths)]
        yield from pooled("scenario, precision", label, rows)
        yield from pooled("scenario, wrong per query", label, [_wrong(one, truths) for one in some])
    strangers = [_wrong(one, truths) for one in answers if _is_stranger(one.query)]
    yield from pooled("scenario, wrong per query", "person nobody holds", strangers)
    for label, (chosen, held) in _STRONG_RECALL.items():
        some = [strong(one) for one in answers if chosen(one.query)]
        rows = [recall(one) for one in some]
        yield from pooled("scenario, recall@10 of strong hits", label, rows, held)
    for label, (chosen, held) in _STRONG_WRONG.items():
        some = [strong(one) for one in answers if chosen(one.query)]
        rows = [_wrong(one, truths) for one in some]
        yield from pooled("scenario, wrong strong hits per query", label, rows, held)


def strong(answer: Answer) -> Answer:
    """The answer with nothing but the strong hits among those shown."""
    return answer._replace(hits=tuple(hit for hit in answer.shown if hit.is_strong))


def recall(answer: Answer) -> Row:
    """How many of the expected were shown, of as many as can be."""
    expected = answer.query.expected
    return _row(answer, len(expected & _places(answer)) / min(LIMIT, len(expected)))


def _rank(answer: Answer) -> Row:
    """One divided by the place of the first that was expected."""
    places = [hit.place for hit in answer.shown]
    first = next((n for n, one in enumerate(places, 1) if one in answer.query.expected), None)
    return _row(answer, 1 / first if first else 0.0)


def _precision(answer: Answer, truths: Mapping[str, Truth]) -> Iterator[Row]:
    """One row for every hit that is right or wrong; what is ambiguous is neither."""
    known = truths[answer.query.source]
    for hit in answer.shown:
        is_right = known.is_right(answer.query, hit.place)
        if is_right or known.is_wrong(answer.query, hit.place):
            yield _row(answer, float(is_right))


def _wrong(answer: Answer, truths: Mapping[str, Truth]) -> Row:
    known = truths[answer.query.source]
    return _row(answer, sum(known.is_wrong(answer.query, hit.place) for hit in answer.shown))


def _places(answer: Answer) -> set[Place]:
    return {hit.place for hit in answer.shown}


def _row(answer: Answer, got: float) -> Row:
    return Row(answer.query.source, answer.query.cluster, got)
