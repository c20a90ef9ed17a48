"""Codes: the lists of the domain, and markings that only ever join by adding restrictions."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import InvalidError
from federation.messages import Marking, MemberId, Share
from node.codes import GRADES, HANDLING, SHARES, joined, split_grade

TELLS = ["", "silently", "openly", "first"]
AUDIENCES = st.frozensets(st.sampled_from(["ALL", "EE", "LV", "group:a"]))
MARKINGS = st.builds(
    Marking,
    share=st.sampled_from(Share),
    audience=AUDIENCES,
    handling=st.frozensets(st.sampled_from([*HANDLING]), min_size=1),
    handling_text=st.sampled_from(["", "ask Riga first", "no copies"]),
    review_on=st.none() | st.dates(),
    tell=st.sampled_from(TELLS),
)


def reaches(marking: Marking, name: str) -> bool:
    return bool({"ALL", name} & marking.audience)


def test_a_joined_marking_holds_every_restriction_of_each() -> None:
    ours = Marking(
        share=Share.FULL,
        audience=frozenset({"EE", "LV"}),
        handling=frozenset({"H1"}),
        handling_text="no copies",
        topic="drugs",
        review_on=date(2026, 5, 1),
        owner=MemberId("LT"),
        tell="silently",
    )
    theirs = Marking(
        share=Share.CORE,
        audience=frozenset({"LV", "PL"}),
        handling=frozenset({"H0", "H3"}),
        handling_text="ask Riga first",
        topic="customs",
        review_on=date(2026, 3, 1),
        tell="openly",
    )

    both = joined(ours, theirs)

    assert both == replace(
        ours,
        share=Share.CORE,
        audience=frozenset({"LV"}),
        handling=frozenset({"H0", "H1", "H3"}),
        handling_text="ask Riga first; no copies",
        review_on=date(2026, 3, 1),
        tell="openly",
    )


@given(MARKINGS, MARKINGS, MARKINGS)
def test_joining_never_loosens_and_goes_in_any_order(
    first: Marking, second: Marking, third: Marking
) -> None:
    together = joined(first, second, third)

    assert together == joined(joined(third, first), second)
    for one in (first, second, third):
        assert together.share <= one.share
        assert together.handling >= one.handling
        assert one.handling_text in together.handling_text
        assert TELLS.index(together.tell) >= TELLS.index(one.tell)
        assert not one.review_on or (together.review_on or date.max) <= one.review_on
        assert all(reaches(one, name) for name in ("EE", "LV") if reaches(together, name))


@given(MARKINGS)
def test_a_marking_joined_with_itself_is_the_same(marking: Marking) -> None:
    assert joined(marking, marking) == marking


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("europol-4x4", "X", "4")),
        ("europol-4x4:B2", ("europol-4x4", "B", "2")),
        ("admiralty-6x6:F6", ("admiralty-6x6", "F", "6")),
        ("uk-3x5x2:3E", ("uk-3x5x2", "3", "E")),
    ],
)
def test_a_grade_is_read_with_its_scheme(text: str, parts: tuple[str, str, str]) -> None:
    assert split_grade(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "B2",
        "europol-4x4",
        "europol-4x4:",
        "europol-4x4:B",
        "europol-4x4:B22",
        "europol-4x4:D2",
        "europol-4x4:2B",
        "uk-3x5x2:A1",
        "nato:A1",
    ],
)
def test_a_grade_of_no_scheme_is_refused_with_the_forms_that_are_taken(text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        split_grade(text)

    assert all(scheme in str(refused.value) for scheme in GRADES)


def test_the_words_of_a_share_rise_with_what_it_shows() -> None:
    assert [*SHARES] == ["hidden", "hit", "core", "full"]
    assert sorted(SHARES.values()) == [*SHARES.values()]
