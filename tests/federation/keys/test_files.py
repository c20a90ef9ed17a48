"""Several files changed at once, whatever ends the process."""

from pathlib import Path

import pytest

from federation.keys.files import change, finish
from tests.federation.keys.kills import killed_at_each_step

OLD = {"a": b"1", "b": b"1", "sub/c": b"1"}
NEW = {"a": b"2", "sub/c": b"2", "d": b"2"}


def filled(folder: Path) -> Path:
    (folder / "sub").mkdir(parents=True)
    for name, data in OLD.items():
        (folder / name).write_bytes(data)
    return folder


def held(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, but for what is on its way."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return {name: data for name, data in names.items() if not name.startswith(".")}


def test_files_change_together_and_those_without_content_go(tmp_path: Path) -> None:
    folder = filled(tmp_path / "keys")

    change(folder, {**NEW, "b": None})

    assert held(folder) == NEW
    assert {path.stat().st_mode & 0o777 for path in folder.glob("[ad]")} == {0o600}


def test_a_change_that_was_killed_at_any_step_happened_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = iter(tmp_path / str(number) for number in range(1_000))
    now = [tmp_path]
    outcomes = []

    def work() -> None:
        now[0] = filled(next(folders))
        change(now[0], {**NEW, "b": None})

    for _ in killed_at_each_step(work, monkeypatch):
        if (now[0] / "sub").exists() and held(now[0]).keys() >= {"a"}:
            finish(now[0])
            outcomes.append(held(now[0]))

    assert all(outcome in (OLD, NEW) for outcome in outcomes[1:])
    assert OLD in outcomes
    assert outcomes.count(NEW) > 3


def test_a_later_change_finishes_the_one_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "keys")
    with monkeypatch.context() as patch:
        patch.setattr("federation.keys.files.finish", lambda _: None)
        change(folder, {"a": b"2"})

    change(folder, {"b": b"3"})

    assert held(folder) == {"a": b"2", "b": b"3", "sub/c": b"1"}
