"""The `un` reader: the consolidated list in its true format, and XML that means harm."""

from pathlib import Path

import pytest

from federation.errors import UnreadableError
from node.intake import FORMATS, Row
from node.intake.markup import MAX_DEPTH
from node.intake.rows import MAX_ROW_BYTES

DATA = Path(__file__).parents[2] / "data" / "un"
LISTS = Path(__file__).parents[4] / "shared" / "data" / "lists" / "un"

has_lists = pytest.mark.skipif(
    not LISTS.is_dir(), reason="the whole UN lists are not beside the repository"
)


def read(path: Path) -> list[Row]:
    """Every row of a list."""
    return list(FORMATS["un"](path, None))


def listed(tmp_path: Path, body: str, *, before: str = "") -> list[Row]:
    """Rows of a list of one individual with this body."""
    file = tmp_path / "list.xml"
    file.write_text(
        f"<?xml version='1.0' encoding='UTF-8'?>\n{before}<CONSOLIDATED_LIST>\n<INDIVIDUALS>\n"
        f"<INDIVIDUAL>{body}</INDIVIDUAL>\n</INDIVIDUALS></CONSOLIDATED_LIST>\n",
        encoding="utf-8",
    )
    return read(file)


def test_every_entry_has_its_reference_number_and_the_line_on_which_it_begins() -> None:
    rows = read(DATA / "first.xml")

    lines = (DATA / "first.xml").read_text(encoding="utf-8").splitlines()
    assert [row.entity and row.entity.id for row in rows] == [
        "ZZi.001", "ZZi.002", "KPe.001", "KPe.002", "KPe.003",
    ]  # fmt: skip
    assert all(lines[row.line - 1].strip() in ("<INDIVIDUAL>", "<ENTITY>") for row in rows)


def test_names_are_parted_by_use_and_script() -> None:
    entity = read(DATA / "first.xml")[0].entity

    assert entity is not None
    assert entity.all("name") == ("TARVO MIHKEL LIIVAMETS", "Тарво Лийвамец")
    assert entity.all("alias") == ("Tarvo Liivamets", "Tarwo Liwamets")
    assert entity.all("weakAlias") == ("Liiv", "Лийв")
    assert entity.all("previousName") == ("Peteris Smilga", "Петерис Смилга")


def test_births_are_kept_with_their_precision_and_doubts() -> None:
    entity = read(DATA / "first.xml")[0].entity

    assert entity is not None
    assert set(entity.all("birthDate")) == {
        "1972-01-15", "1971-05-03", "1971-04", "1970", "1968", "1969",
    }  # fmt: skip
    assert {
        "birthDate: approximately 1970",
        "birthDate: between 1968 and 1970",
        "birthDate: 24/06/1402 (Hijri Calendar)",
    } <= set(entity.all("notes"))
    assert entity.all("birthPlace") == ("Riga, Latvia", "Tartu, Tartu County, Estonia")
    assert entity.all("birthCountry") == ("lv", "ee")


def test_documents_give_their_number_and_note_the_rest() -> None:
    entity = read(DATA / "first.xml")[0].entity

    assert entity is not None
    assert entity.all("passportNumber") == ("KB0012345",)
    assert entity.all("idNumber") == ("37105030299",)
    assert (
        "passportNumber: Passport, Estonian diplomatic passport no. KB0012345, Estonia,"
        " 2012-10-12, expired on 11 Oct. 2017"
    ) in entity.all("notes")


def test_the_rest_of_an_entry_is_kept() -> None:
    entity = read(DATA / "first.xml")[0].entity

    assert entity is not None
    assert entity.all("nationality") == ("ee",)
    assert entity.all("position") == ("Minister of Planning", "Governor of the Northern Province")
    assert entity.all("title") == ("Dr.",)
    assert entity.all("gender") == ("male",)
    assert entity.all("address") == ("Pikk 1, Tallinn, Estonia",)
    assert entity.all("country") == ("ee",)
    assert entity.all("createdAt") == ("2015-07-01",)
    assert entity.all("program") == ("DRC",)
    assert "An invented person in the true format of the list." in entity.all("notes")


def test_a_former_name_of_an_entity_is_a_former_name() -> None:
    entity = read(DATA / "first.xml")[3].entity

    assert entity is not None
    assert entity.schema == "Organization"
    assert entity.first("name") == "KOREA RYONBONG GENERAL CORPORATION"
    assert entity.all("previousName") == ("LYONGAKSAN GENERAL TRADING CORPORATION",)
    assert entity.all("country") == ("kp",)


def test_a_field_that_the_list_adds_one_day_is_kept(tmp_path: Path) -> None:
    body = (
        "<REFERENCE_NUMBER>X.1</REFERENCE_NUMBER><FIRST_NAME>A</FIRST_NAME>"
        "<EYES>blue</EYES><DETAINED><VALUE>2020</VALUE></DETAINED>"
    )

    (row,) = listed(tmp_path, body)

    assert row.entity is not None
    assert row.entity.all("notes") == ("eyes: blue", "detained: value 2020")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<FIRST_NAME>A</FIRST_NAME>", "id is missing"),
        ("<REFERENCE_NUMBER>X.1</REFERENCE_NUMBER><FIRST_NAME/>", "the entry has no name"),
        (f"<FIRST_NAME>{'A' * MAX_ROW_BYTES}</FIRST_NAME>", "the entry is too long"),
        ("<N>x</N>" * 20_000, "the entry is too long"),
    ],
)
def test_an_entry_that_is_none_is_rejected_with_its_line(
    tmp_path: Path, body: str, fault: str
) -> None:
    (row,) = listed(tmp_path, body)

    assert row.entity is None
    assert row.line == 4
    assert row.fault == fault


DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("before", [DTD, OUTSIDE, "<!DOCTYPE x>"])
def test_a_document_type_is_never_read(tmp_path: Path, before: str) -> None:
    with pytest.raises(UnreadableError, match=r"list\.xml has a document type"):
        listed(tmp_path, "<FIRST_NAME>&b;</FIRST_NAME>", before=before)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<CONSOLIDATED_LIST><INDIVIDUALS>\n</CONSOLIDATED_LIST>", "at line 2, column 2"),
        ("<CONSOLIDATED_LIST>", "at line 1"),
        ("", "at line 1"),
        ("<html/>", "its root element is not CONSOLIDATED_LIST"),
        ("<?xml version='1.0' encoding='utf-7'?><CONSOLIDATED_LIST/>", "an encoding that cannot"),
        (
            "<?xml version='1.0' encoding='nonsense'?><CONSOLIDATED_LIST/>",
            "an encoding that cannot",
        ),
        ("<CONSOLIDATED_LIST>" + "<a>" * MAX_DEPTH, "nests elements deeper"),
        ("<CONSOLIDATED_LIST a='" + "x" * 9_000_000 + "'/>", "one piece of markup"),
    ],
)
def test_what_is_not_the_list_to_its_end_is_refused(
    tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "list.xml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableError, match=sentence):
        read(file)


@has_lists
def test_the_damaged_list_is_refused_where_it_breaks() -> None:
    with pytest.raises(UnreadableError, match="at line 53, column 10"):
        read(LISTS / "un-2025-08-not-wellformed.xml")


@has_lists
def test_the_whole_lists_load_without_a_reject() -> None:
    rows = [read(LISTS / f"un-2025-{day}.xml") for day in ("04-19", "11-18")]

    assert [len(found) for found in rows] == [877, 1000]
    assert not [row for found in rows for row in found if row.fault]
