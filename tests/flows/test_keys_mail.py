"""Mail and keys: what waits while a key changes, and what was sealed with one that ended since."""

from collections.abc import Callable, Iterator

import pytest

from federation import seal
from federation.keys import What
from tests.flows.test_keys import (
    ADMIN,
    EE,
    PL,
    events,
    is_known,
    lane,
    own,
    quick,
    revoked,
    rotated,
    settled,
)
from tests.world import Place, World, eventually


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia, Latvia and Poland, whose hearts beat five times a second."""
    with quick() as running:
        yield running


@pytest.mark.parametrize("change", [rotated, revoked])
def test_mail_that_waits_while_a_key_changes_is_delivered_after(
    world: World, change: Callable[[Place, What], None]
) -> None:
    world["pl"].stop()
    world["ee"].watches("Anna Nowak", to=["pl"])
    waiting = lane(world["ee"], PL).waiting
    assert waiting

    world["ee"].desk.rotating.rotate([What.SIGNING], by=ADMIN)
    eventually(lambda: own(world["ee"]).former_keys)
    if change is revoked:
        world["ee"].desk.rotating.revoke(What.SIGNING, "stolen", by=ADMIN)
        eventually(lambda: own(world["ee"]).former_keys[1:])
    world["pl"].start()

    eventually(lambda: lane(world["ee"], PL).waiting == 0, timeout_s=30)
    eventually(lambda: is_known(world["pl"], world["ee"]))
    settled(world["ee"])
    assert list(world["ee"].up.post.outbox.posted("PL", "refused")) == []
    assert "new keys in use" in events(world["ee"])


def test_mail_under_a_key_that_ended_days_ago_is_taken_for_it_counted_when_it_was_sealed(
    world: World,
) -> None:
    world["pl"].holds("Anna Nowak")
    world["pl"].stop()
    watch = world["ee"].watches("Anna Nowak", to=["pl"])
    old, sealed_at = seal.public_key(own(world["ee"]).signing_key).keyid, world.clock()
    rotating = world["ee"].desk.rotating
    rotating.rotate([What.SIGNING], by=ADMIN)
    eventually(lambda: rotating.turn is None and rotating.unheard() == (PL,))
    world.clock.turn(days=3)
    settled(world["ee"])

    dispatch = world["ee"].up.post.outbox.dispatch(PL)
    [ended] = world["lv"].up.in_force().members[EE].former_keys
    assert ended.until is not None
    assert sealed_at < ended.until < world.clock()
    assert old in {one.key_id for one in dispatch.notices}
    world["pl"].start()

    eventually(lambda: world["ee"].watch_states(watch) == {"PL": "registered"}, timeout_s=30)
    eventually(lambda: len(world["ee"].alerts) == 1)
    assert list(world["ee"].up.post.outbox.posted("PL", "refused")) == []
    with world["pl"].up.store.view() as view:
        kept = view._live().execute("SELECT key_id FROM mail_in WHERE member = 'EE'").fetchall()
    assert (old,) in kept
