"""Which of our keys a member is shown, as it is heard to hold one charter or another."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation import keys
from federation.keys import Former, Keys, Ring
from tests.federation.world import EE, LT, LV

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Keys, Keys]:
    """The keys of now, and those before them."""
    folder: Path = tmp_path_factory.mktemp("keys")
    made = []
    for name in ("now", "before"):
        keys.make(folder / name, EE, NOW)
        made.append(keys.open(folder / name, EE, NOW))
    return made[0], made[1]


def ring(both: tuple[Keys, Keys], *, is_sudden: bool = False) -> Ring:
    """Since charter 5 our keys are others."""
    former = Former(both[1], since=5, until=NOW + timedelta(hours=12), is_sudden=is_sudden)
    return Ring(both[0], former, lambda: NOW)


def test_a_member_is_shown_new_keys_once_it_is_heard_to_hold_their_charter(
    both: tuple[Keys, Keys],
) -> None:
    now, before = both
    own = ring(both)

    assert own.shown_to(LV) is before
    own.heard(LV, 4)
    assert own.shown_to(LV) is before
    own.heard(LV, 5)
    assert own.shown_to(LV) is now
    assert own.shown_to(LT) is before
    assert own.are_known_to([LV])
    assert not own.are_known_to([LV, LT])


def test_a_member_that_was_put_back_to_an_earlier_day_is_shown_the_former_keys(
    both: tuple[Keys, Keys],
) -> None:
    own = ring(both)
    own.heard(LV, 6)

    own.heard(LV, 3)

    assert own.shown_to(LV) is both[1]


def test_a_call_in_vain_changes_what_is_shown_after_a_theft_and_only_then(
    both: tuple[Keys, Keys],
) -> None:
    now, before = both
    planned, sudden = ring(both), ring(both, is_sudden=True)

    for own in (planned, sudden):
        own.in_vain(LV, before)

    assert planned.shown_to(LV) is before
    assert sudden.shown_to(LV) is now
    sudden.in_vain(LV, now)
    assert sudden.shown_to(LV) is before
    sudden.in_vain(LV, before)
    sudden.heard(LV, 5)  # it was right: now it is known
    assert sudden.shown_to(LV) is now


def test_calls_that_fail_at_once_change_what_is_shown_once(both: tuple[Keys, Keys]) -> None:
    now, before = both
    own = ring(both, is_sudden=True)

    for _ in range(4):
        own.in_vain(LV, before)

    assert own.shown_to(LV) is now


def test_a_head_is_signed_with_the_key_that_its_reader_knows(both: tuple[Keys, Keys]) -> None:
    now, before = both
    own = ring(both)
    own.heard(LV, 5)

    assert now.holds(b"head", own.sign_for(LV, b"head"))
    assert before.holds(b"head", own.sign_for(LT, b"head"))
    assert own.holds(b"head", own.sign(b"head"))


def test_whoever_signs_a_charter_has_every_key_that_it_or_the_one_before_may_name(
    both: tuple[Keys, Keys],
) -> None:
    own = ring(both)

    assert own.signers == (both[0].signer, both[1].signer)
    own.turn(both[0], None, coming=both[1].signer)
    assert own.signers == (both[0].signer, both[1].signer)
    own.turn(both[0], None)
    assert len(own.signers) == 1
