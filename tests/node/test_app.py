"""What the whole node is put together with: its log."""

import io
import sys

import pytest
import structlog

from node import app


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app.log_to_stderr("info")
    monkeypatch.setattr(sys, "stderr", Full())

    structlog.get_logger().error("fault", code="internal")


def test_the_log_is_lines_of_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    app.log_to_stderr("info")

    structlog.get_logger().warning("mail waits", member="LV")

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith('{"member": "LV", "event": "mail waits"')
    assert said.err.endswith("}\n")
