"""The file of rejects: whole, for its owner alone, and only where something was rejected."""

import json
from pathlib import Path

from node import rejects
from node.store.staging import Reject


def test_each_row_stands_with_its_line_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "rejects" / "one.jsonl"

    written = rejects.write(file, iter([Reject(1, 2, "too wide"), Reject(3, 4, "no name")]))

    assert written == file
    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        {"line": 2, "reason": "too wide"},
        {"line": 4, "reason": "no name"},
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_where_nothing_was_rejected_there_is_no_file(tmp_path: Path) -> None:
    assert rejects.write(tmp_path / "one.jsonl", iter([])) is None
    assert list(tmp_path.iterdir()) == []
