"""Plates: what is written with one is told apart from it, and confused signs are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.identifiers.plates import alike, bare, ends, is_partial

ANY_NUMBER = st.text(alphabet="ABOQDIL0123456789Я", max_size=12)


@pytest.mark.parametrize(
    ("plate", "mark", "without"),
    [
        ("EST123ABC", "EE", "123ABC"),
        ("LVAB1234", "LV", "AB1234"),
        ("LTABC123", "LT", "ABC123"),
        ("PLWA12345", "PL", "WA12345"),
        ("FINABC123", "FI", "ABC123"),
        ("SEABC12D", "SE", "ABC12D"),
        ("DKAB12345", "DK", "AB12345"),
        ("NORAB12345", "NO", "AB12345"),
        ("GERMAB123", "DE", "MAB123"),
        ("UAAA1234BC", "UA", "AA1234BC"),
        ("BY1234AB7", "BY", "1234AB7"),
        ("A123BC77", "77", "A123BC"),
    ],
)
def test_a_country_or_region_is_told_apart_from_the_plate(
    plate: str, mark: str, without: str
) -> None:
    assert bare(plate) == (mark, (without,))


def test_a_russian_plate_with_its_country_is_read_with_and_without_the_region() -> None:
    assert bare("A123BC777RUS") == ("777", ("A123BC", "A123BC777"))


@pytest.mark.parametrize(
    "plate",
    [
        "LV1234",  # letters of the plate itself
        "EEAB123",  # a district of Germany
        "DEAB123",  # another
        "DAB123",  # one letter may be the first of the plate
        "ABC123",
        "",
    ],
)
def test_letters_of_the_plate_itself_are_left_alone(plate: str) -> None:
    assert bare(plate) == ("", ())


@pytest.mark.parametrize(("one", "other"), [("B0D1", "8OQI"), ("SZG7", "5261"), ("T1L", "7II")])
def test_signs_that_are_read_for_one_another_are_one(one: str, other: str) -> None:
    assert alike(one) == alike(other)


def test_other_signs_stay_apart() -> None:
    assert len({alike(sign) for sign in "01256893ACEFHJKMNPRUVWXY4"}) == len(
        "01256893ACEFHJKMNPRUVWXY4"
    )


@pytest.mark.parametrize("partial", ["123ABC", "23ABC", "1123AB", "123AB", "1123A"])
def test_a_plate_with_up_to_two_signs_missing_at_its_ends_is_a_part(partial: str) -> None:
    assert is_partial(partial, "1123ABC")
    assert partial in set(ends("1123ABC"))


@pytest.mark.parametrize(
    ("one", "other"), [("ABC", "ABC1"), ("1234", "1234567"), ("ABC123", "ABC123"), ("", "AB")]
)
def test_too_little_of_a_plate_is_no_part(one: str, other: str) -> None:
    assert not is_partial(one, other)


@given(ANY_NUMBER, ANY_NUMBER)
def test_being_a_part_has_no_sides_and_every_part_is_found(one: str, other: str) -> None:
    assert is_partial(one, other) == is_partial(other, one)
    if is_partial(one, other):
        assert set(ends(one)) & set(ends(other))


@given(ANY_NUMBER)
def test_drawing_signs_as_one_twice_changes_nothing(number: str) -> None:
    assert alike(alike(number)) == alike(number)
