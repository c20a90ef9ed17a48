"""The wording round document numbers on lists -> the number, and the property it belongs under."""

import re

#: A word with a lower-case letter and no digit is wording, not part of a number.
_WORD = re.compile(r"[^\W\d]*[a-zà-ÿ][^\d]*|[Nn]o\.?:?|N°|№|:")
_ASIDE = re.compile(r"\([^()]*\)")
_SIGN = re.compile(r"^(?:N°|№|#|[Nn]o\.)\s*")

#: The first that occurs in the name of a document decides.
_PROPERTY = (
    (re.compile(r"pass?e?port|pasaporte|laissez", re.IGNORECASE), "passportNumber"),
    (re.compile(r"social security|\bssn\b", re.IGNORECASE), "socialSecurityNumber"),
    (re.compile(r"fiscal|\btax\b", re.IGNORECASE), "taxNumber"),
    (
        re.compile(r"driv|permit|voter|ration|birth|student|licen|military", re.IGNORECASE),
        "otherNumber",
    ),
    (re.compile(r"identi|national|\bid\b|\bcivil\b|residen", re.IGNORECASE), "idNumber"),
)


def property_of(*names: str) -> str:
    """The property for a document of this name; the more exact name comes first."""
    for name in names:
        for pattern, found in _PROPERTY:
            if pattern.search(name):
                return found
    return "otherNumber"


def number(text: str) -> str:
    """The number in a text such as "Estonian passport no. KB0012345"; empty when it has none."""
    words = _ASIDE.sub(" ", text).split()
    if not any(mark.isdigit() for word in words for mark in word):
        return ""
    first = next(place for place, word in enumerate(words) if any(mark.isdigit() for mark in word))
    wording = [place for place in range(first) if _WORD.fullmatch(words[place])]
    kept = words[wording[-1] + 1 :] if wording else words
    return _SIGN.sub("", " ".join(word for word in kept if not _WORD.fullmatch(word))).rstrip(",;.")
