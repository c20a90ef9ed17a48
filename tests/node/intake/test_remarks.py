"""Remarks of an SDN entry, phrase by phrase."""

import pytest

from node.intake.remarks import read
from node.intake.rows import Gathering


def remarked(text: str, schema: str = "Person") -> dict[str, tuple[str, ...]]:
    """The properties that these remarks give."""
    gathering = Gathering()
    read(gathering, text, schema)
    return dict(gathering.entity("1", schema).properties)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DOB 01 Jan 1961 to 31 Dec 1962.", {"notes": ("birthDate: 01 Jan 1961 to 31 Dec 1962",)}),
        (
            "DOB 01 Jan 1961 to 31 Dec 1961.",
            {"birthDate": ("1961",), "notes": ("birthDate: 01 Jan 1961 to 31 Dec 1961",)},
        ),
        ("DOB unknown.", {"notes": ("birthDate: unknown",)}),
        (
            "POB Pyongyang, Korea, North.",
            {"birthPlace": ("Pyongyang, Korea, North",), "birthCountry": ("kp",)},
        ),
        ("POB Nowhere.", {"birthPlace": ("Nowhere",)}),
        (
            "Passport C123456 issued 15 Sep 2000.",
            {"passportNumber": ("C123456",), "notes": ("Passport C123456 issued 15 Sep 2000",)},
        ),
        ("Passport Provisional.", {"notes": ("Passport Provisional",)}),
        (
            "R.F.C. # ABC-910101 (Mexico).",
            {"taxNumber": ("ABC-910101",), "notes": ("R.F.C. # ABC-910101 (Mexico)",)},
        ),
        ("SSN 123-45-6789.", {"socialSecurityNumber": ("123-45-6789",)}),
        ("a.k.a. 'LIIV, Anna'.", {"weakAlias": ("Anna LIIV",)}),
        ("n.k.a. 'ANNA'.", {"alias": ("ANNA",)}),
        ("wife of nobody; Colonel.", {"notes": ("wife of nobody", "Colonel")}),
        ("", {}),
    ],
)
def test_every_phrase_is_kept_under_its_property_or_as_it_stands(
    text: str, found: dict[str, tuple[str, ...]]
) -> None:
    assert remarked(text) == found
