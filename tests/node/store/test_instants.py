"""Instants as they are stored."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.store.instants import instant, microseconds


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_comes_back_to_the_microsecond(moment: datetime) -> None:
    assert instant(microseconds(moment)) == moment


def test_the_same_moment_is_stored_alike_in_every_zone() -> None:
    riga = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))

    assert microseconds(riga) == microseconds(datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_moment_without_a_zone_is_never_stored() -> None:
    with pytest.raises(TypeError):
        microseconds(datetime(2026, 3, 1))  # noqa: DTZ001 - the point of the test
