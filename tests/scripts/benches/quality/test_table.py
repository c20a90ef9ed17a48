"""The table of figures that people read."""

from scripts.benches.quality.figures import Figure, Held
from scripts.benches.quality.sources import ALL, PARTS, SEEN
from scripts.benches.quality.table import lines


def test_a_line_shows_the_figure_what_it_is_held_against_and_its_parts() -> None:
    held = Held(0.804, 0.85)
    figures = [
        Figure("pairs", "macro F1", ALL, 0.91, 40, (0.9, 0.92), held),
        Figure("others", "recall", ALL, 0.5, 30, None),
        Figure("pairs", "macro F1", SEEN, 0.93, 20, (0.91, 0.95), held),
    ]

    blank, head, line, *others = lines(figures)

    assert blank == ""
    assert all(part in head for part in PARTS)
    assert line.split() == [
        *("macro", "F1", "40", "0.910", "0.900-0.920", "0.804", "0.850", "0.930", "±0.020")
    ]
    assert "-" not in others[2]
    assert [one.split()[:1] for one in others] == [[], ["others"], ["recall"]]
