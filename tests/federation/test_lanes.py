from hypothesis import given
from hypothesis import strategies as st

from federation.lanes import FIRST_S, LEAST_S, MOST_S, Lane

MONTH_S = 30 * 86_400.0


def lane(chance: float = 1.0) -> Lane:
    return Lane(beat_s=60.0, chance=lambda: chance)


def test_mail_is_due_at_once() -> None:
    one = lane()
    one.tried(100.0)
    one.delivered(100.1, has_more=False)

    one.queued(120.0)

    assert one.due_at == 120.0


def test_what_is_queued_during_a_transfer_is_due_when_it_ends() -> None:
    one = lane()
    one.tried(100.0)

    one.queued(100.5)
    one.delivered(101.0, has_more=False)

    assert one.due_at <= 101.0


def test_without_mail_a_heartbeat_is_due_after_its_time() -> None:
    one = lane()
    one.tried(100.0)

    one.delivered(100.0, has_more=False)

    assert one.due_at == 160.0


def test_more_mail_is_due_at_once() -> None:
    one = lane()
    one.tried(100.0)

    one.delivered(100.2, has_more=True)

    assert one.due_at == 100.2


def test_each_failure_waits_twice_as_long_up_to_the_most() -> None:
    one, waits = lane(), []
    for _ in range(12):
        one.tried(0.0)
        one.failed(0.0)
        waits.append(one.due_at)

    assert waits[:3] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S]
    assert waits[-1] == MOST_S


def test_new_mail_does_not_hurry_to_a_member_that_cannot_be_reached() -> None:
    one = lane()
    for _ in range(12):
        one.failed(0.0)

    one.queued(1.0)

    assert one.due_at == MOST_S


def test_a_member_that_calls_is_up_at_once() -> None:
    one = lane()
    for _ in range(12):
        one.tried(0.0)
        one.failed(0.0)

    one.heard(30.0)

    assert one.due_at == 30.0


def test_a_member_that_calls_all_the_time_is_not_tried_all_the_time() -> None:
    one = lane()
    one.tried(10.0)
    one.failed(10.0)
    one.failed(10.0)
    one.failed(10.0)

    one.heard(10.1)

    assert one.due_at == 10.0 + LEAST_S


@given(chance=st.floats(0, 1), tries=st.integers(1, 60_000))
def test_a_member_that_comes_back_from_a_months_absence_is_met_within_five_minutes(
    chance: float, tries: int
) -> None:
    one = lane(chance)
    one.failures = tries
    one.tried(MONTH_S)

    one.failed(MONTH_S)

    assert 0 < one.due_at - MONTH_S <= 300


def test_retries_are_spread_by_chance() -> None:
    early, late = lane(0.0), lane(1.0)

    early.failed(0.0)
    late.failed(0.0)

    assert early.due_at == FIRST_S / 2
    assert late.due_at == FIRST_S


def test_what_is_queued_while_a_member_is_found_again_is_due_when_it_is() -> None:
    one = lane()
    one.tried(100.0)
    one.failed(101.0)
    one.tried(110.0)

    one.queued(110.5)
    one.delivered(111.0, has_more=False)

    assert one.due_at == 111.0


def test_a_member_that_calls_during_a_transfer_that_fails_is_tried_again_at_once() -> None:
    one = lane()
    for at in range(10):
        one.tried(100.0 * at)
        one.failed(100.0 * at + 20)

    one.tried(2_000.0)
    one.heard(2_005.0)
    one.failed(2_020.0)

    assert one.due_at == 2_020.0


def test_a_member_that_called_before_a_transfer_that_fails_is_not_tried_at_once() -> None:
    one = lane()
    one.heard(99.0)
    one.tried(100.0)

    one.failed(100.5)

    assert one.due_at == 100.5 + FIRST_S
