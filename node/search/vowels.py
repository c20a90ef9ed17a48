"""Vowels: those that one spelling writes for another, and those that make two words."""

from node.search.parts import Part

_VOWELS = frozenset("aeiouy")
#: Vowels that stand for one another in no spelling of the region; and in a word that has no other
#: one. Arabic has one letter for `o` and `u`, and one for `e` and `i`.
_NEVER_ONE = ({"i", "a"}, {"i", "o"}, {"i", "u"})
_NEVER_ALONE = (*_NEVER_ONE, {"a", "o"}, {"a", "u"}, {"e", "o"}, {"e", "u"})


def has_other_vowel(one: Part, other: Part, ending: int) -> bool:
    """Whether two words of the same consonants differ in their vowels as no spelling does.

    Their only vowel is another one, as in Kask and Kosk, or in surnames of one ending (of so many
    letters) an `i` stands where an `a`, `o` or `u` does, none of them beside another vowel, as in
    Titov and Tutov; an `y` may be any of them. Without such an ending vowels are free: Salimi and
    Salami are read from the same Arabic letters.
    """
    mine, theirs = one.fold, other.fold
    if len(mine) != len(theirs):
        return False
    vowels = [[sign for sign in word if sign in _VOWELS] for word in (mine, theirs)]
    if len(vowels[0]) == len(vowels[1]) == 1:
        return {*vowels[0], *vowels[1]} in _NEVER_ALONE
    if not ending or "y" in one.plain or "y" in other.plain:
        return False
    return any(
        {mine[place], theirs[place]} in _NEVER_ONE
        and not _is_beside_vowel(mine, place)
        and not _is_beside_vowel(theirs, place)
        for place in range(len(mine) - ending)
    )


def _is_beside_vowel(word: str, place: int) -> bool:
    around = word[max(0, place - 1) : place] + word[place + 1 : place + 2]
    return not _VOWELS.isdisjoint(around)
