"""Notices about planned activities: each comes back as it was, and what is too large does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from federation import wire
from federation.errors import InvalidError
from federation.limits import BLOCKS, PARTS, POINTS
from federation.meetings import (
    Consent,
    ContactPoint,
    Encounter,
    Handle,
    Parting,
    Place,
    Probe,
    ProbeAnswer,
    ProbeProof,
    Veiled,
)
from federation.messages import Content, Identifier, MemberId, Notice, NoticeId, Showing, Sought

H, OTHER, EE = Handle("h-1"), Handle("h-2"), MemberId("EE")
AT = datetime(2027, 1, 31, 20, 0, tzinfo=UTC)
POINTS_OF = Veiled((b"p" * 32,) * 64, (b"q" * 32,) * 256)
TAGS_OF = Veiled((b"t" * 16,) * 64, (b"u" * 16,) * 256)
ANSWER = ProbeAnswer(H, 1, is_last=True, tags=TAGS_OF, blocks=(POINTS_OF, POINTS_OF))
PROOF = ProbeProof(H, 0, (TAGS_OF,))
MET = Encounter(H, 0, 3, OTHER, ContactPoint("Duty desk", "+372 5550100", "duty@example.org"))
SHOWN = Showing(
    H,
    OTHER,
    kind="observation",
    begins_at=AT,
    ends_at=AT,
    place=Place("Narva mnt 15", 59.4, -24.7, 200),
    target=Sought(name="Anna Nowak", identifiers=(Identifier("plate", "123 ABC"),)),
)
CONTENTS = [
    Probe(H, POINTS_OF),
    ANSWER,
    PROOF,
    MET,
    Consent(H, OTHER, is_agreed=True),
    SHOWN,
    Showing(H, OTHER),
    replace(SHOWN, place=Place("Narva mnt 15, Tallinn")),
    Parting(H, "removed"),
]


def sent(content: Content) -> Content:
    """A content after its journey."""
    body = wire.notice_to(Notice(NoticeId("n"), 1, content))
    return wire.notice_from(body, EE, id="n", sequence=1).content


@pytest.mark.parametrize("content", CONTENTS, ids=lambda one: type(one).__name__)
def test_what_is_sent_comes_back_as_it_was(content: Content) -> None:
    assert sent(content) == content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (Probe(H, replace(POINTS_OF, target=(b"p" * 32,) * 65)), "target must hold"),
        (Probe(H, replace(POINTS_OF, place=(b"p" * 31,) * 64)), "place must hold"),
        (Probe(H, replace(POINTS_OF, place=())), "place must hold"),
        (Probe(Handle(""), POINTS_OF), "handle"),
        (replace(ANSWER, part=PARTS), "part"),
        (replace(ANSWER, part=-1), "part"),
        (replace(ANSWER, blocks=(POINTS_OF,) * (BLOCKS + 1)), "blocks"),
        (replace(PROOF, blocks=(TAGS_OF,) * (BLOCKS + 1)), "blocks"),
        (replace(MET, block=BLOCKS), "block"),
        (replace(MET, contact=ContactPoint("")), "contact"),
        (replace(MET, contact=ContactPoint("two\nlines")), "one line"),
        (replace(SHOWN, place=Place("", 91.0, 0.0, 1)), "latitude"),
        (replace(SHOWN, place=Place("", 0.0, float("nan"), 1)), "longitude"),
        (replace(SHOWN, place=Place("", 0.0, 0.0, -1)), "radius"),
        (Parting(H, ""), "ground"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(content: Content, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        sent(content)


def test_blocks_hold_no_more_points_than_one_answer_may() -> None:
    large = Veiled((b"p" * 32,) * 256, (b"q" * 32,) * 1024)
    most = POINTS // large.count

    full = replace(ANSWER, blocks=(large,) * most)
    assert sent(full) == full
    with pytest.raises(InvalidError, match="points"):
        sent(replace(ANSWER, blocks=(large,) * (most + 1)))
