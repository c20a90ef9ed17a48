"""Checks of what arrives: each field is bounded here before anybody reads it."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from federation.errors import InvalidError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: What writes over a screen or turns the order of what is read on it: control characters, and the
#: bidirectional embeddings, overrides and isolates of Unicode (Standard Annex 9, 2.1 to 2.3).
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_M = TypeVar("_M", bound=Message)
_T = TypeVar("_T")


def decoded(kind: type[_M], data: bytes) -> _M:
    """A message of this type; raises `InvalidError` for bytes that are none."""
    try:
        return kind.FromString(data)
    except DecodeError:
        raise InvalidError(f"this is not a message of type {kind.__name__}") from None


def day(field: str, text: str) -> date | None:
    """A date, or None for an empty text."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidError(f"{field} must be a date such as 2027-01-31") from None


def instant(field: str, microseconds: int) -> datetime:
    """An instant that is counted in microseconds UTC."""
    try:
        if microseconds > 0:
            return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        pass
    raise InvalidError(f"{field} must be an instant in microseconds")


def microseconds(instant: datetime) -> int:
    """An instant as it travels."""
    return (instant - _EPOCH) // _MICROSECOND


def needed(field: str, text: str, most: int) -> str:
    """A line of text that must be there."""
    if not text.strip():
        raise InvalidError(f"{field} must not be empty")
    return line(field, text, most)


def line(field: str, text: str, most: int) -> str:
    """One line of text, which may be empty."""
    if len(text) > most:
        raise InvalidError(f"{field} must be at most {most} characters long")
    if _CONTROL.search(text):
        raise InvalidError(f"{field} must be one line of text")
    return text


def plain(text: str) -> str:
    """A text of somebody's record as it can be shown: whatever acts on a screen is U+FFFD in it.

    It is not refused: one name in one record is not to cost every hit of an answer.
    """
    return text if text.isprintable() else _UNSEEN.sub("\ufffd", text)


def few(field: str, values: Sequence[_T], most: int) -> Iterable[_T]:
    """Values, of which there are not too many."""
    if len(values) > most:
        raise InvalidError(f"{field} must hold at most {most} values")
    return values
