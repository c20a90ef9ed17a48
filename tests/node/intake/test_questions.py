"""Lists to be screened: what each row asks, in whichever words, and what it cannot ask."""

import json
from pathlib import Path

import pytest

from federation.errors import InvalidError, UnreadableError
from federation.messages import Identifier, Sought
from node.intake.questions import MOST_QUESTIONS, Asked, read


def asked(tmp_path: Path, *lines: object) -> list[Asked]:
    """What a list of these lines asks."""
    file = tmp_path / "list.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return list(read(file))


def test_a_row_in_the_words_of_a_batch_is_one_question(tmp_path: Path) -> None:
    row = {
        "qid": 7,
        "name": "Anna  Nowak",
        "dob": "3.5.1970",
        "nationality": "PL",
        "identifier": {"type": "passport", "value": "AB 123"},
        "kind": "person",
        "remark": "ours",
    }

    (one,) = asked(tmp_path, row)

    sought = Sought("Anna Nowak", "1970-05-03", "pl", (Identifier("passport", "AB 123"),), "person")
    assert one == Asked(1, "7", (sought,))


def test_a_row_in_the_words_of_simple_asks_for_each_of_its_names(tmp_path: Path) -> None:
    row = {"id": "P-1", "kind": "person", "names": ["Anna Nowak", "A. Nowak"], "dob": "1970"}

    (one,) = asked(tmp_path, row)

    assert one.id == "P-1"
    assert [(sought.name, sought.birth_date) for sought in one.questions] == [
        ("Anna Nowak", "1970"),
        ("A. Nowak", "1970"),
    ]


def test_each_date_and_nationality_of_a_row_may_be_the_one(tmp_path: Path) -> None:
    row = {"names": "Anna Nowak", "dob": ["1970", "1971"], "nationality": ["Estonia", "lv", "ee"]}

    (one,) = asked(tmp_path, row)

    assert {(sought.birth_date, sought.nationality) for sought in one.questions} == {
        ("1970", "ee"), ("1970", "lv"), ("1971", "ee"), ("1971", "lv"),
    }  # fmt: skip


def test_what_names_no_date_or_country_is_asked_as_it_is_and_refused_later(tmp_path: Path) -> None:
    (one, other) = asked(
        tmp_path,
        {"name": "Anna Nowak", "dob": "in spring", "nationality": "Atlantis"},
        {"name": "Anna Nowak", "nationality": "unknown"},
    )

    assert one.questions[0].birth_date == "in spring"
    assert one.questions[0].nationality == "Atlantis"
    assert other.questions[0].nationality == ""


def test_a_row_asks_no_more_than_a_row_may_and_says_how_much_is_left_out(tmp_path: Path) -> None:
    (one,) = asked(tmp_path, {"names": [f"Anna Nowak {n}" for n in range(MOST_QUESTIONS + 3)]})

    assert (len(one.questions), one.left_out) == (MOST_QUESTIONS, 3)


def test_a_row_that_asks_nothing_has_its_line_and_reason(tmp_path: Path) -> None:
    rows = asked(
        tmp_path,
        {"qid": "1", "name": " "},
        "{broken",
        "",
        {"id": "x", "names": 5},
        {"name": "Anna Nowak"},
        {"identifiers": [{"type": "phone", "value": f"+3725550{n:04}"} for n in range(21)]},
        {"identifier": {"type": "pasport", "value": "AB123456"}},
        {"identifier": {"type": "PASSPORT", "value": "AB123456"}},
    )

    faults = [(row.line, row.fault) for row in rows if row.fault]
    assert [line for line, _ in faults] == [1, 2, 4, 6, 7]
    assert "is passport meant" in rows[5].fault
    assert rows[6].questions[0].identifiers[0].type == "passport"
    assert faults[0] == (1, "the row has neither a name nor an identifier")
    assert rows[2].id == "x"
    assert rows[3].questions


def test_a_table_is_read_by_the_words_of_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "QID,Names,Office,dob,identifier\n"
        '1,"Nowak, Anna;Anna Kowalska",east,1970,passport:AB 123\n'
        "2,Jan Nowak,,,\n"
        "3,Jan Nowak,,,passport\n"
        "4,Jan Nowak,,,,more\n"
    )

    first, second, third, fourth = read(file)

    assert [one.name for one in first.questions] == ["Nowak, Anna", "Anna Kowalska"]
    assert first.questions[0].identifiers == (Identifier("passport", "AB 123"),)
    assert (second.line, second.id, second.questions) == (3, "2", (Sought("Jan Nowak"),))
    assert (third.fault, fourth.line) == ("an identifier is TYPE:VALUE", 5)
    assert "more fields" in fourth.fault


def test_a_table_that_names_nothing_to_ask_for_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("office,dob\neast,1970\n")

    with pytest.raises(InvalidError, match="names its columns"):
        list(read(file))


@pytest.mark.parametrize("text", ['{"name": "Anna Nowak"}\n{"name": "Jan', "name\nAnna Nowak\nJan"])
def test_a_list_that_is_cut_at_its_end_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "list"
    file.write_text(text)

    with pytest.raises(UnreadableError, match="ends in the middle"):
        list(read(file))


def test_an_empty_list_has_no_row(tmp_path: Path) -> None:
    assert asked(tmp_path) == []
