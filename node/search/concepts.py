"""Words of organisations' names that languages translate: one concept for all of their forms.

The tables beside the code are made from knowledge of the region's languages and of those that
firms abroad are registered in, from no list of names. `concepts.txt` has a concept, as in English,
and its forms; a form that ends in `*` stands for everything that begins so, because Slavic words
change at their end. `abbreviations.txt` has what is written for several words in a row.
`russian_letters.txt` has the letters of concepts in Russian, of which most acronyms of the region
are made; a dot is a word that Russian writes as an ending (`-stroenie`), which may have no letter.
"""

from collections.abc import Iterator
from functools import lru_cache

from node.search.spelling import folded, stem_of_thing
from node.search.tables import entries

#: A beginning of few letters bears a short ending alone: `gaz` is not Gazelle.
_FEW_LETTERS, _SHORT_ENDING, _ENDING = 4, 2, 7


def _forms() -> Iterator[tuple[str, str]]:
    for concept, forms in entries("concepts.txt"):
        yield from ((form, concept) for form in (concept, *forms))


def _letters() -> Iterator[tuple[str, str]]:
    for letter, concepts in entries("russian_letters.txt"):
        yield from ((concept, letter.strip(".")) for concept in concepts)


_WHOLE = {folded(form): concept for form, concept in _forms() if not form.endswith("*")}
_BEGINNINGS = {folded(form[:-1]): concept for form, concept in _forms() if form.endswith("*")}
_LENGTHS = sorted({len(beginning) for beginning in _BEGINNINGS}, reverse=True)
_ABBREVIATED = {short: tuple(words) for short, words in entries("abbreviations.txt")}
_LETTERS = dict(_letters())
_FORMS = {
    stem_of_thing(folded(form)): stem_of_thing(folded(name))
    for name, forms in entries("forms.txt")
    for form in (name, *forms)
}


@lru_cache(maxsize=16_384)
def concept(fold: str) -> str:
    """The concept that a folded word stands for; empty for a word that names something."""
    if found := _WHOLE.get(fold):
        return found
    for length in _LENGTHS:
        found = _BEGINNINGS.get(fold[:length])
        if found and len(fold) - length <= (_SHORT_ENDING if length <= _FEW_LETTERS else _ENDING):
            return found
    return ""


def form(stem: str) -> str:
    """The form that stands for all of a place, people or thing that names are made of, or itself.

    Unlike a concept it tells one name from another, in whatever language it is written.
    """
    return _FORMS.get(stem, stem)


def spelt_out(plain: str) -> tuple[str, ...]:
    """The words that an abbreviation of the trade stands for, or itself."""
    return _ABBREVIATED.get(plain, (plain,))


def russian_letter(concept: str) -> str | None:
    """The letter that a concept has in a Russian acronym, maybe none; None when not known."""
    return _LETTERS.get(concept)
