"""Tables of words that lie beside the code, read once."""

from collections.abc import Iterator
from importlib import resources


def lines(name: str) -> list[str]:
    """The lines of one table."""
    return resources.files(__package__).joinpath(name).read_text("utf-8").splitlines()


def entries(name: str) -> Iterator[tuple[str, list[str]]]:
    """A table of lines `head: word word`."""
    for line in lines(name):
        head, _, words = line.partition(":")
        yield head, words.split()
