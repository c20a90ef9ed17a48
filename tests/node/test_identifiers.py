"""Identifiers: normal forms that meet, check digits that tell, nothing that raises."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Identifier
from node.codes import IdentifierType, Verdict
from node.identifiers import checked, normal_form
from node.identifiers.national import BY_COUNTRY, UNSETTLED

VALIDATORS = Path(__file__).parents[3] / "shared" / "data" / "validators"
TYPES = st.sampled_from([*IdentifierType, "unheard-of"])

GOOD = [
    ("imo", "9074729", ""),
    ("imo", "IMO 9074729", ""),
    ("imo_company", "IMO 6341477", ""),
    ("container", "CSQU 305438-3", ""),
    ("vin", "1M8GDM9AXKP042788", ""),
    ("iban", "EE38 2200 2210 2014 5685", ""),
    ("account", "EE382200221020145685", ""),
    ("imei", "49-015420-323751-8", ""),
    ("mmsi", "2732 7906 0", ""),
    ("email", "mailto:Anna@Example.EE", ""),
    ("phone", "+370 612 34567", ""),
    ("phone", "8-612-34567", "lt"),
    ("tax_ru", "772027750939", ""),
    ("national_id", "37605030299", "ee"),
    ("national_id", "33309240064", "lt"),
    ("national_id", "44051401359", "pl"),
    ("national_id", "811218-9876", "se"),
    ("national_id", "131052-308T", "fi"),
    ("national_id", "15108695088", "no"),
    ("national_id", "211062-5629", "dk"),
    ("national_id", "120174-3399", "is"),
    ("national_id", "161175-19997", "lv"),
    ("national_id", "328673-00679", "lv"),
    ("tax", "УНП 591705582", "by"),
]

BAD = [
    ("imo", "9074728", ""),
    ("imo_company", "9074729", ""),
    ("container", "CSQU3054384", ""),
    ("container", "ÉSQU3054383", ""),
    ("vin", "1M8GDM9A0KP042788", ""),
    ("vin", "WVWZZZ1JZ3W38675", ""),
    ("iban", "EE382200221020145686", ""),
    ("imei", "490154203237517", ""),
    ("mmsi", "799999999", ""),
    ("mmsi", "27327906", ""),
    ("email", "anna at example", ""),
    ("phone", "12", "lt"),
    ("tax_ru", "772027750938", ""),
    ("national_id", "37605030298", "ee"),
    ("national_id", "131052-308U", "fi"),
]

SAME = [
    ("passport", "ab 123-456", "AB123456", ""),
    ("passport", "АВ 123456", "AB123456", ""),
    ("passport", "١٢٣٤٥٦", "123456", ""),
    ("imo", "IMO 9079107", "9079107", ""),
    ("mmsi", "2732 7906 0", "273279060", ""),
    ("vin", "IM8GDM9AXKPO42788", "1M8GDM9AXKP042788", ""),
    ("imei", "490154203237518", "49-015420-323751", ""),
    ("phone", "0037061234567", "+370 612 34567", ""),
    ("phone", "8-612-34567", "+370 612 34567", "lt"),
    ("national_id", "19811218-9876", "811218-9876", ""),
    ("national_id", "131052A308T", "131052-308T", ""),
    ("email", "Anna@Example.EE", "anna@example.ee", ""),
    ("plate", "Ö 12-AB", "o12ab", ""),
    ("plate", "А 123 ВС 77", "a123bc77", ""),
    ("plate", "ΑΒ-1234", "AB1234", ""),
    ("imo", "IMO No. 9074729", "9074729", ""),
    ("imo", "imo-number: 9074729", "9074729", ""),
    ("container", "CSQU 305438", "CSQU3054383", ""),
    ("container", "C5QU 3O54383", "CSQU3054383", ""),
    ("imo", "IMO 9O74729", "9074729", ""),
    ("mmsi", "27327906O", "273279060", ""),
    ("passport", "4510 № 123456", "4510123456", ""),
    ("passport", "AB No. 123456", "AB123456", ""),
    ("passport", "AB N° 123456", "AB123456", ""),
    ("iban", "IBAN: EE38 2200 2210 2014 5685", "EE382200221020145685", ""),
    ("phone", "+370 (8) 612 34567", "+370 612 34567", ""),
    ("phone", "+49 (0)30 123456", "+49 30 123456", ""),
    ("email", "anna@xn--bcher-kva.example", "ANNA@Bücher.example", ""),
]

DIFFERENT = [
    ("passport", "AB123456", "AB123457"),
    ("vin", "1M8GDM9AXKP042788", "1M8GDM9AXKP042789"),
    ("phone", "+37061234567", "+37161234567"),
    ("national_id", "201218119876", "811218-9876"),
    ("email", "a.nna@example.ee", "anna@example.ee"),
    ("email", "anna+x@example.ee", "anna@example.ee"),
    ("container", "CSQU 305438", "CSQU 305439"),
    ("registration", "HRB 123456", "HRA 123456"),
    ("passport", "NO 123456", "123456"),
]


@pytest.mark.parametrize(("type_", "value", "country"), GOOD)
def test_a_number_that_keeps_its_rule_is_valid(type_: str, value: str, country: str) -> None:
    found = checked(Identifier(type_, value), (country,) if country else ())

    assert found.verdict is Verdict.VALID
    assert found.value == value


@pytest.mark.parametrize(("type_", "value", "country"), BAD)
def test_a_number_that_breaks_its_rule_is_kept_as_invalid(
    type_: str, value: str, country: str
) -> None:
    found = checked(Identifier(type_, value), (country,) if country else ())

    assert found.verdict is Verdict.INVALID
    assert found.normal


@pytest.mark.parametrize(
    ("type_", "value", "country"),
    [
        ("passport", "AB123456", "ee"),
        ("callsign", "T2DP4", ""),
        ("account", "22102014", ""),
        ("phone", "8-612-34567", ""),
        ("vin", "WVWZZZ1JZ3W386752", "de"),  # a maker without check digits
        ("national_id", "37605030298", ""),
        ("national_id", "37605030298", "fr"),
        ("tax", "1234567", "de"),
        ("unheard-of", "1234567", ""),
    ],
)
def test_where_no_rule_holds_nothing_is_said(type_: str, value: str, country: str) -> None:
    found = checked(Identifier(type_, value), (country,) if country else ())

    assert found.verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(("type_", "one", "other", "country"), SAME)
def test_two_ways_of_writing_a_number_have_one_normal_form(
    type_: str, one: str, other: str, country: str
) -> None:
    countries = (country,) if country else ()

    assert normal_form(Identifier(type_, one), countries) == normal_form(
        Identifier(type_, other), countries
    )


@pytest.mark.parametrize(("type_", "one", "other"), DIFFERENT)
def test_two_numbers_keep_two_normal_forms(type_: str, one: str, other: str) -> None:
    assert normal_form(Identifier(type_, one)) != normal_form(Identifier(type_, other))


@given(TYPES, st.text(max_size=80), st.sampled_from([(), ("ee",), ("fi", "se"), ("xx",)]))
def test_any_text_is_checked_without_a_fault(
    type_: str, value: str, countries: tuple[str, ...]
) -> None:
    found = checked(Identifier(type_, value), countries)

    assert found.value == value
    assert found.verdict in set(Verdict)


@given(
    TYPES,
    st.one_of(
        st.text(max_size=200),
        st.text(alphabet="0123456789ABÄАВ+- /.x№NoIMOBANCSQU@:()ﷺ\u3002ß", max_size=80),
    ),
)
def test_the_normal_form_of_a_normal_form_is_itself(type_: str, value: str) -> None:
    once = normal_form(Identifier(type_, value))

    assert normal_form(Identifier(type_, once)) == once


def _published() -> list[tuple[str, str, str, bool]]:
    """(type, country, number, verdict) of the published numbers of every scheme we use."""
    path = VALIDATORS / "identifier_numbers.csv"
    if not path.exists():
        return []
    known = {
        "stdnum.imo": ("imo", ""),
        "stdnum.iso6346": ("container", ""),
        "stdnum.iban": ("iban", ""),
        "stdnum.imei": ("imei", ""),
    }
    for type_, schemes in BY_COUNTRY.items():
        for country, rules in schemes.items():
            if (type_, country) not in UNSETTLED:
                for rule in rules:
                    known.setdefault(rule.is_valid.__module__, (type_, country))
    with path.open(encoding="utf8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if f"stdnum.{row['scheme']}" in known]
    return [(*known[f"stdnum.{row['scheme']}"], row["number"], row["valid"] == "1") for row in rows]


@pytest.mark.skipif(not VALIDATORS.exists(), reason="the published numbers are not on this machine")
def test_published_numbers_get_the_published_verdict() -> None:
    published = _published()

    wrong = [
        (type_, country, number)
        for type_, country, number, is_valid in published
        if (checked(Identifier(type_, number), (country,) if country else ()).verdict)
        is not (Verdict.VALID if is_valid else Verdict.INVALID)
    ]

    assert len(published) > 1000
    assert wrong == []


@pytest.mark.skipif(not VALIDATORS.exists(), reason="the published numbers are not on this machine")
def test_published_phone_numbers_come_to_their_international_form() -> None:
    with (VALIDATORS / "phone_examples.csv").open(encoding="utf8", newline="") as file:
        numbers = [row["e164"] for row in csv.DictReader(file)]

    forms = [normal_form(Identifier("phone", number)) for number in numbers]

    assert forms == [number.removeprefix("+") for number in numbers]
