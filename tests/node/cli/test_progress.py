"""A bar where a person watches, and nothing in a pipe."""

import sys

import pytest

from node.cli.progress import progress


def test_a_pipe_gets_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("reading", 10) as advance:
        advance(5)

    assert capsys.readouterr().err == ""


def test_a_terminal_gets_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")

    with progress("reading", 10) as advance:
        advance(5)

    assert "reading" in capsys.readouterr().err
