"""How alike two parts of names are, and on what ground."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from node.search.concepts import concept
from node.search.parts import Part, Role
from node.search.vowels import has_other_vowel
from node.search.words import FEMININE, SHORT

#: Two parts less alike than this are two parts.
LEAST_ALIKE = 0.5

_SHORT, _INITIAL = 0.85, 0.75
#: Equal consonants: what they say with no vowel in common, what vowels add, and what is said when
#: one of the two was written without vowels.
_SOUND, _VOWELS_ADD, _UNVOWELLED = 0.6, 0.38, 0.88
#: What differing letters cost, in a short word more, and when the first one differs still more.
_SLIP, _SHORT_SLIP, _FIRST = 1.2, 1.5, 0.05
#: What is left of a resemblance between two given names that are known to be different ones.
_TWO_NAMES = 0.5
_SHORT_WORD = 4
#: The same with so few consonants that they say little by themselves: Foz, Fawz.
_SHORT_SOUND, _LEAST_SPELT = 0.5, 3
_ONE_VOWEL = 0.7
#: What equal consonants say where another vowel stands: that these are two parts.
_OTHER_VOWEL = 0.45
#: Endings by which half of a people's surnames are alike, the longest first, and letters that must
#: stand before one: of Dorin and Doralin there is dor and doral to compare.
_SURNAMES = tuple(
    "dottir shvili strom kvist enko chuk berg gren lund mund adze idze ski kin ich ian son sen nen"
    " dze ov ev in uk ik ko".split()
)
_LEAST_TRUNK = 2
_NO_CONSONANTS = str.maketrans("", "", "bcdfghjklmnpqrstvwxyz")
_LEAST_EDITS = 1 - (1 - LEAST_ALIKE) / _SLIP


#: Given name -> its short forms.
_SHORT_OF = {name: [short for short, of in SHORT.items() if of == name] for name in SHORT.values()}
_SPELT_ALIKE = OSA.normalized_similarity


class Ground(StrEnum):
    """Why two parts are taken for one, strongest first."""

    WRITTEN = "as written"
    ROMANISED = "after transliteration"
    FORM = "in another form or ending of the same name"
    SOUND = "in its consonants"
    SHORT = "with its short form"
    SLIP = "but for a difference in spelling"
    INITIAL = "with its initial"
    ACRONYM = "with the first letters of its words"


Likeness = tuple[float, Ground | None]

_ALIKE = {Ground.WRITTEN: 1.0, Ground.ROMANISED: 0.98, Ground.FORM: 0.95}
_UNLIKE: Likeness = (0.0, None)

#: Part -> part, by their signs, for those that were compared before: names repeat the same ones.
_known: dict[str, dict[str, Likeness]] = {}
_MOST_ROWS, _MOST_IN_ROW = 256, 4_096


def likeness(one: Part, other: Part) -> Likeness:
    """0 to 1 with its ground; (0, None) for two parts that are not one. Symmetric.

    Particles are one when they are the same, and resemble nothing.
    """
    row = known(one)
    found = row.get(other.sign)
    if found is None:
        found = row[other.sign] = _compared(one, other)
    return found


def known(part: Part) -> dict[str, Likeness]:
    """What is known of a part: the sign of another -> how alike they are."""
    row = _known.get(part.sign)
    if row is None or len(row) > _MOST_IN_ROW:
        if len(_known) >= _MOST_ROWS:
            _known.clear()
        row = _known[part.sign] = {}
    return row


def compare_all(parts: Iterable[Part], others: Mapping[str, Part]) -> None:
    """Compare each part with all others (sign -> part) at once, so that `likeness` knows it.

    Changes nothing but the time: most pairs share neither sound nor letters, and are found to be
    unlike without a look at each.
    """
    names = list(others.values())
    folds = [one.fold for one in names]
    by_form: dict[str, list[Part]] = {}
    for one in names:
        for form in {one.fold, one.stem, *one.sounds}:
            by_form.setdefault(form, []).append(one)
    initials = [one for one in names if one.role is Role.INITIAL]
    for part in parts:
        row = known(part)
        for sign in others:
            row.setdefault(sign, _UNLIKE)
        maybe = names if part.role is Role.INITIAL else _maybe(part, by_form)
        spelt = extract(
            part.fold, folds, scorer=_SPELT_ALIKE, score_cutoff=_LEAST_EDITS, limit=None
        )
        for one in (*maybe, *initials, *(names[place] for _, _, place in spelt)):
            row[one.sign] = _compared(part, one)


def _maybe(part: Part, by_form: Mapping[str, list[Part]]) -> Iterator[Part]:
    """Those that share a form of the part, or are a short form of it or it of them."""
    for form in {part.fold, part.stem, *part.sounds, SHORT.get(part.fold, "")}:
        yield from by_form.get(form, ())
    for short in _SHORT_OF.get(part.stem, ()):
        yield from by_form.get(short, ())


def _compared(one: Part, other: Part) -> Likeness:
    if same := _same(one, other):
        return _ALIKE[same], same
    if _are_two(one, other):
        return _UNLIKE
    if Role.INITIAL in (one.role, other.role):
        is_initial = one.plain[0] == other.plain[0] or one.fold[0] == other.fold[0]
        return (_INITIAL, Ground.INITIAL) if is_initial else _UNLIKE
    if SHORT.get(one.fold) == other.stem or SHORT.get(other.fold) == one.stem:
        return _SHORT, Ground.SHORT
    alike, ground = _spelt(one, other)
    if one.role is other.role is Role.GIVEN:
        alike *= _TWO_NAMES
    return (alike, ground) if alike >= LEAST_ALIKE else _UNLIKE


def _are_two(one: Part, other: Part) -> bool:
    """Whether the two are known to be two, however alike their letters are."""
    if not {Role.PARTICLE, Role.NUMBER}.isdisjoint((one.role, other.role)):
        return True
    return _are_two_concepts(one, other) or _are_of_two_genders(one, other)


def _are_of_two_genders(one: Part, other: Part) -> bool:
    """Whether one is a man's given name and the other the woman's made of it: Martin, Martina."""
    return FEMININE.get(one.fold) == other.fold or FEMININE.get(other.fold) == one.fold


def _are_two_concepts(one: Part, other: Part) -> bool:
    """Whether both are words that languages translate, and mean two things: food is not wood."""
    if not one.role is other.role is Role.GENERIC:
        return False
    return bool(concept(one.fold) and concept(other.fold)) and one.stem != other.stem


def _by_sound(one: Part, other: Part, says: float, edits: float) -> float:
    """What equal consonants say, more when the vowels agree; little when another vowel stands."""
    alike = says + _VOWELS_ADD * edits
    if (
        one.is_unvowelled
        or other.is_unvowelled
        or not has_other_vowel(one, other, _ending(one.fold, other.fold))
    ):
        return alike
    return min(alike, _OTHER_VOWEL)


def _ending(one: str, other: str) -> int:
    """Letters of an ending of surnames that both have, so that it says nothing; 0 for none."""
    for ending in _SURNAMES:
        if one.endswith(ending) and other.endswith(ending):
            shorter = min(len(one), len(other))
            return len(ending) if shorter - len(ending) >= _LEAST_TRUNK else 0
    return 0


def _share_sound(one: Part, other: Part) -> bool:
    return any(sound in other.sounds for sound in one.sounds)


def _vowels(part: Part) -> str:
    return part.plain.translate(_NO_CONSONANTS)


def _same(one: Part, other: Part) -> Ground | None:
    if one.plain == other.plain:
        return Ground.WRITTEN
    if one.fold == other.fold:
        return Ground.ROMANISED
    is_form = one.stem == other.stem and not _are_of_two_genders(one, other)
    return Ground.FORM if is_form else None


def _spelt(one: Part, other: Part) -> Likeness:
    """By letters, and by consonants where vowels are written in many ways or not at all."""
    if not one.heard.isdisjoint(other.heard):
        edits = OSA.normalized_similarity(one.fold, other.fold)
        least = _UNVOWELLED if one.is_unvowelled or other.is_unvowelled else 0.0
        return max(least, _by_sound(one, other, _SOUND, edits)), Ground.SOUND
    edits = OSA.normalized_similarity(one.fold, other.fold)
    length = min(len(one.fold), len(other.fold))
    if _share_sound(one, other):
        if _vowels(one) == _vowels(other):
            edits = max(edits, _ONE_VOWEL)
        if edits >= _ONE_VOWEL or (edits >= LEAST_ALIKE and length >= _LEAST_SPELT):
            return _by_sound(one, other, _SHORT_SOUND, edits), Ground.SOUND
    if edits < _LEAST_EDITS:
        return _UNLIKE
    if ending := _ending(one.fold, other.fold):
        edits = OSA.normalized_similarity(one.fold[:-ending], other.fold[:-ending])
        length -= ending
    is_short = length <= _SHORT_WORD
    alike = 1 - (_SHORT_SLIP if is_short else _SLIP) * (1 - edits)
    if one.fold[0] != other.fold[0]:
        alike -= _FIRST
    return alike, Ground.SLIP
