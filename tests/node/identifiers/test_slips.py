"""Slips: the numbers one slip away, bounded and never the number itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.codes import IdentifierType
from node.identifiers.slips import GUARDED, is_neighbour, neighbours, shortened


@pytest.mark.parametrize(
    ("type_", "slipped", "meant"),
    [
        ("imo", "9074728", "9074729"),
        ("imo", "9047729", "9074729"),
        ("container", "CSQU3054384", "CSQU3054383"),
        ("container", "CSQV3054383", "CSQU3054383"),
        ("iban", "EE382200221020145686", "EE382200221020145685"),
        ("imei", "490154203237517", "490154203237518"),
        ("vin", "1M8GDM9A0KP042788", "1M8GDM9AXKP042788"),
        ("national_id", "37605030298", "37605030299"),
        ("national_id", "73605030299", "37605030299"),
        ("national_id", "131052-308U", "131052-308T"),
        ("tax_ru", "772027750938", "772027750939"),
    ],
)
def test_what_was_meant_is_among_the_neighbours(type_: str, slipped: str, meant: str) -> None:
    assert meant in neighbours(slipped, type_)
    assert is_neighbour(slipped, meant, type_)


@pytest.mark.parametrize("type_", ["passport", "plate", "phone", "mmsi", "email", "unheard-of"])
def test_a_number_without_a_check_digit_has_none(type_: str) -> None:
    assert list(neighbours("12345678", type_)) == []
    assert not is_neighbour("12345678", "12345679", type_)


@given(
    st.sampled_from(sorted(GUARDED)),
    st.text(alphabet="019AIU-", max_size=6),
    st.text(alphabet="019AIU-", max_size=6),
)
def test_a_number_is_known_as_a_neighbour_without_making_all(
    type_: str, number: str, other: str
) -> None:
    assert is_neighbour(number, other, type_) == (other in set(neighbours(number, type_)))


@given(st.sampled_from([*IdentifierType]), st.text(max_size=100))
def test_neighbours_of_any_text_are_bounded(type_: IdentifierType, value: str) -> None:
    found = list(neighbours(value, type_))

    assert len(found) <= 36 * 35 + 35
    assert value not in found


@given(st.text(alphabet="0123456789ABU", max_size=14))
def test_a_neighbour_has_this_number_as_its_neighbour(number: str) -> None:
    near = set(neighbours(number, IdentifierType.CONTAINER))

    assert number not in near
    assert all(number in set(neighbours(one, IdentifierType.CONTAINER)) for one in list(near)[:9])


@given(st.text(alphabet="0123456789AB", min_size=2, max_size=12), st.data())
def test_two_numbers_one_slip_apart_share_what_is_left_without_one_sign(
    number: str, data: st.DataObject
) -> None:
    near = [*neighbours(number, IdentifierType.CONTAINER), *shortened(number)]
    other = data.draw(st.sampled_from(near))

    assert set(shortened(number)) & {other, *shortened(other)}
