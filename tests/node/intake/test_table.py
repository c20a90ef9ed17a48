"""The `csv` reader: any delimited file by a mapping, and every way the two can fail to fit."""

from pathlib import Path

import pytest

from federation.errors import UnreadableError
from node.errors import ConfigError
from node.intake import FORMATS, Row
from node.kinds import identifiers_of

MAPPING = """
id = "No"
kind = "vehicle"
delimiter = ";"
ignore = ["Clerk"]

[columns]
Plate = "plate"
VIN = "vin"
Make = "manufacturer"
Country = "country"
Built = { to = "buildDate", date = "%d/%m/%Y" }
Colours = { to = "keywords", split = "|" }
"""
HEADER = "No;Plate;VIN;Make;Country;Built;Colours;Clerk\n"
GOOD = "7;123 ABC;1M8GDM9AXKP042788;Volvo;Estonia;03/05/1990;red | blue;Ann\n"


def read(
    tmp_path: Path, text: str, mapping: str = MAPPING, *, encoding: str = "utf-8"
) -> list[Row]:
    """Rows of this text by this mapping."""
    file, plan = tmp_path / "cars.csv", tmp_path / "cars.toml"
    file.write_bytes(text.encode(encoding))
    plan.write_text(mapping, encoding="utf-8")
    return list(FORMATS["csv"](file, plan))


def test_columns_become_properties_and_typed_numbers(tmp_path: Path) -> None:
    (row,) = read(tmp_path, HEADER + GOOD)

    assert row.line == 2
    assert row.entity is not None
    assert (row.entity.id, row.entity.schema) == ("7", "Vehicle")
    assert dict(row.entity.properties) == {
        "registrationNumber": ("123 ABC",),
        "vin": ("1M8GDM9AXKP042788",),
        "manufacturer": ("Volvo",),
        "country": ("ee",),
        "buildDate": ("1990-05-03",),
        "keywords": ("red", "blue"),
    }
    assert {("plate", "123 ABC"), ("vin", "1M8GDM9AXKP042788")} == {
        (number.type, number.value) for number in identifiers_of(row.entity)
    }


def test_names_are_joined_ids_made_of_columns_and_kinds_read_from_one(tmp_path: Path) -> None:
    mapping = """
    id = ["Register", "No"]
    kind = { column = "What", values = { P = "person", F = "Company" } }
    join = { name = ["Given", "Family"] }
    [columns]
    Born = "birthDate"
    Sex = "gender"
    """
    text = (
        "Register,No,What,Given,Family,Born,Sex\n"
        "A,1,P,Anna,Liiv,1970,f\n"
        "A,2,F,Liiv OÜ,,,\n"
        "A,3,X,B,C,,\n"
    )

    person, firm, bad = read(tmp_path, text, mapping)

    assert person.entity is not None
    assert person.entity.id == "A-1"
    assert person.entity.all("name") == ("Anna Liiv",)
    assert person.entity.all("gender") == ("female",)
    assert firm.entity is not None
    assert (firm.entity.schema, firm.entity.all("name")) == ("Company", ("Liiv OÜ",))
    assert bad.fault == "column What holds a word that the mapping does not have"
    assert (bad.line, bad.id) == (4, "A-3")


def test_a_value_that_has_not_its_form_is_noted(tmp_path: Path) -> None:
    text = HEADER + GOOD.replace("03/05/1990", "spring").replace("Estonia", "Atlantis")

    (row,) = read(tmp_path, text)

    assert row.entity is not None
    assert row.entity.all("notes") == ("country: Atlantis", "buildDate: spring")


def test_an_old_encoding_and_quoted_line_ends_are_read(tmp_path: Path) -> None:
    text = HEADER + GOOD.replace("Volvo", '"Škoda\nAuto"') + GOOD.replace("7;", "8;", 1)

    first, second = read(tmp_path, text, 'encoding = "cp1257"\n' + MAPPING, encoding="cp1257")

    assert first.entity is not None
    assert first.entity.all("manufacturer") == ("Škoda Auto",)
    assert (first.line, second.line) == (2, 4)


def test_a_row_of_another_width_is_rejected_and_the_rest_loads(tmp_path: Path) -> None:
    narrow, wide, empty, good = read(
        tmp_path, HEADER + "7;short\n" + GOOD.replace("\n", ";9;9\n") + ";;;;;;;\n" + GOOD
    )

    assert narrow.fault == wide.fault == "the row has another number of columns than the header"
    assert narrow.id == wide.id == "7"
    assert empty.fault == "id is missing"
    assert good.entity is not None


def test_a_file_cut_in_its_last_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"cars\.csv ends in the middle of line 3"):
        read(tmp_path, HEADER + GOOD + GOOD[:20])


def test_a_whole_last_row_needs_no_line_end(tmp_path: Path) -> None:
    rows = read(tmp_path, HEADER + GOOD.rstrip())

    assert [bool(row.entity) for row in rows] == [True]


@pytest.mark.parametrize(
    "text", [HEADER + '7;"open\n' + GOOD * 5, HEADER + '7;"a"b;;;;;;\n' + GOOD]
)
def test_quotes_that_do_not_close_refuse_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableError, match="the quotes of line 2 do not close"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "No"', "", "missing required field `id`"),
        ('id = "No"', "id = []", "id names no column"),
        ('id = "No"', 'id = "Nr"', r"cars\.csv has no column Nr"),
        ('ignore = ["Clerk"]', "", r"column Clerk of cars\.csv is neither mapped nor under ignore"),
        ('"vehicle"', '"dragon"', "kind takes one of"),
        ('"manufacturer"', '"maker"', "column Make is mapped to no property"),
        ('delimiter = ";"', 'delimiter = ";;"', "delimiter takes one character"),
        ('delimiter = ";"', 'delimiter = ";"\nencoding = "utf-16"', "encoding takes one like"),
        ('delimiter = ";"', 'delimiter = ";"\nencoding = "klingon"', "encoding is not one"),
        ('delimiter = ";"', 'delimiter = ";"\ncolour = 1', "unknown field `colour`"),
        ('delimiter = ";"', 'delimiter = ";"\njoin = { buildDate = ["No"] }', "join: buildDate"),
        ("[columns]", "[columns", "mapping: Expected ']' at the end"),
    ],
)
def test_a_mapping_that_does_not_fit_says_where(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        read(tmp_path, HEADER + GOOD, MAPPING.replace(old, new))


def test_csv_without_a_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs a mapping file"):
        list(FORMATS["csv"](tmp_path / "cars.csv", None))


def test_a_header_with_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two columns"):
        read(tmp_path, HEADER.replace("VIN", "Plate") + GOOD)


def test_a_file_without_a_header_takes_it_from_the_mapping(tmp_path: Path) -> None:
    mapping = 'header = ["No", "Plate"]\nid = "No"\nkind = "vehicle"\n[columns]\nPlate = "plate"\n'

    (row,) = read(tmp_path, "7,123 ABC\n", mapping)

    assert row.line == 1
    assert row.entity is not None
