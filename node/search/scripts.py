"""Writing systems: a word of any script in plain Latin letters.

ICU and rigour do the work; tables of our own stand where their answer would lose a name: Arabic
(ICU drops the letters that carry the vowels), accents that make another consonant, and letters
of one alphabet put among those of another.
"""

import re
from functools import cache, lru_cache
from string import ascii_lowercase, digits

from rigour.text.translit import ascii_text

#: Letters that are drawn alike: Cyrillic -> Latin.
_DRAWN_ALIKE = dict(zip("авеѕкмнорстухіјһԁԛԝ", "abeskmhopctyxijhdqw", strict=True))
_TO_LATIN = str.maketrans(_DRAWN_ALIKE)
_TO_CYRILLIC = str.maketrans({latin: letter for letter, latin in _DRAWN_ALIKE.items()})

_LATIN_LETTER = re.compile("[a-z]")
_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_ARABIC_LETTER = re.compile("[\u0600-\u06ff]")
_OF_CONSONANTS = re.compile("[\u0590-\u06ff\u0700-\u077f\ufb1d-\ufdff\ufe70-\ufeff]")
_NOT_PLAIN = re.compile("[^a-z0-9]+")

#: Accents that make another consonant of a letter; all other accents are merely dropped.
_CONSONANTS = str.maketrans(
    {"č": "ch", "ć": "ch", "š": "sh", "ś": "sh", "ş": "sh", "ș": "sh", "ž": "zh", "ź": "zh"}
    | {"ż": "zh", "đ": "dj", "ţ": "ts", "ț": "ts", "þ": "th", "ß": "ss", "ə": "a", "ı": "i"}
    | {"ё": "е", "ъ": "", "ь": "", "ў": "в", "ŭ": "v"}
)

#: Letters that the library reads in a word as it does alone, Russian ones but for two endings. It
#: takes 60 to 90 us for a word that it does not remember, so words of these are read by letter.
_LATIN_LETTERS = (
    *(chr(code) for code in range(ord("ß"), ord("ž") + 1) if chr(code) == chr(code).lower()),
    *"șțə",
)
_RUSSIAN_LETTERS = "абвгдежзийклмнопрстуфхцчшщыэюя"
_RUSSIAN_ENDINGS = ("ий", "ый")
_IN_LATIN = frozenset((*ascii_lowercase, *digits, *_LATIN_LETTERS))
_IN_RUSSIAN = frozenset(_RUSSIAN_LETTERS)

_WAW, _YEH = "و", "ي"
_YEHS = str.maketrans({"ی": _YEH, "ۍ": _YEH, "ې": _YEH})
_ARABIC = str.maketrans(
    dict(zip("اآأٱإبپتةجحدرزسصطعفقكکګگلمنهھہىۀ", "aaaaibptajhdrzsstafqkkgglmnhhhaa", strict=True))
    | {
        "ث": "th",
        "خ": "kh",
        "ذ": "dh",
        "ض": "dh",
        "ش": "sh",
        "ظ": "z",
        "غ": "gh",
        "چ": "ch",
        "ژ": "zh",
    }
    | {"څ": "ts", "ځ": "dz", "ڼ": "n", "ں": "n", "ټ": "t", "ٹ": "t", "ډ": "d", "ڈ": "d", "ړ": "r"}
    | {"ښ": "sh", "ږ": "g", "ڤ": "v", "ؤ": "u", "ئ": "i", "ء": "", "ـ": "", "ے": "e"}
)
#: An `h` that would make another consonant of the Latin letter before it: it is read as a `q`,
#: which has the same sound.
_H_BEHIND = re.compile("(?<=[دسكکتطزصگپ])[حه](?=.)")
_WAW_IS_CONSONANT_BEFORE = frozenset("اآأىهةي")
_ARTICLE, _GOD = "ال", "الله"
_ARTICLE_NEEDS = 5
#: A father and an owner written as one with the article behind them: Abulfazl, Zulfikar.
_GLUED, _LEAST_GLUED = {"ابوال": "abul", "ذوال": "zul"}, 3


@lru_cache(maxsize=32_768)
def latin(word: str) -> tuple[str, ...]:
    """The plain Latin words, lower case, that a word of any script reads as; most read as one.

    An Arabic article, the syllables of Hangul and the signs of Chinese become words of their own.
    Empty when nothing of it can be read.
    """
    word = word.lower()
    if word.isascii():
        return _plain(word)
    if _ARABIC_LETTER.match(word):
        return _arabic(word)
    if _HANGUL.search(word):
        word = " ".join(word)
    return _plain(_read(_mended(word).translate(_CONSONANTS)).lower())


def is_of_consonants(word: str) -> bool:
    """Whether a word stands in a script that writes hardly any vowels: Arabic, Hebrew, Syriac."""
    return not word.isascii() and _OF_CONSONANTS.match(word) is not None


def _read(word: str) -> str:
    """A word in ASCII letters as the library reads it, by letter where that says the same."""
    if _IN_RUSSIAN.issuperset(word):
        word = f"{word[:-2]}ы" if word.endswith(_RUSSIAN_ENDINGS) else word
        return word.translate(_by_letter())
    return word.translate(_by_letter()) if _IN_LATIN.issuperset(word) else ascii_text(word)


@cache
def _by_letter() -> dict[int, str]:
    letters = (*_RUSSIAN_LETTERS, *_LATIN_LETTERS)
    return {ord(letter): ascii_text(letter) for letter in letters}


def _plain(text: str) -> tuple[str, ...]:
    return (text,) if text.isalnum() and text.isascii() else _words(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_NOT_PLAIN.sub(" ", text).split())


def _mended(word: str) -> str:
    """A word whose stray letters of another alphabet are put back into its own.

    Its own is the one that has letters which the other cannot draw, else the one of most letters.
    """
    latin, cyrillic = len(_LATIN_LETTER.findall(word)), len(_CYRILLIC_LETTER.findall(word))
    if not (latin and cyrillic):
        return word
    as_latin, as_cyrillic = word.translate(_TO_LATIN), word.translate(_TO_CYRILLIC)
    if _CYRILLIC_LETTER.search(as_latin):
        return as_cyrillic
    return as_cyrillic if cyrillic > latin and not _LATIN_LETTER.search(as_cyrillic) else as_latin


def _arabic(word: str) -> tuple[str, ...]:
    """Arabic and Persian letters; waw and yeh are consonants or vowels by their place."""
    word = word.translate(_YEHS)
    if word == _GOD:
        return ("ullah",)
    for glued, read in _GLUED.items():
        if word.startswith(glued) and len(word) >= len(glued) + _LEAST_GLUED:
            return (read + "".join(_arabic(word.removeprefix(glued))),)
    if word.startswith(_ARTICLE) and len(word) >= _ARTICLE_NEEDS:
        return ("al", *_arabic(word.removeprefix(_ARTICLE)))
    word = _H_BEHIND.sub("ق", word)
    spelt = "".join(_spelt(word, place) for place in range(len(word)))
    return _plain(ascii_text(spelt.translate(_ARABIC)).lower())


def _spelt(word: str, place: int) -> str:
    letter = word[place]
    if letter == _YEH:
        return "i" if place else "y"
    if letter != _WAW or len(word) == 1:
        return letter if letter != _WAW else "u"
    follows = word[place + 1 : place + 2]
    return "v" if place == 0 or follows in _WAW_IS_CONSONANT_BEFORE else "u"
