"""Addresses: street and town in any order and abbreviation, with house and flat apart."""

import re
from collections.abc import Iterator
from itertools import combinations

import msgspec

from federation.messages import Entity
from node.search.scripts import latin
from node.search.spelling import folded

#: What is read of one address, and how many of its words make keys.
_MOST_LETTERS, _MOST_WORDS, _MOST_KEYED = 300, 24, 6
#: Where a record of a place has its address, whole or in pieces.
_WHOLE, _PIECES = ("name", "full", "address"), ("street", "street2", "city", "place")

#: What a street, house or flat is called, in full and short, and our countries: all left out.
_GENERIC = frozenset(
    folded(word)
    for word in (
        # Estonian, Latvian, Lithuanian
        "tn tanav tanava tee mnt maantee pst puiestee pk poik korter krt maja linn vald maakond"
        " iela ielas bulvaris bulv prospekts laukums dz dzivoklis maja pilseta novads"
        " g gatve gatves pr prosp prospektas al aleja pl plentas skg skersgatvis butas bt namas"
        # Polish, German, English
        " ul ulica ulicy aleje alei plac os osiedle mieszkanie dom m miasto"
        " str strasse weg allee platz haus wohnung whg st street rd road ave avenue sq square apt"
        # Swedish, Norwegian, Danish, Finnish, Icelandic
        " gata gatan vag vagen veg vei veien gade vej katu tie kuja asunto as lgh"
        # Russian, Ukrainian, Belarusian, as they are romanised
        " ulitsa ulitza vul vulitsia vulytsia vulica prospekt prospect pereulok per provulok shosse"
        " ploshchad ploshcha bulvar korpus korp stroenie kvartira kv kvartyra d gorod misto"
        # the numbers themselves, and countries
        " no nr house flat building bld"
        " estonia eesti latvia latvija lithuania lietuva poland polska germany deutschland finland"
        " suomi sweden sverige norway norge denmark danmark iceland island russia rossiia ukraine"
        " ukraina belarus"
    ).split()
)
_ATTACHED = re.compile(r"(?<=\w{3})(?:str|strasse)$")
#: Postal codes: with a country, as in Poland, Sweden or Finland, or any five digits or six.
_POSTAL = re.compile(
    r"\b(?:LV|LT|EE|PL|FI|SE|DE|DK|NO|IS|RU|UA|BY)[- ]?\d{2,3}[- ]?\d{2,3}\b"
    r"|(?:^|,)\s*\d{2}-\d{3}\b|(?:^|,)\s*\d{3} \d{2}\b|\b\d{5,6}\b",
    re.ASCII,
)
_WORD = re.compile(r"[^\W\d_]+|\d+(?:[^\W\d_](?![^\W\d_]))?")

#: What two addresses that agree are worth, by what of them does; 0.6 and less is a lead.
_SAME, _ANOTHER_FLAT, _NO_HOUSE = 0.9, 0.6, 0.6
_ONE_WORD, _PARTLY, _ANOTHER_HOUSE = 0.55, 0.5, 0.35
_TWO = 2


class Address(msgspec.Struct, frozen=True, array_like=True):
    """The words of street and town, each in one spelling, then the house and what follows it."""

    words: tuple[str, ...]
    house: str = ""
    flat: str = ""


def address(text: str) -> Address:
    """Read an address; nothing of one that has no words. Never raises, takes bounded time."""
    rest = _POSTAL.sub(" ", text[:_MOST_LETTERS])
    words: list[str] = []
    numbers: list[str] = []
    for found in _WORD.findall(rest):
        for plain in latin(found):
            if plain[0].isdigit():
                numbers.append(plain.lstrip("0"))
            elif (word := folded(_ATTACHED.sub("", plain))) not in _GENERIC and len(word) > 1:
                words.append(word)
    house, flat, *_ = [*filter(None, numbers), "", ""]
    return Address(tuple(dict.fromkeys(words))[:_MOST_WORDS], house, flat)


def addresses_of(entity: Entity) -> tuple[Address, ...]:
    """Every address of a record, whole or put together from its pieces."""
    whole = [text for name in _WHOLE for text in entity.all(name)]
    pieces = " , ".join(text for name in _PIECES for text in entity.all(name)[:1])
    read = (address(text) for text in (*whole, pieces))
    return tuple(dict.fromkeys(one for one in read if one.words))


def keys_of_address(one: Address) -> Iterator[str]:
    """Two words of it together, and each with the house."""
    words = sorted(set(one.words[:_MOST_KEYED]))
    yield from (f"{first} {second}" for first, second in combinations(words, 2))
    if one.house:
        yield from (f"{word} {one.house}" for word in words)


def same_place(mine: Address, theirs: Address) -> tuple[float, str]:
    """What two addresses say of one another, worth and words; the order makes no difference.

    The words of the shorter one must all stand in the other, as when a district is left out.
    """
    few, many = sorted((set(mine.words), set(theirs.words)), key=len)
    shared = len(few & many)
    is_house = bool(mine.house) and mine.house == theirs.house
    if shared >= _TWO and few <= many:
        return _houses(mine, theirs)
    if shared >= _TWO and is_house:
        return _PARTLY, "address agrees in part: house number and some of its words"
    if shared and few <= many and is_house:
        return _ONE_WORD, "house number and the only word of one address agree"
    return 0.0, ""


def _houses(mine: Address, theirs: Address) -> tuple[float, str]:
    """What the numbers say where street and town agree."""
    if not mine.house or not theirs.house:
        if mine.house == theirs.house:
            return _NO_HOUSE, "street and town agree, without a house number"
        return _NO_HOUSE, "street and town agree, and the house number is not known"
    if mine.house != theirs.house:
        return _ANOTHER_HOUSE, "street and town agree, the house number differs"
    if mine.flat and theirs.flat and mine.flat != theirs.flat:
        return _ANOTHER_FLAT, "street, town and house agree, the flat differs"
    return _SAME, "address agrees in street, town and house number"
