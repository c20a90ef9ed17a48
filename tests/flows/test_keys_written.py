"""What is done to keys and people is in the log before it counts, whatever fails in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from federation.errors import FederationError, InvalidError
from federation.keys import What, turn_of
from federation.messages import PersonId
from node import store
from node.audit import Entry
from node.errors import StoreError
from node.people import Role, person
from node.store import Tx
from tests.federation.keys.kills import Killed
from tests.node.api.test_calls import asked
from tests.world import Place, World, eventually, federation

ADMIN = person(PersonId("first"), [Role.ADMINISTRATOR])


@pytest.fixture
def world() -> Iterator[World]:
    with federation("EE", "LV") as running:
        yield running


@contextmanager
def full(patch: pytest.MonkeyPatch, *events: str) -> Iterator[list[str]]:
    """A disk on which these entries of the log find no room; which of them were tried."""
    append, tried = store.audit.append, list[str]()

    def appended(tx: Tx, entry: Entry) -> int:
        if entry.event in events:
            tried.append(entry.event)
            raise StoreError("the disk is full (SQLITE_FULL)")
        return append(tx, entry)

    with patch.context() as patched:
        patched.setattr(store.audit, "append", appended)
        yield tried


def files(place: Place) -> dict[str, bytes]:
    """Everything in the folder of its keys."""
    every = [path for path in place.home.certificates.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in every}


def settled(place: Place) -> None:
    eventually(lambda: not place.desk.rotating.is_changing, timeout_s=30)


def test_no_key_changes_that_cannot_be_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, rotating = world["ee"], world["ee"].desk.rotating
    before = files(place)

    with full(monkeypatch, "keys rotated", "key revoked"):
        with pytest.raises(StoreError):
            rotating.rotate(list(What), by=ADMIN)
        with pytest.raises(StoreError):
            rotating.revoke(What.SIGNING, "a laptop was lost", by=ADMIN)

    assert files(place) == before
    assert not rotating.is_changing
    rotating.rotate([What.SIGNING], by=ADMIN)
    settled(place)
    assert [one.event for one in place.audit if one.event.startswith("key")][:1] == ["keys rotated"]


def test_new_keys_are_taken_up_once_that_can_be_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world["ee"]
    before = place.up.ring.present.signing_key

    with full(monkeypatch, "new keys in use") as tried:
        place.desk.rotating.rotate([What.SIGNING], by=ADMIN)
        eventually(lambda: len(tried) > 2)
        held = place.up.ring.present.signing_key
    settled(place)

    assert held == before != place.up.ring.present.signing_key
    assert "new keys in use" in [one.event for one in place.audit]


def test_who_revoked_a_key_and_why_outlives_a_node_that_ends_right_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, rename = world["ee"], Path.rename

    def ends(path: Path, to: Path) -> Path:
        if path.name == ".change.new":
            raise Killed
        return rename(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", ends)
        with pytest.raises(Killed):
            place.desk.rotating.revoke(What.SIGNING, "a laptop was lost", by=ADMIN)

    entry = place.last_audit
    assert (entry.event, entry.person) == ("key revoked", "first")
    assert entry.reason == "a laptop was lost"
    assert turn_of(place.home.certificates) is None


def test_nobody_has_a_certificate_that_cannot_be_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world["ee"]

    with full(monkeypatch, "person added"), pytest.raises(FederationError):
        asked(place, lambda desk: desk.add_person("a.tamm", ["auditor"]))

    assert PersonId("a.tamm") not in place.home.people()
    asked(place, lambda desk: desk.add_person("a.tamm", ["auditor"]))
    assert place.last_audit.event == "person added"
    with pytest.raises(InvalidError, match="has a certificate"):
        asked(place, lambda desk: desk.add_person("a.tamm", ["auditor"]))
    assert [one.event for one in place.audit].count("person added") == 1
