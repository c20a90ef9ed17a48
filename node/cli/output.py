"""Data on stdout, words on stderr: one JSON object a line, or the same in words."""

import re
from collections.abc import Mapping
from typing import Any

import click
import msgspec

#: All but line feed and tab that acts on a terminal, or turns the order of what is read there.
_ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printed(data: Mapping[str, Any], words: str, is_json: bool) -> None:
    """Print one result: as JSON for machines or in words for people."""
    click.echo(msgspec.json.encode(data).decode() if is_json else _still(words))


def noted(words: str) -> None:
    """Tell the person something that is not data."""
    click.echo(_still(words), err=True)


def _still(words: str) -> str:
    """Words as a terminal shows them: nothing in them moves it, hides or turns what stands there.

    Names come from files and from other members, and anything may be in them.
    """
    return words if words.isprintable() else _ACTS.sub("\ufffd", words)


def clock_words(off_s: int) -> str:
    """How far another clock is from ours, to be followed by "ours"."""
    return f"{abs(off_s)} s {'ahead of' if off_s > 0 else 'behind'}"
