"""Several files changed at once, whatever ends the process."""

import os
import threading
from pathlib import Path

import pytest

from federation.keys.files import change, finish, settled
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


def test_a_change_counts_only_when_it_was_decided(tmp_path: Path) -> None:
    folder = filled(tmp_path / "keys")

    def refused() -> None:
        assert (folder / ".change.new" / "a").read_bytes() == b"2"
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        change(folder, NEW, refused)

    assert held(folder) == OLD
    assert list(folder.glob(".change*")) == []


def test_a_later_change_finishes_the_one_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "keys")
    with monkeypatch.context() as patch:
        patch.setattr("federation.keys.files._finish", lambda _: None)
        change(folder, {"a": b"2"})

    change(folder, {"b": b"3"})

    assert held(folder) == {"a": b"2", "b": b"3", "sub/c": b"1"}


def test_a_change_waits_for_one_that_is_being_finished_and_loses_nothing_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node and a command finish one change; meanwhile the node has decided the next one."""
    folder = filled(tmp_path / "keys")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _held_up)
        with pytest.raises(RuntimeError):
            change(folder, {"a": b"2", "sub/c": b"2"})  # ended: it is decided and not carried out
    is_begun, may_go_on, replace = threading.Event(), threading.Event(), Path.replace
    first = threading.Thread(target=finish, args=(folder,))

    def replaced(path: Path, to: Path) -> Path:
        if threading.current_thread() is first and not is_begun.is_set():
            is_begun.set()
            may_go_on.wait(0.5)
        elif ".change" in path.parts and path.read_bytes() == b"3":
            may_go_on.set()  # the next change is decided, and being carried out
            first.join(0.5)
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", replaced)
    first.start()
    assert is_begun.wait(5)

    change(folder, {"a": b"3", "b": b"3", "sub/c": b"3", "sub/d": b"3"})
    first.join()

    assert held(folder) == {"a": b"3", "b": b"3", "sub/c": b"3", "sub/d": b"3"}


def _held_up(path: Path, to: Path) -> Path:
    if ".change" in path.parts:
        raise RuntimeError
    path.rename(to)
    return to


def test_what_is_read_while_it_is_settled_is_not_half_changed(tmp_path: Path) -> None:
    folder = filled(tmp_path / "keys")
    changing = threading.Thread(target=change, args=(folder, {"a": b"2", "b": b"2"}))

    with settled(folder):
        first = (folder / "a").read_bytes()
        changing.start()
        changing.join(0.2)
        assert (first, (folder / "b").read_bytes()) == (b"1", b"1")
    changing.join()

    assert held(folder) == {"a": b"2", "b": b"2", "sub/c": b"1"}


def test_what_was_moved_into_a_folder_of_its_own_is_there_after_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every folder whose names a change alters is written to the disk once they are there."""
    folder, synced = filled(tmp_path / "keys"), {}

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            synced[path.name] = {one.name for one in path.iterdir()}

    monkeypatch.setattr(os, "fsync", fsync)

    change(folder, {"a": b"2", "new/d": b"2", "sub/c": None})

    assert synced["new"] == {"d"}
    assert synced["sub"] == set()
    assert {"a", "b", "new", "sub"} <= synced["keys"]
