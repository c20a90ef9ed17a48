"""The `simple` reader: what is kept, what is rejected, and when the whole file is refused."""

import json
from datetime import date
from pathlib import Path

import pytest

from federation.errors import UnreadableError
from federation.messages import Share
from node.intake import FORMATS, Row
from node.intake.rows import MAX_ROW_BYTES
from node.kinds import identifiers_of


def read(tmp_path: Path, *lines: object, text: str = "") -> list[Row]:
    """Rows of a file of these lines, or of this text."""
    body = text or "".join(
        f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines
    )
    file = tmp_path / "rows.jsonl"
    file.write_text(body, encoding="utf-8")
    return list(FORMATS["simple"](file, None))


def person(**fields: object) -> dict[str, object]:
    """A row that is whole, with some fields said otherwise."""
    return {"id": "P-1", "kind": "person", "names": ["Anna Liiv"]} | fields


def test_a_person_is_kept_in_followthemoney_words(tmp_path: Path) -> None:
    line = person(
        names=["Anna  Liiv", "Анна Лийв"],
        dob="1970-05",
        nationality=["ee", "Latvian"],
        gender="F",
        identifiers=[{"type": "passport", "value": "KB 0012345"}],
        notes="seen twice",
    )

    (row,) = read(tmp_path, line)

    assert row.line == 1
    assert row.entity is not None
    assert row.entity.schema == "Person"
    assert dict(row.entity.properties) == {
        "name": ("Anna Liiv",),
        "alias": ("Анна Лийв",),
        "passportNumber": ("KB 0012345",),
        "birthDate": ("1970-05",),
        "nationality": ("ee", "lv"),
        "gender": ("female",),
        "notes": ("seen twice",),
    }


def test_a_vessel_keeps_flag_and_every_kind_of_number(tmp_path: Path) -> None:
    numbers = [
        {"type": "imo", "value": "IMO 9074729"},
        {"type": "callsign", "value": "es9999"},
        {"type": "hull mark", "value": "77"},
    ]

    (row,) = read(
        tmp_path,
        {"id": "V-1", "kind": "vessel", "names": ["MERI 6"], "flag": "lr", "identifiers": numbers},
    )

    assert row.entity is not None
    assert row.entity.all("flag") == ("lr",)
    found = {(identifier.type, identifier.value) for identifier in identifiers_of(row.entity)}
    assert found == {("imo", "IMO 9074729"), ("callsign", "es9999"), ("other", "hull mark:77")}


def test_what_cannot_be_understood_is_kept_as_a_note(tmp_path: Path) -> None:
    line = person(
        dob="05/03/1970", nationality=["allegedly Russian", "Atlantis"], gender="a", eyes=3
    )

    (row,) = read(tmp_path, line)

    assert row.entity is not None
    assert row.entity.all("nationality") == ("ru",)
    assert row.entity.all("birthDate") == ()
    assert row.entity.all("notes") == (
        "birthDate: 05/03/1970",
        "nationality: allegedly Russian",
        "nationality: Atlantis",
        "gender: a",
        "eyes: 3",
    )


def test_a_row_says_its_own_marking(tmp_path: Path) -> None:
    line = person(
        topic="drugs",
        share="core",
        tell="openly",
        handling=["H1", "H2"],
        to=["EE", "group:baltic"],
        source_grade="B",
        info_grade="2",
        review_on="2030-01-31",
    )

    (row,) = read(tmp_path, line)

    assert row.marking == {
        "topic": "drugs",
        "share": Share.CORE,
        "tell": "openly",
        "handling": frozenset({"H1", "H2"}),
        "audience": frozenset({"EE", "group:baltic"}),
        "source_grade": "B",
        "information_grade": "2",
        "review_on": date(2030, 1, 31),
    }


