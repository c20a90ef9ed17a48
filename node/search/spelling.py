"""Spelling schools: one form for all the ways in which the region writes one word in Latin letters.

Each form is made of the one before and coarser: `folded` joins romanisations, `stem` drops what
a language adds at the end, `sound` keeps consonants alone.
"""

import re
from collections.abc import Callable

#: One sound, the ways to write it -> one way. English, German, Estonian, Finnish, Polish, French
#: and Scandinavian romanisations of Slavic and Arabic names; the longest is tried first.
_SPELLINGS = {
    "shch": "schtsch stsch schch shtsh shch szcz",
    "ch": "tsch tch tsh cz ch",
    "sh": "sch sz sh",
    "zh": "zh",
    "h": "kh",
    "g": "gh",
    "f": "ph ff",
    "t": "th",
    "d": "dh",
    "k": "ck q",
    "ks": "x",
    "v": "w",
    "ts": "tz ts",
    "tsov": "cov",
    "tsev": "cev",
    "u": "ou oo iu yu ju ue",
    "i": "ee iy ij yi yj ii y j dzh dsch dj",
    "a": "aa ae",
    "o": "oe",
    "ia": "iya ija",
    "e": "ie ye je",
}
_WRITTEN = {form: sound for sound, forms in _SPELLINGS.items() for form in forms.split()}
_SPELLING = re.compile("|".join(sorted(_WRITTEN, key=len, reverse=True)))
_DOUBLED = re.compile(r"(.)\1+")
_SOFT_C = re.compile(r"c(?=[eiyv]|$)")
_HARD_C = re.compile(r"c(?!h)")


def _once(found: re.Match[str]) -> str:
    return found[1]


