"""How wide a question may be: too little to go on would match half a register."""

import unicodedata

from federation.errors import InvalidError, TooWideError
from federation.messages import Identifier, Sought
from node.codes import IdentifierType
from node.dates import PartialDate
from node.identifiers import normal_form
from node.kinds import Kind
from node.search.names import names
from node.search.subjects import kinds_of

#: Letters and digits that an identifier needs; call signs and plates can be as short as three.
_LEAST_NUMBER, _LEAST_SHORT_NUMBER = 4, 3
_SHORT_TYPES = (IdentifierType.CALLSIGN, IdentifierType.PLATE)
#: Letters of a thing's name, or signs in scripts that write words or syllables.
_LEAST_LETTERS, _LEAST_SIGNS = 3, 2
_COUNTRY_LETTERS = 2
_WILDCARDS = frozenset("*?%")


def check_width(sought: Sought) -> None:
    """Raise `TooWideError`, saying what to add, unless the question names something.

    Enough are an identifier, a person's name of two parts, or one part with a birth date or
    nationality; for other kinds one part of three letters, or of two signs in scripts without
    letters. A question without a kind is one for a person.

    Raises `InvalidError` for a kind, birth date or nationality that cannot be read.
    """
    _check_written(sought)
    kind = _kind(sought)
    if any(_is_enough(identifier) for identifier in sought.identifiers):
        return
    parts = [part for name in names(sought.name, kind) for part in name]
    if sought.identifiers and not parts:
        raise TooWideError(
            f"an identifier needs at least {_LEAST_NUMBER} letters or digits,"
            f" a call sign or plate {_LEAST_SHORT_NUMBER}"
        )
    if not parts:
        raise TooWideError("say a name of letters or digits, or an identifier")
    if kind is Kind.PERSON:
        _check_person(sought, sum(len(part.plain) > 1 for part in parts), len(parts))
    elif not any(_is_word(word) for word in sought.name.split()):
        raise TooWideError(f"the name needs a word of at least {_LEAST_LETTERS} letters")


def _kind(sought: Sought) -> Kind:
    kinds = kinds_of(sought)
    if not kinds:
        raise InvalidError(f"a kind is one of {', '.join(Kind)}")
    return kinds[0]


def _check_written(sought: Sought) -> None:
    values = [sought.name, *(identifier.value for identifier in sought.identifiers)]
    if any(_WILDCARDS.intersection(value) for value in values):
        raise TooWideError("names and numbers are searched whole: leave out *, ? and %")
    PartialDate.parse(sought.birth_date)
    country = sought.nationality
    if country and not (
        len(country) == _COUNTRY_LETTERS and country.isascii() and country.isalpha()
    ):
        raise InvalidError("a nationality is a country's code of two letters")


def _is_enough(identifier: Identifier) -> bool:
    is_short = identifier.type in _SHORT_TYPES
    return len(normal_form(identifier)) >= (_LEAST_SHORT_NUMBER if is_short else _LEAST_NUMBER)


def _check_person(sought: Sought, words: int, parts: int) -> None:
    has_more = bool(sought.birth_date or sought.nationality)
    if words and (parts > 1 or has_more):
        return
    if not words:
        raise TooWideError("initials alone are too wide: write a part of the name in full")
    raise TooWideError(
        "one part of a person's name is too wide: add another part, a birth date or a"
        " nationality, or say another kind"
    )


def _is_word(word: str) -> bool:
    """Three letters or digits, or two signs of a script that writes words or syllables."""
    letters = [sign for sign in word if sign.isalnum()]
    signs = [sign for sign in letters if _is_sign(sign)]
    return len(letters) >= _LEAST_LETTERS or len(signs) >= _LEAST_SIGNS


def _is_sign(sign: str) -> bool:
    name = unicodedata.name(sign, "")
    return name.startswith(("CJK", "HANGUL", "HIRAGANA", "KATAKANA"))
