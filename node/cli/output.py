"""Data on stdout, words on stderr: one JSON object a line, or the same in words."""

from collections.abc import Mapping
from typing import Any

import click
import msgspec


def printed(data: Mapping[str, Any], words: str, is_json: bool) -> None:
    """Print one result: as JSON for machines or in words for people."""
    click.echo(msgspec.json.encode(data).decode() if is_json else words)


def noted(words: str) -> None:
    """Tell the person something that is not data."""
    click.echo(words, err=True)


def clock_words(off_s: int) -> str:
    """How far another clock is from ours, to be followed by "ours"."""
    return f"{abs(off_s)} s {'ahead of' if off_s > 0 else 'behind'}"
