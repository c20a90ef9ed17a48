"""Country names, adjectives and codes in many languages -> FollowTheMoney's lowercase codes."""

import re
from functools import lru_cache

from rigour.territories import get_territory, lookup_territory

#: Spellings that lists use and rigour does not know.
_MORE = {"belarussian": "by", "belorussian": "by", "byelorussian": "by"}

_CODE = re.compile(r"[A-Za-z]{2}")
_THREE = re.compile(r"[A-Za-z]{3}")
_SHORT = re.compile(r".{0,3}")
_NOTHING = frozenset({"", "na", "n/a", "none", "none identified", "unknown", "undetermined", "-"})
_ASIDE = re.compile(r"\([^()]{2,}\)")
_BETWEEN = re.compile(r"""(?:^|\s)["'“]?\(?[a-h]\)\s*|\s+and\s+|[;,/"“”]""")
_BEFORE = re.compile(
    r"^(?:(?:allegedly|presumed|possibly|reportedly|former|formerly|of|the)\s+)+", re.IGNORECASE
)


@lru_cache(maxsize=65536)
def codes(text: str) -> tuple[tuple[str, ...], bool]:
    """The countries that a text names, and whether it says nothing beyond them.

    Codes of two letters are read as codes, so a list that writes names only must not pass them.
    The first name in a process costs 1.5 s, for rigour builds its index then; codes do not.
    """
    if _CODE.fullmatch(text) and (territory := get_territory(text)):
        return (territory.ftm_country or territory.code,), True
    if text.lower() in _NOTHING:
        return (), True
    if code := _code(text):
        return (code,), True
    pieces = _BETWEEN.split(_ASIDE.sub(" ", text))
    found = dict.fromkeys(code for piece in pieces if (code := _leading(piece)))
    return tuple(found), False


def code(text: str) -> str:
    """The code of two letters for a country's code of three; any other text in lower case."""
    text = text.strip()
    territory = get_territory(text) if _THREE.fullmatch(text) else None
    return (territory.ftm_country or territory.code) if territory else text.lower()


def _leading(piece: str) -> str:
    """The country that a piece begins with, once words of doubt before it are gone."""
    words = _BEFORE.sub("", piece.strip()).split()
    tries = (" ".join(words[:count]) for count in range(min(len(words), 5), 0, -1))
    # A short word may be somebody's code and mean nothing here.
    tries = (name for name in tries if not _SHORT.fullmatch(name))
    return next((code for name in tries if (code := _code(name))), "")


def _code(name: str) -> str:
    if code := _MORE.get(name.lower()):
        return code
    territory = lookup_territory(name)
    return (territory.ftm_country or territory.code) if territory else ""
