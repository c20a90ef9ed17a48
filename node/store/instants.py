"""Instants as they are stored: integer microseconds since 1970 UTC."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=256)
def microseconds(instant: datetime) -> int:
    """An aware instant as it is stored."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant(stored: int) -> datetime:
    """A stored instant as an aware one."""
    return _EPOCH + timedelta(microseconds=stored)


def instant_if(stored: int | None) -> datetime | None:
    """A stored instant as an aware one, None where none is stored."""
    return None if stored is None else instant(stored)
