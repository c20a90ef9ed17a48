"""The `ftm` reader and writer: FollowTheMoney in and out without translation."""

import json
from pathlib import Path

import pytest

from node.intake import FORMATS, Row
from node.intake.ftm import to_ftm


def read(tmp_path: Path, *lines: dict[str, object]) -> list[Row]:
    """Rows of a file of these lines."""
    file = tmp_path / "entities.ftm.json"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return list(FORMATS["ftm"](file, None))


def test_an_entity_comes_out_as_it_went_in(tmp_path: Path) -> None:
    line = {
        "id": "NK-1",
        "schema": "Organization",
        "properties": {"name": ["ООО “Компания”", "Kompania"], "notes": ["two\n\nparagraphs "]},
    }

    (row,) = read(tmp_path, line | {"datasets": ["x"], "caption": "Kompania", "target": True})

    assert row.entity is not None
    assert json.loads(to_ftm(row.entity)) == line


def test_values_are_made_text_and_kept_once(tmp_path: Path) -> None:
    properties = {
        "amount": [290.5, 3, True, None],
        "name": "Alone",
        "alias": ["A", "A", " "],
        "email": [],
    }

    (row,) = read(tmp_path, {"id": "1", "schema": "Payment", "properties": properties})

    assert row.entity is not None
    assert dict(row.entity.properties) == {
        "amount": ("290.5", "3", "true"),
        "name": ("Alone",),
        "alias": ("A",),
    }


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"id": "1", "schema": "Dragon", "properties": {"name": ["x"]}}, "schema is not a word"),
        ({"id": "1", "schema": "Person", "properties": {}}, "has no properties"),
        ({"id": "1", "schema": "Person"}, "missing required field `properties`"),
        ({"id": "", "schema": "Person", "properties": {"name": ["x"]}}, "id is missing"),
        ({"id": "1", "schema": "Person", "properties": {"name": [{"x": 1}]}}, "Expected"),
    ],
)
def test_an_entity_that_is_none_is_rejected(
    tmp_path: Path, line: dict[str, object], fault: str
) -> None:
    (row,) = read(tmp_path, line)

    assert row.entity is None
    assert fault in row.fault