def test_a_row_can_say_nobody_and_a_row_that_is_silent_says_nothing(tmp_path: Path) -> None:
    nobody, silent = read(tmp_path, person(to=["nobody"]), person(id="P-2"))

    assert nobody.marking == {"audience": frozenset()}
    assert silent.marking == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (person(kind="dragon"), "kind is not one of"),
        (person(kind="link"), "kind is not one of"),
        (person(names=[], identifiers=[]), "neither a name nor an identifier"),
        (person(names=["  "]), "neither a name nor an identifier"),
        (person(id=" "), "id is missing"),
        (person(id="x" * 300), "id is longer than 255"),
        (person(share="everything"), "share is not one of"),
        (person(names=[1]), "Expected `str`, got `int` - at `names[0]`"),
        (person(identifiers=[{"type": "imo"}]), "missing required field `value`"),
        (person(review_on="soon"), "Invalid RFC3339 encoded date"),
        ({"kind": "person"}, "missing required field `id`"),
        ([1, 2], "is not a JSON object"),
        ('{"id": "P-1", "kind"', "is not a JSON object"),
        ("[" * 100_000, "is not a JSON object"),
        (person(names=["x" * MAX_ROW_BYTES]), "is longer than 1048576 bytes"),
    ],
)
def test_a_bad_row_is_rejected_and_the_good_one_after_it_loads(
    tmp_path: Path, line: object, fault: str
) -> None:
    bad, good = read(tmp_path, line, person(id="P-2"))

    assert bad.entity is None
    assert fault in bad.fault
    assert bad.line == 1
    assert good.entity is not None
    assert good.line == 2


def test_a_fault_never_repeats_what_the_row_holds(tmp_path: Path) -> None:
    lines = [person(kind="SECRET"), person(share="SECRET"), person(dob={"SECRET": 1})]

    rows = read(tmp_path, *lines, person())

    assert all("SECRET" not in row.fault for row in rows)


def test_a_rejected_row_still_says_its_id_where_it_has_one(tmp_path: Path) -> None:
    bad, broken, _ = read(tmp_path, person(kind="dragon"), '{"id": "P-9"', person(id="P-2"))

    assert bad.id == "P-1"
    assert broken.id == ""


def test_blank_lines_and_a_byte_order_mark_are_nothing(tmp_path: Path) -> None:
    text = "\ufeff" + json.dumps(person()) + "\r\n\r\n   \n" + json.dumps(person(id="P-2"))

    rows = read(tmp_path, text=text)

    assert [row.line for row in rows] == [1, 4]
    assert all(row.entity for row in rows)


def test_a_file_cut_in_its_last_line_is_refused(tmp_path: Path) -> None:
    text = json.dumps(person()) + "\n" + json.dumps(person(id="P-2"))[:-5]

    with pytest.raises(UnreadableError, match=r"rows\.jsonl ends in the middle of line 2"):
        read(tmp_path, text=text)


@pytest.mark.parametrize(
    "text", ["id,kind\n1,person\n", "<xml>\n</xml>\n", '[\n"a"\n]\n', "x" * 3_000_000]
)
def test_a_file_that_is_no_json_lines_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableError, match=r"rows\.jsonl"):
        read(tmp_path, text=text)


@pytest.mark.parametrize(
    ("bad", "sentence"), [(b"\xff\xfe", "line 2 is not utf-8 text"), (b"\0", "line 2 holds NUL")]
)
def test_a_file_with_bytes_that_are_no_text_is_refused(
    tmp_path: Path, bad: bytes, sentence: str
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(json.dumps(person()).encode() + b'\n{"id": "' + bad + b'"}\n')

    with pytest.raises(UnreadableError, match=sentence):
        list(FORMATS["simple"](file, None))


def test_a_long_line_may_end_within_a_letter(tmp_path: Path) -> None:
    long, good = read(
        tmp_path, json.dumps({"id": "ä" * MAX_ROW_BYTES}, ensure_ascii=False), person()
    )

    assert long.fault == "is longer than 1048576 bytes"
    assert good.entity is not None


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.touch()

    assert list(FORMATS["simple"](file, None)) == []
