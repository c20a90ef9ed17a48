"""Document numbers and the wording round them."""

import pytest

from node.intake.documents import number, property_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("D 000123", "D 000123"),
        ("Libyan Passport No. 12/345678", "12/345678"),
        ("CAR diplomatic passport no. D00001234", "D00001234"),
        ("Russian passport number 1234 No. 567890", "1234 567890"),
        ("Diplomatic Passport: Z12345678", "Z12345678"),
        ("Libya B012345", "B012345"),
        ("123456789 (US)", "123456789"),
        ("987654321 (Expired 25 Jan. 2016)", "987654321"),
        ("Laissez-passer no. N°123/MISPAT/DIRCAB", "123/MISPAT/DIRCAB"),
        ("TR-P 123 456", "TR-P 123 456"),
        ("R00001234,", "R00001234"),
        ("Ration card", ""),
        ("", ""),
    ],
)
def test_the_number_is_taken_out_of_its_wording(text: str, found: str) -> None:
    assert number(text) == found


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("", "Numéro de passeport"), "passportNumber"),
        (("Italian Fiscal Code:", "National Identification Number"), "taxNumber"),
        (("Driver's Permit", "National Identification Number"), "otherNumber"),
        (("", "National Identification Number"), "idNumber"),
        (("United States Social Security Number:",), "socialSecurityNumber"),
        (("Whatever",), "otherNumber"),
    ],
)
def test_the_more_exact_name_of_a_document_decides(names: tuple[str, ...], found: str) -> None:
    assert property_of(*names) == found
