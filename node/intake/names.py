"""Names as lists write them: several in one field, one in two scripts, the family name in front."""

import re
import unicodedata
from functools import lru_cache

_NOT_SAID = frozenset({"na", "n/a", "n.a.", "-", "unknown"})
_BETWEEN = re.compile(r"(?:;|\s/\s)(?![^()]*\))")
_ENUMERATED = re.compile(r"(?:^|\s)\(?[a-h]\)\s+")
_BOTH_SCRIPTS = re.compile(r"(?P<name>[^()]+)\((?:original script:\s*)?(?P<other>.+)\)")


def unlisted(text: str) -> str:
    """The text, unless it is a way to say that there is none."""
    return "" if text.lower() in _NOT_SAID else text


def several(text: str) -> tuple[str, ...]:
    """The names in one field: apart at semicolons, spaced slashes, "a) b)", and between scripts.

    A comma never parts names, for it stands inside them too.
    """
    pieces = (
        piece
        for script in _by_script(text.strip(" ,;"))
        for part in enumerated(script)
        for piece in _BETWEEN.split(part)
    )
    names = (name for piece in pieces for name in _by_script(piece.strip(" ,;").removeprefix(") ")))
    return tuple(name for name in names if name)


def enumerated(text: str) -> list[str]:
    """The items of a text such as "a) minister b) governor"."""
    return _ENUMERATED.split(text)


def in_another_script(text: str, beside: str) -> tuple[str, ...]:
    """The names in a text if they are written otherwise than the name beside it."""
    return several(text) if _is_latin(text) != _is_latin(beside) else ()


def person(text: str) -> tuple[str, str, str]:
    """Name, given names and family name of "FAMILY, Given"; only the name when it is not that."""
    family, comma, given = (part.strip() for part in text.partition(","))
    if not comma or not given or not family or "," in given:
        return text, "", ""
    return f"{given} {family}", given, family


def _by_script(text: str) -> tuple[str, ...]:
    """A name and, where the brackets after it hold it in another script, that one too."""
    found = _BOTH_SCRIPTS.fullmatch(text)
    if found and _is_latin(found["name"]) != _is_latin(found["other"]):
        return found["name"].strip(), found["other"].strip()
    return (text,)


def _is_latin(text: str) -> bool:
    """Whether most of its letters are Latin."""
    letters = [mark for mark in text if mark.isalpha()]
    return 2 * sum(map(_is_latin_letter, letters)) > len(letters)


@lru_cache(maxsize=4096)
def _is_latin_letter(mark: str) -> bool:
    return unicodedata.name(mark, "").startswith("LATIN")
