"""What the whole node is put together with: its ids and its log."""

import io
import sys
import uuid
from pathlib import Path

import msgspec
import pytest
import structlog

from node import app, config
from node.administration import Administration
from node.app import new_id
from tests.world import eventually, federation


def test_an_id_is_a_uuid_of_version_7() -> None:
    for text in (new_id() for _ in range(100)):
        made = uuid.UUID(text)
        assert (str(made), made.version, made.variant) == (text, 7, uuid.RFC_4122)


def test_ids_are_unique_and_in_the_order_of_time() -> None:
    ids = [new_id() for _ in range(1000)]

    assert len(set(ids)) == len(ids)
    assert [text[:13] for text in ids] == sorted(text[:13] for text in ids)


def test_retention_goes_on_after_a_fault_that_nobody_foresaw(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[int] = []

    def erase(_: Administration) -> int:
        calls.append(len(calls))
        raise ZeroDivisionError("Anna Nowak")

    monkeypatch.setattr(Administration, "erase_overdue", erase)
    monkeypatch.setattr(app, "ERASING_S", 0.01)

    with federation("EE"):
        eventually(lambda: len(calls) > 2)

    said = capsys.readouterr().err
    assert '"what": "erasing what is overdue"' in said
    assert "Nowak" not in said


def test_a_node_whose_policies_permit_something_to_nobody_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(app.__file__).parent / "policies" / "ask.cedar"
    (tmp_path / "ask.cedar").write_bytes(shipped.read_bytes())

    def set_(settings: config.Config) -> config.Config:
        return msgspec.structs.replace(settings, policy=config.Policy(folder=str(tmp_path)))

    app.log_to_stderr("warning")
    with federation("EE", settings=set_):
        pass

    said = capsys.readouterr().err
    assert '"actions": ["seeHit", "seeCore", "seeFull"]' in said
    assert "policy permits nobody" in said


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
