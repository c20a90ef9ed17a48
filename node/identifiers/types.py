"""Types of numbers: any way of writing one, and numbers of types that are in no list."""

from federation.messages import Identifier
from node.codes import IdentifierType as Type
from node.codes import type_word

#: Types whose numbers need no second look.
_LISTED = frozenset(map(str, Type)) - {Type.OTHER}
#: Letters and digits that a number has of which the name before it is no part, and how many of its
#: signs are looked at.
_LEAST_SIGNS, _LOOKED_AT = 4, 64
_LEAST_NAME = 3


def typed(identifier: Identifier) -> tuple[Identifier, str]:
    """A number with a type of the list, and the name of its own type when that is in none.

    `eori:PL123456789`, `other:eori:PL123456789` and what a record keeps for them are one number, of
    type `other` and named `eori`. A short one keeps its name in front: it is none without it.
    Never raises.
    """
    if identifier.type in _LISTED:
        return identifier, ""
    word, value = type_word(identifier.type), identifier.value
    if word not in _LISTED:
        word, value = _named(value if word == Type.OTHER else f"{word}:{value}")
    if word in _LISTED or word == Type.OTHER:
        return Identifier(word, value), ""
    signs = sum(map(str.isalnum, value[:_LOOKED_AT]))
    return Identifier(Type.OTHER, f"{word}:{value}" if 0 < signs < _LEAST_SIGNS else value), word


def _named(value: str) -> tuple[str, str]:
    """The name of a number of type `other`, and what stands behind it.

    A name is of letters, or is a longer word that begins with one: A4:5E:60 is a number.
    """
    before, colon, behind = value.partition(":")
    signs = "".join(filter(str.isalnum, before))
    is_name = signs.isalpha() or (signs[:1].isalpha() and len(signs) >= _LEAST_NAME)
    return (type_word(before), behind) if colon and is_name else (Type.OTHER, value)
