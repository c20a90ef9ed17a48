"""The shape of the house: small files and functions, rooms with names, nothing new at the top."""

import ast
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOP = {"LICENSE", "README.md", "federation", "node", "protos", "pyproject.toml", "scripts", "tests"}
BANNED = {"utils", "helpers", "common", "base", "manager", "service", "handler", "core", "misc"}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50


def files(*folders: str) -> list[Path]:
    """Every Python file in these folders that a person writes."""
    found = chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders)
    return sorted(file.relative_to(ROOT) for file in found if "_pb2" not in file.name)


CODE = files("federation", "node")
EVERYTHING = [*CODE, *files("protos", "scripts", "tests")]


def parsed(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text())


def test_files_are_small() -> None:
    lines = {str(file): len((ROOT / file).read_text().splitlines()) for file in EVERYTHING}

    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


def test_functions_are_small() -> None:
    found = [
        (file, node)
        for file in EVERYTHING
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    lines = {f"{file} {one.name}": (one.end_lineno or 0) - one.lineno + 1 for file, one in found}

    assert len(lines) > len(CODE)
    assert {name: count for name, count in lines.items() if count > MOST_LINES_OF_A_FUNCTION} == {}


def test_every_file_of_code_says_in_one_sentence_what_it_is_for() -> None:
    said = {str(file): ast.get_docstring(parsed(file)) or "" for file in CODE}

    first = {file: text.split("\n\n")[0] for file, text in said.items()}

    assert [file for file, text in first.items() if not text.endswith(".") or "\n" in text] == []


def test_files_are_named_for_what_they_hold_or_do() -> None:
    assert [str(file) for file in CODE if BANNED & set(file.with_suffix("").parts)] == []


def test_every_folder_with_code_is_a_package() -> None:
    # An import contract does not see into a folder that is none.
    folders = {file.parent for file in CODE}

    assert [folder for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_no_import_hides_from_the_contracts() -> None:
    hiding = {"TYPE_CHECKING", "__import__"}

    names = {str(f): {n.id for n in ast.walk(parsed(f)) if isinstance(n, ast.Name)} for f in CODE}

    assert {file: used & hiding for file, used in names.items() if used & hiding} == {}


def test_nothing_new_stands_at_the_top() -> None:
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}

    found = {
        entry.name
        for entry in ROOT.iterdir()
        if not entry.name.startswith(".") and not any(entry.match(name) for name in ignored)
    }

    assert found == TOP
