"""Threats: every kind is in the table, and each test that a row names is one of ours."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DESIGN = (ROOT / "federation" / "DESIGN.md").read_text()
#: Who and what the table must speak of.
KINDS = {
    "outsider",
    "hostile member",
    "compromised analyst",
    "dishonest operator",
    "stolen disk",
    "stolen key",
    "replay",
    "enumeration",
    "timing",
    "hostile record content",
}


def rows() -> list[list[str]]:
    """The cells of each row of the table."""
    section = DESIGN.partition("\n## Threats\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def ours() -> set[str]:
    """The name of every test."""
    return {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_kind_of_threat_has_a_row_with_its_defence() -> None:
    assert {row[0] for row in rows()} == KINDS
    assert all(len(row) == 4 and all(row) for row in rows())


def test_every_row_names_tests_that_there_are() -> None:
    there = ours()

    named = {name for row in rows() for name in re.findall(r"`(\w+)`", row[3])}

    assert all("`test_" in row[3] for row in rows())
    assert sorted(named - there) == []
