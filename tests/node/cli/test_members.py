"""How members met a question, in words: nobody left out, and no line that somebody made up."""

import pytest

from node.cli.members import note_cut, note_silent
from node.desk import Plain


def met(member: str, **differs: object) -> Plain:
    said = {"outcome": "answered", "reason": "", "clock_off_s": 0, "truncated": False}
    return said | {"member": member, "hits": 0, "shown": 0, "more": False} | differs


def test_who_is_silent_is_named_in_one_line_whatever_it_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reason = "Not now.\nEE: 1 of 1 shown"

    note_silent([met("EE"), met("LV", outcome="refused", reason=reason, clock_off_s=-40)])

    assert capsys.readouterr().err.splitlines() == [
        "LV: refused. Not now. EE: 1 of 1 shown",
        "LV: its clock is 40 s behind ours",
    ]


def test_nothing_is_said_where_all_that_there_is_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note_cut([met("EE", hits=2, shown=2), met("LV")])

    assert capsys.readouterr().err == ""


def test_whose_hits_are_cut_or_lack_their_content_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note_cut([met("EE", hits=5, shown=5, more=True), met("PL", hits=3, truncated=True), met("LV")])

    assert capsys.readouterr().err.splitlines() == [
        "EE: 5 of 5 or more; PL: 0 of 3 shown. For others: --limit, or say more of whom you seek.",
        "PL: some hits came without their content: amber show brings it",
    ]
