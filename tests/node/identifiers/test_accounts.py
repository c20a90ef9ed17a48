"""Accounts: what a bank calls the account that an IBAN names."""

import pytest

from node.identifiers.accounts import inside


@pytest.mark.parametrize(
    ("iban", "account"),
    [
        ("EE382200221020145685", "221020145685"),
        ("EE382200221020145685", "2200221020145685"),
        ("LT121000011101001000", "11101001000"),
        ("LV80BANK0000435195001", "435195001"),
        ("PL61109010140000071219812874", "71219812874"),
        ("PL61109010140000071219812874", "109010140000071219812874"),
        ("DE89370400440532013000", "532013000"),
        ("FI2112345600000785", "123456785"),
        ("FI3742345670000081", "423456781"),
        ("SE4550000000058398257466", "58398257466"),
        ("NO9386011117947", "86011117947"),
        ("DK5000400440116243", "440116243"),
        ("IS140159260076545510730339", "260076545510730339"),
    ],
)
def test_the_account_inside_an_iban_is_read(iban: str, account: str) -> None:
    assert account in set(inside(iban))


@pytest.mark.parametrize(
    "number", ["", "EE", "EE38", "22102014", "GB82WEST12345698765432", "EE3X1"]
)
def test_nothing_is_read_out_of_another_number(number: str) -> None:
    assert list(inside(number)) == []
