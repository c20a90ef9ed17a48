"""Data on stdout, words on stderr: one JSON object a line, or the same in words."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

#: All but line feed and tab that acts on a terminal, or turns the order of what is read there.
_ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

#: A day as it is typed.
DAY = click.DateTime(["%Y-%m-%d"])


def printed(data: Mapping[str, Any], words: str, is_json: bool) -> None:
    """Print one result: as JSON for machines or in words for people."""
    click.echo(msgspec.json.encode(data).decode() if is_json else still(words))


def noted(words: str) -> None:
    """Tell the person something that is not data."""
    click.echo(still(words), err=True)


def still(words: str) -> str:
    """Words as a terminal shows them: nothing in them moves it, hides or turns what stands there.

    Names come from files and from other members, and anything may be in them. Whatever is not
    ours goes through this before it is shown.
    """
    return words if words.isprintable() else _ACTS.sub("\ufffd", words)


def private(path: Path) -> int:
    """A file to write records or evidence into, emptied; one that is made is its owner's alone."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def moment(microseconds: int) -> str:
    """An instant of the desk, in UTC, as a person reads it."""
    return f"{_instant(microseconds):%Y-%m-%d %H:%MZ}"


def second(microseconds: int) -> str:
    """The same to the second, for what may come by the dozen in a minute."""
    return f"{_instant(microseconds):%Y-%m-%d %H:%M:%S}"


def day(microseconds: int) -> str:
    """The day of an instant, as it would be typed."""
    return f"{_instant(microseconds):%Y-%m-%d}"


def day_of(day: datetime | None) -> str:
    """A day as it was typed, to be said to the desk; empty when none was."""
    return f"{day:%Y-%m-%d}" if day else ""


def standing_words(said: Mapping[str, Any], of: str = "member") -> str:
    """What is to be known of the member that something is of, unless it is active."""
    standing = said.get(f"{of}_standing") or "active"
    return "" if standing == "active" else f" ({standing})"


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


def clock_words(off_s: int) -> str:
    """How far another clock is from ours, to be followed by "ours"."""
    return f"{abs(off_s)} s {'ahead of' if off_s > 0 else 'behind'}"