def _with(ending: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found[1] + ending


#: What a language adds to a name at its end: Slavic adjectives in both genders, feminine forms,
#: Lithuanian and Latvian endings, names of Lithuanian wives and daughters. By the last letter.
_ADJECTIVE = re.compile(r"(?<=[a-z]{2})(s|ts|z)k(i|a|ai|aia|is|as|oi|iene|aite|oe)$"), _with("ki")
_OV = re.compile(r"(?<=[a-z])([oe])(f|[vf](a|s|as|is|aia|iene|aite|ene))$"), _with("v")
_IN = re.compile(r"(?<=[a-z]{2})in(a|s|as|sh|iene|aite|ene)$"), "in"
_AIT = re.compile(r"(?<=[a-z]{3})ait(is|e|ene|iene)$"), "ait"
_WIFE = re.compile(r"(?<=[a-z]{2}[bdfghklmnprtvz])(iene|ene|uviene|ite|ute)$"), ""
_NOMINATIVE = re.compile(r"(?<=[a-z][bdfghklmnprtvz])(is|us|as|es|os|s|sh)$"), ""
_ENDINGS = {
    "a": (_ADJECTIVE, _OV, _IN),
    "e": (_ADJECTIVE, _OV, _IN, _AIT, _WIFE),
    "f": (_OV,),
    "h": (_IN, _NOMINATIVE),
    "i": (_ADJECTIVE,),
    "s": (_ADJECTIVE, _OV, _IN, _AIT, _NOMINATIVE),
}

#: What makes an adjective of a place, in every gender and case: Minsk, Minsky, Minskaya; and a
#: company of a word: Amberco.
_OF_PLACE = re.compile(
    r"(?<=[a-z]{3})(?:s|ts|z)k(?:i|a|ai|aia|oi|oie?|oe|ogo|o|im|om|ie|ih)?$|(?<=[a-z]{5})(?<!n)ko$"
)

_CLUSTERS = (("shch", "s"), ("sh", "s"), ("zh", "s"), ("ts", "s"), ("ch", "c"))
_CLASSES = str.maketrans("bdghqzfjx", "ptkkksvcs")
_VOWELS = "aeiouy"
_NO_VOWELS = str.maketrans("", "", _VOWELS)
_VOWEL = f"[{_VOWELS}]"


def _belarusian(found: re.Match[str]) -> str:
    """A Belarusian letter as the Russian one that stands in its place."""
    return {"ts": "t", "dz": "d"}.get(found[0], "v")


#: Letters that another school reads in another way: a bare `c` is a `č` that lost its mark, `ch`
#: is German and Polish `х`, a first `j` is English, `dh` and `th` are Persian `z` and `s`, `u`
#: behind a vowel is Belarusian `ў`, `ts` and `dz` before a soft vowel Belarusian for `t` and `d`,
#: `dzh`, `dj`, `dz` and `j` between vowels a Caucasian or Turkish `c`, `rz` a Polish `ż`, `j` the
#: `ж` of French spelling, an `h` between vowels Armenian that others leave out, `x` is Somali for
#: an `h`, `tsz` Palladius's way to write a Chinese `z` or `j`, `aw` an Arabic `o`. What a word
#: must have, where it is read otherwise, and how.
_OTHER_READINGS = (
    ("c", re.compile(r"c(?![hk])"), "ch"),
    ("ch", re.compile(r"(?<![st])ch(?!t)"), "kh"),
    ("ch", re.compile(r"(?<![st])ch(?!t)"), "sh"),
    ("j", re.compile(r"^j(?=[aeiou])"), "ch"),
    ("x", re.compile(r"x"), "h"),
    ("tsz", re.compile(r"tsz"), "z"),
    ("tsz", re.compile(r"tsz"), "ch"),
    ("aw", re.compile(r"aw(?![aeiou])"), "o"),
    ("dh", re.compile(r"dh"), "z"),
    ("th", re.compile(r"th"), "s"),
    ("h", re.compile(r"(?<=[dt])h(?=[aeiou])"), "q"),
    ("h", re.compile(r"(?<=[a-z]{2}[ae])h$"), ""),
    ("e", re.compile(r"^e(?:dd|ss|nn|rr|tt|zz)"), lambda found: found[0][-1]),
    ("", re.compile(r"ts(?=[iey])|dz(?=[iey])|(?<=[ae])u(?![aeiou])|(?<=o)u(?=$|sk)"), _belarusian),
    ("d", re.compile(rf"^(?:dzh|dj)(?={_VOWEL})|(?<={_VOWEL})(?:dzh|dj|dz)(?={_VOWEL})"), "ch"),
    ("j", re.compile(r"(?<=[aeiouy])j(?=[iy]+e[vf])|(?<=^ha)j(?=[aeiou])"), "ch"),
    ("rz", re.compile(r"rz(?!h)"), "zh"),
    ("j", re.compile(rf"^j(?=ou|d)|(?<={_VOWEL})j(?=k|d|ov|in|ev|en)"), "zh"),
    ("an", re.compile(rf"(?:^|(?<={_VOWEL}))h(?={_VOWEL}[a-z]*[iy]an$)"), ""),
)
_READ_OTHERWISE = re.compile(
    r"c|[dt]h|^j|[aeiouy]j|dj|dz|rz|ts[iey]|[aeo]u|x|tsz|aw|[ae]h$|^e(?:dd|ss|nn|rr|tt|zz)|h.*[iy]an$"
)


def folded(word: str) -> str:
    """One spelling for all romanisations of a plain Latin word; that of a folded word is itself."""
    if word.isdigit():
        return word
    for _ in range(len(word)):
        before, word = word, _folded_once(word)
        if word == before:
            break
    return word


def stem(fold: str) -> str:
    """A folded word without what Baltic and Slavic languages add to a name at its end."""
    for pattern, left in _ENDINGS.get(fold[-1:], ()):
        shorter, count = pattern.subn(left, fold)
        if count:
            return shorter
    return fold


def stem_of_thing(fold: str) -> str:
    """A folded word of a thing's name without the ending of a Slavic adjective, or `-co`."""
    return _OF_PLACE.sub("", fold) or fold


def sound(stem: str) -> str:
    """The consonants of a stem, alike ones made one; a first vowel counts as `a`."""
    if stem.isdigit():
        return stem
    text = stem
    for letters, letter in _CLUSTERS:
        text = text.replace(letters, letter)
    text = _DOUBLED.sub(_once, text.translate(_CLASSES))
    return ("a" if text[:1] in _VOWELS else "") + text.translate(_NO_VOWELS)


def other_sounds(plain: str) -> tuple[str, ...]:
    """The consonants of a plain word as other schools would read it; most words have none."""
    if not _READ_OTHERWISE.search(plain):
        return ()
    readings = (
        pattern.subn(letters, plain)
        for needed, pattern, letters in _OTHER_READINGS
        if needed in plain
    )
    return tuple(heard_in(reading) for reading, count in readings if count)


def heard_in(plain: str) -> str:
    """The consonants of a plain word."""
    return sound(stem(folded(plain)))


def _folded_once(word: str) -> str:
    if "c" in word:
        word = _SOFT_C.sub("ts", word)
    word = _SPELLING.sub(lambda found: _WRITTEN[found[0]], word)
    if "c" in word:
        word = _HARD_C.sub("k", word)
    return _DOUBLED.sub(_once, word)
