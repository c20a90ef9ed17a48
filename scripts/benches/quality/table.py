"""The figures as a table that people read."""

from collections.abc import Iterable, Iterator, Sequence

from scripts.benches.quality import before
from scripts.benches.quality.figures import Figure
from scripts.benches.quality.sources import ALL, PARTS

_PARTS = PARTS[1:]
_HEAD = (
    f"{'n':>6s} {'all':>6s} {'95 % within':>13s} {'before':>7s} {'best':>7s} {'aim':>6s}"
    f"{''.join(f' {part:>13s}' for part in _PARTS)}"
)


def lines(figures: Iterable[Figure]) -> Iterator[str]:
    """One line a figure, its parts side by side, under the heading of its group."""
    groups: dict[str, dict[str, list[Figure]]] = {}
    for one in figures:
        groups.setdefault(one.group, {}).setdefault(one.unit, []).append(one)
    for group, units in groups.items():
        yield ""
        yield f"{group:52s}{_HEAD}"
        for unit, parts in units.items():
            yield _line(unit, parts)


def _line(unit: str, parts: Sequence[Figure]) -> str:
    by_part = {one.part: one for one in parts}
    whole = by_part[ALL]
    cells = [
        f"  {unit:50s}{whole.count:6d} {whole.figure:6.3f}   {_within(whole):11s}",
        f" {_or_blank(before.figures().get(whole.key)):>7s}",
        f" {_or_blank(whole.held.floor):>6s} {_or_blank(whole.held.target):>6s}",
    ]
    return "".join([*cells, *(_cell(by_part.get(part)) for part in _PARTS)]).rstrip()


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return f" {'':13s}"
    between = figure.between
    half = f"±{(between[1] - between[0]) / 2:.3f}" if between else ""
    return f" {figure.figure:6.3f} {half:6s}"


def _within(figure: Figure) -> str:
    return f"{figure.between[0]:.3f}-{figure.between[1]:.3f}" if figure.between else ""


def _or_blank(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
