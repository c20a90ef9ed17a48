"""What ends when, and how soon somebody is warned of it."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from node import app
from node.keyring.expiries import Held, Warner, soon

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
YEAR, MONTH = timedelta(days=365), timedelta(days=30)


def ends(days: float, life: timedelta | None = YEAR, what: str = "tls") -> Held:
    """Something that ends in so many days."""
    until = NOW + timedelta(days=days)
    return Held(what, "f" * 64, until - life if life else None, until)


@pytest.fixture(autouse=True)
def _warnings() -> None:
    app.log_to_stderr("warning")


@pytest.mark.parametrize(
    ("days", "level"),
    [(31, None), (30, 30), (7.5, 30), (7, 7), (1.1, 7), (1, 1), (0.1, 1), (0, 0), (-3, 0)],
)
def test_somebody_is_warned_30_7_and_1_days_before_an_end(days: float, level: int | None) -> None:
    assert ends(days).warned_at(NOW) == level


@pytest.mark.parametrize(("days", "level"), [(29, None), (8, None), (7, 7), (1, 1), (0, 0)])
def test_what_lasts_a_month_is_warned_of_from_its_half_on(days: float, level: int | None) -> None:
    assert ends(days, MONTH).warned_at(NOW) == level


def test_what_has_no_end_is_warned_of_never() -> None:
    assert Held("signing", "f" * 64, NOW).warned_at(NOW) is None


def test_the_log_says_it_once_at_each_level_and_names_nobody() -> None:
    warner, person = Warner(), ends(30, what="person")
    person = Held("person", person.fingerprint, person.since, person.until, of="a.tamm")

    with capture_logs() as logs:
        for hours in range(0, 24 * 32, 6):
            warner.say([person], NOW + timedelta(hours=hours))

    said = [(line["event"], line["days"]) for line in logs]
    assert said == [("ends soon", 30), ("ends soon", 7), ("ends soon", 1), ("has ended", 0)]
    assert "tamm" not in repr(logs)


def test_what_was_renewed_is_warned_of_again_in_its_own_time() -> None:
    warner = Warner()
    renewed = Held("tls", "e" * 64, NOW, NOW + YEAR)

    with capture_logs() as logs:
        warner.say([ends(5)], NOW)
        warner.say([renewed], NOW)
        warner.say([renewed], NOW + YEAR - timedelta(days=20))

    assert [line["fingerprint"][0] for line in logs] == ["f", "e"]


def test_what_ends_first_is_named_first() -> None:
    later, sooner, far = ends(20), ends(2), ends(100)

    assert soon([later, far, sooner], NOW) == [sooner, later]
