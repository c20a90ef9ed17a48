"""Before: every figure that was kept is found by the key that a run gives it."""

from scripts.benches.quality import before
from scripts.benches.quality.figures import Figure
from scripts.benches.quality.sources import PARTS


def test_the_figures_of_the_issues_table_were_kept_for_every_part() -> None:
    rows = [
        ("pairs of persons", "macro F1"),
        ("pairs of organisations", "macro F1"),
        ("scenario, recall@10", "alias of a person, near and mid"),
        ("calibration", "right of hits scored 0.9"),
    ]

    keys = [Figure(*row, part, 0, 0, (0, 0)).key for row in rows for part in PARTS]

    assert [key for key in keys if key not in before.figures()] == []


def test_a_figure_says_what_it_was_before() -> None:
    figure = Figure("pairs of persons", "macro F1", "all", 0.9, 1, (0.8, 1.0))

    assert figure.plain()["before"] == before.figures()[figure.key]
    assert "before" not in Figure("nothing", "ever", "all", 0.9, 1, (0.8, 1.0)).plain()
