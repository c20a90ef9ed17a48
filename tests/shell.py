"""A shell for tests: verbs run in this process, and how they end is held against what should be."""

import json
from typing import Any

import pytest

from node.cli import amber
from node.cli.faults import guarded


class Shell:
    """Runs verbs as a shell would, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.err = ""

    def __call__(self, *arguments: object, code: int = 0) -> str:
        self._monkeypatch.setattr("sys.argv", ["amber", *map(str, arguments)])
        ended = guarded(amber)
        said = self._capsys.readouterr()
        self.err = said.err
        assert ended == code, said.err
        return said.out

    def json(self, *arguments: object, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self(*arguments, "--json", code=code).splitlines()]
