"""Width: what is enough to be asked, and a sentence that says what to add."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import InvalidError, TooWideError
from federation.messages import Identifier, Sought
from node.kinds import Kind
from node.search.width import check_width
from tests.node.search.hostile import ANY_TEXT


@pytest.mark.parametrize(
    "sought",
    [
        Sought(name="Anna Liiv"),
        Sought(name="Anna Liiv", kind="person"),
        Sought(name="V. Petrov"),
        Sought(name="王偉"),
        Sought(name="Liiv", birth_date="1970"),
        Sought(name="Liiv", nationality="ee"),
        Sought(name="Balu", kind="vessel"),
        Sought(name="BTS", kind="organisation"),
        Sought(name="海星", kind="vessel"),
        Sought(identifiers=(Identifier("passport", "KA 1234"),)),
        Sought(identifiers=(Identifier("callsign", "4LX"),)),
        Sought(identifiers=(Identifier("plate", "23-AB"),)),
        Sought(name="Anna Liiv", identifiers=(Identifier("passport", "1"),)),
    ],
)
def test_a_question_that_names_something_may_be_asked(sought: Sought) -> None:
    check_width(sought)


@pytest.mark.parametrize(
    ("sought", "what_to_add"),
    [
        (Sought(), "a name of letters or digits, or an identifier"),
        (Sought(name="   "), "a name"),
        (Sought(name="…!", kind="vessel"), "a name"),
        (Sought(birth_date="1970"), "a name"),
        (Sought(name="Liiv"), "another part, a birth date or a nationality"),
        (Sought(name="Liiv", kind="person"), "another part"),
        (Sought(name="A B"), "in full"),
        (Sought(name="A", birth_date="1970"), "in full"),
        (Sought(name="OÜ", kind="organisation"), "at least 3 letters"),
        (Sought(name="海", kind="vessel"), "at least 3 letters"),
        (Sought(name="Anna *", kind="person"), "leave out"),
        (Sought(name="Anna Liiv?"), "leave out"),
        (Sought(identifiers=(Identifier("passport", "KA%"),)), "leave out"),
        (Sought(identifiers=(Identifier("passport", "A-12"),)), "at least 4"),
        (Sought(identifiers=(Identifier("plate", "A 1"),)), "plate 3"),
        (Sought(identifiers=(Identifier("plate", "AB*"),)), "leave out"),
        (Sought(identifiers=(Identifier("passport", "№ 12"),)), "at least 4"),
    ],
)
def test_a_question_that_is_too_wide_is_told_what_to_add(sought: Sought, what_to_add: str) -> None:
    with pytest.raises(TooWideError, match=what_to_add):
        check_width(sought)


@pytest.mark.parametrize(
    "sought",
    [
        Sought(name="Anna Liiv", birth_date="03.05.1970"),
        Sought(name="Anna Liiv", nationality="Estonia"),
        Sought(name="Anna Liiv", kind="unicorn"),
    ],
)
def test_what_cannot_be_read_is_refused_as_such(sought: Sought) -> None:
    with pytest.raises(InvalidError) as raised:
        check_width(sought)

    assert not isinstance(raised.value, TooWideError)


@given(ANY_TEXT, st.sampled_from([*Kind, ""]), ANY_TEXT)
def test_any_question_is_either_asked_or_refused(name: str, kind: str, number: str) -> None:
    sought = Sought(name=name, kind=kind, identifiers=(Identifier("passport", number),))

    refused = refusal(sought)

    assert refused or name or number


def refusal(sought: Sought) -> str:
    try:
        check_width(sought)
    except InvalidError as fault:
        return str(fault)
    return ""
