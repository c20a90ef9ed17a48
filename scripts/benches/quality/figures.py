"""One figure of the bench: its interval, what it was before, and what it is held against."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.benches.quality import before
from scripts.benches.quality.measures import (
    Interval,
    One,
    Row,
    Scored,
    interval,
    interval_at_false_rate,
    macro,
    recall_at_false_rate,
)
from scripts.benches.quality.sources import ALL, PARTS, part_of

FLOOR_IS = "nomenklatura's logic-v2 over one store, on data of the same kind"
#: Fewer observations than these say nothing.
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Held:
    """What a figure is held against: the best open tool's, and Amber's target."""

    floor: float | None = None
    target: float | None = None


NOTHING = Held()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one part of the data; `unit` says what it is, `group` under what it stands."""

    group: str
    unit: str
    part: str
    figure: float
    count: int
    between: Interval | None
    held: Held = NOTHING

    @property
    def key(self) -> str:
        """What the same figure of another run is found by."""
        return before.key(self.words, self.part)

    @property
    def words(self) -> str:
        """What the figure is of."""
        return f"{self.group}: {self.unit}"

    def plain(self) -> dict[str, Any]:
        """The figure as it is printed, what it is held against only where there is any."""
        found: dict[str, Any] = {
            "figure": round(self.figure, 4),
            "unit": self.words,
            "of": self.part,
            "count": self.count,
        }
        if self.between:
            found |= {"low": round(self.between[0], 4), "high": round(self.between[1], 4)}
        if self.key in before.figures():
            found["before"] = before.figures()[self.key]
        if self.held.floor is not None:
            found |= {"floor": self.held.floor, "floor_is": FLOOR_IS}
        if self.held.target is not None:
            found["target"] = self.held.target
        return found


def pooled(group: str, unit: str, rows: Iterable[Row], held: Held = NOTHING) -> Iterator[Figure]:
    """The ratio of all these rows, for every part of the data."""

    def measured(some: Sequence[Row]) -> tuple[float, Interval]:
        one = [row._replace(source="") for row in some]
        return macro(one), interval(one)

    yield from _parted((group, unit), list(rows), measured, held)


def averaged(group: str, unit: str, rows: Iterable[Row], held: Held = NOTHING) -> Iterator[Figure]:
    """The mean of the sources' ratios, for every part of the data."""
    yield from _parted((group, unit), list(rows), lambda some: (macro(some), interval(some)), held)


def at_false_rate(
    group: str,
    unit: str,
    scored: Iterable[Scored],
    held: Held = NOTHING,
    *,
    is_pooled: bool = False,
) -> Iterator[Figure]:
    """The mean of the sources' recall at one false one in a hundred, for every part of the data."""

    def measured(some: Sequence[Scored]) -> tuple[float, Interval]:
        rows = [one._replace(source="") for one in some] if is_pooled else some
        return recall_at_false_rate(rows), interval_at_false_rate(rows)

    yield from _parted((group, unit), list(scored), measured, held)


def _parted(
    label: tuple[str, str],
    rows: list[One],
    measured: Callable[[Sequence[One]], tuple[float, Interval]],
    held: Held,
) -> Iterator[Figure]:
    for part in PARTS:
        some = [row for row in rows if part in (ALL, part_of(row.source, row.subject))]
        if len(some) >= FEWEST:
            figure, between = measured(some)
            yield Figure(*label, part, figure, len(some), between, held)
