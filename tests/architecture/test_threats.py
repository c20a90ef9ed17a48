"""Threats: every kind is in the table, and each test that a row names is one of ours."""

import ast
import re
from functools import cache
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


@cache
def ours() -> dict[str, bool]:
    """The name of every test, and whether all of it is slow: run by hand and not by each check."""
    return {
        node.name: any(ast.unparse(one) == "pytest.mark.slow" for one in node.decorator_list)
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def named(row: list[str]) -> dict[str, bool]:
    """The tests that a row names, and whether it says that one is slow."""
    found = re.findall(r"`(\w+)`( \(slow\))?", row[3])
    return {name: bool(slow) for name, slow in found}


def test_every_kind_of_threat_has_a_row_with_its_defence() -> None:
    assert {row[0] for row in rows()} == KINDS
    assert all(len(row) == 4 and all(row) for row in rows())


def test_every_row_names_tests_that_there_are() -> None:
    assert all("`test_" in row[3] for row in rows())
    assert sorted({name for row in rows() for name in named(row)} - set(ours())) == []


def test_a_row_says_which_of_its_tests_are_slow_and_leans_on_others_too() -> None:
    said = {name: is_slow for row in rows() for name, is_slow in named(row).items()}

    assert said == {name: ours()[name] for name in said}
    assert [row[:2] for row in rows() if all(named(row).values())] == []
