"""Clocks: a member's that is off is named, once, until it agrees again."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from federation.clocks import Clocks
from node import app
from tests.federation.world import EE, LV

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def heard(clocks: Clocks, *seconds: float) -> None:
    for ahead_s in seconds:
        clocks.heard(EE, NOW + timedelta(seconds=ahead_s), NOW)


def test_a_clock_within_the_window_is_not_named() -> None:
    clocks = Clocks()

    with capture_logs() as log:
        heard(clocks, -30, 30, 0)

    assert (clocks.off_s(EE), log) == (0, [])


def test_a_clock_that_is_off_is_named_with_how_far_and_which_way() -> None:
    clocks = Clocks()

    heard(clocks, -45)
    assert clocks.off_s(EE) == -45
    heard(clocks, 31)

    assert clocks.off_s(EE) == 31
    assert clocks.off_s(LV) == 0


def test_the_log_is_told_when_a_clock_goes_off_and_when_it_agrees_again() -> None:
    app.log_to_stderr("info")
    with capture_logs() as log:
        heard(Clocks(), 40, 41, 42, 1, 0)

    assert [(line["event"], line.get("ahead_s")) for line in log] == [
        ("clock differs", 40),
        ("clock agrees again", None),
    ]
