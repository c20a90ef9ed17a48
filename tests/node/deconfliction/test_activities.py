"""Activities by their tokens: who meets whom, in whichever role each is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from federation.meetings import ContactPoint, Place
from federation.messages import Asker, Identifier, PersonId, Sought
from node.deconfliction.activities import (
    Activity,
    ActivityId,
    asked,
    decoded,
    encoded,
    offered,
    question_of,
)

AT = datetime(2026, 12, 1, 20, 13, tzinfo=UTC)
PLAIN = Activity(
    id=ActivityId("a-1"),
    asker=Asker(PersonId("first"), "analyst"),
    case="CASE-1",
    purpose="investigation",
    kind="observation",
    contact=ContactPoint("Duty desk", "+372 5550100"),
    begins_at=AT,
    ends_at=AT + timedelta(hours=8),
)


def of(name: str = "", birth_date: str = "", kind: str = "person") -> Sought:
    return Sought(name=name, birth_date=birth_date, kind=kind)


def numbered(type_: str, value: str) -> Sought:
    return Sought(identifiers=(Identifier(type_, value),))


def meet(one: Activity, other: Activity) -> tuple[bool, bool]:
    """In what two activities meet; whoever asks finds the same."""
    mine, theirs = asked(one), offered(other)
    found = bool(mine.target & theirs.target), bool(mine.place & theirs.place)
    back, forth = asked(other), offered(one)
    assert found == (bool(back.target & forth.target), bool(back.place & forth.place))
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of("Viktor Lesnikov"), of("Виктор Лесников")),
        (of("Lesnikov, Viktor", "1979"), of("Viktor Ivanovich Lesnikov", "1979-03-02")),
        (of("Viktor Lesnikov", "1979-03-02"), of("Viktor Lesnikov")),
        (of("Viktor Lesnikov"), of("Viktor Lesnikov")),
        (of("Anna Maria Nowak"), of("Anna Nowak")),
        (of("Balti Laevad OÜ", kind="organisation"), of("OÜ Balti Laevad", kind="organisation")),
        (numbered("plate", "123 ABC"), numbered("plate", "123abc")),
        (numbered("imo", "IMO 9074729"), numbered("other", "9074729")),
    ],
)
def test_targets_that_are_the_same_meet(one: Sought, other: Sought) -> None:
    assert meet(replace(PLAIN, target=one), replace(PLAIN, target=other)) == (True, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of("Viktor Lesnikov", "1979"), of("Viktor Lesnikov", "1981")),
        (of("Viktor Lesnikov"), of("Viktor Petrov")),
        (of("Anna Maria Nowak"), of("Anna Maria Kowalska")),
        (of("Viktor Ivanovich Petrov"), of("Sergei Ivanovich Petrovski")),
        (of("Balti Laevad", kind="organisation"), of("Balti Veod", kind="organisation")),
        (numbered("plate", "123 ABC"), numbered("plate", "124 ABC")),
    ],
)
def test_targets_that_differ_do_not(one: Sought, other: Sought) -> None:
    assert meet(replace(PLAIN, target=one), replace(PLAIN, target=other)) == (False, False)


def test_a_place_meets_at_its_time_alone_and_a_time_at_its_place_alone() -> None:
    here = replace(PLAIN, place=Place("", 59.4431, 24.76, 200))
    later = replace(here, begins_at=AT + timedelta(hours=9), ends_at=AT + timedelta(hours=10))
    elsewhere = replace(here, place=Place("", 56.95, 24.1, 200))

    assert meet(here, here) == (False, True)
    assert meet(here, later) == meet(here, elsewhere) == meet(here, PLAIN) == (False, False)


def test_an_address_meets_by_two_of_its_words_and_the_house() -> None:
    def at(text: str) -> Activity:
        return replace(PLAIN, place=Place(text))

    assert meet(at("Narva mnt 15, Tallinn"), at("Tallinn, Narva maantee 15-3")) == (False, True)
    assert meet(at("Narva mnt 15, Tallinn"), at("Narva mnt 17, Tallinn")) == (False, False)
    assert meet(at("Narva mnt 15, Tallinn"), at("Narva mnt 15, Tartu")) == (False, False)


def test_an_activity_is_stored_and_read_back_whole() -> None:
    whole = replace(PLAIN, target=of("Anna Nowak", "1980"), place=Place("x", 59.4, 24.7, 200))

    assert decoded(encoded(whole)) == whole
    assert decoded(encoded(PLAIN)) == PLAIN


def test_the_digest_of_an_activity_is_of_all_that_it_says_but_its_name() -> None:
    one = question_of(PLAIN).seeks

    assert one == question_of(replace(PLAIN, id=ActivityId("a-2"))).seeks
    for other in (
        replace(PLAIN, kind="arrest"),
        replace(PLAIN, place=Place("x")),
        replace(PLAIN, ends_at=AT + timedelta(hours=9)),
        replace(PLAIN, target=of("Anna Nowak")),
    ):
        assert question_of(other).seeks != one
