"""Notices about the next charter: each comes back as it was, and what is too large does not."""

import pytest

from federation import wire
from federation.errors import InvalidError
from federation.limits import CHARTER_BYTES, DISPATCH_BYTES, ENDORSEMENT_BYTES, LINE, WORD
from federation.messages import Content, MemberId, Notice, NoticeId
from federation.votes import CharterAdopted, CharterProposed, CharterSigned, CharterWithdrawn

EE = MemberId("EE")


def sent(content: Content) -> Content:
    """A content after its journey."""
    body = wire.notice_to(Notice(NoticeId("n"), 1, content))
    return wire.notice_from(body, EE, id="n", sequence=1).content


@pytest.mark.parametrize(
    "content",
    [
        CharterProposed(b"{}", "a new colleague", b"e" * 72),
        CharterProposed(b"{}", ""),
        CharterSigned(b"{}"),
        CharterWithdrawn("ab" * 32),
        CharterAdopted(b"{}", is_missed=True),
        CharterAdopted(b"d" * CHARTER_BYTES),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_said_of_a_charter_comes_back_as_it_was(content: Content) -> None:
    assert sent(content) == content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (CharterProposed(b"", ""), "document"),
        (CharterProposed(b"{}", "r" * (LINE + 1)), "reason"),
        (CharterProposed(b"{}", "one\ntwo"), "reason"),
        (CharterProposed(b"{}", "", b"e" * (ENDORSEMENT_BYTES + 1)), "endorsement"),
        (CharterSigned(b"d" * (CHARTER_BYTES + 1)), "document"),
        (CharterWithdrawn("w" * (WORD + 1)), "identity"),
        (CharterWithdrawn(""), "identity"),
        (CharterAdopted(b""), "document"),
    ],
)
def test_what_is_too_large_or_empty_is_named(content: Content, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        sent(content)


def test_the_largest_charter_fits_into_a_dispatch() -> None:
    assert CHARTER_BYTES < DISPATCH_BYTES
