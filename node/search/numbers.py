"""What identifiers say: one that agrees decides, one that contradicts counts against."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rapidfuzz.distance import OSA

from node.codes import IdentifierType as Type
from node.codes import Verdict
from node.identifiers import Number
from node.identifiers.plates import MOST_LACKING, alike, is_partial
from node.identifiers.prepared import slipped
from node.identifiers.readings import Ground
from node.identifiers.slips import is_neighbour
from node.search.keying import CONFUSED, LEAST_SLIPPING, SLIPPING, TAIL

#: What a number that agrees is worth: of its type, of a type that is taken for it, of another one.
_AGREES, _KINDRED, _OTHER = 1.0, 0.97, 0.6
_CHECK_FAILS = 0.05
#: What another reading that agrees is worth; what leaves too much open to decide is at most 0.6.
_READ: Mapping[str, float] = MappingProxyType(
    {
        Ground.UNMARKED: 0.95,
        Ground.UNFILLED: 0.95,
        Ground.INSIDE: 0.9,
        Ground.SERIES: 0.5,
        Ground.SLIPPED: 0.55,
    }
)
_CONFUSED, _PARTIAL, _CONFUSED_PARTIAL, _SWAPPED, _SLIP = 0.6, 0.55, 0.45, 0.5, 0.45
#: Of a type, what its last digits are worth when nothing else is known.
_TAILS: Mapping[str, float] = MappingProxyType(
    {Type.PHONE: 0.85, Type.VIN: 0.6, Type.IBAN: 0.5, Type.ACCOUNT: 0.5}
)

#: Types that lists take for one another.
_FAMILY: Mapping[str, str] = MappingProxyType(
    {
        Type.TAX: "register",
        Type.TAX_RU: "register",
        Type.REGISTRATION: "register",
        Type.NATIONAL_ID: "register",
        Type.OTHER: "register",
        Type.IBAN: "account",
        Type.ACCOUNT: "account",
    }
)

#: Types whose rule hangs on a country that a question need not say.
_BY_COUNTRY = frozenset({Type.TAX, Type.REGISTRATION})

#: Numbers that their bearer keeps: another one of the same type is evidence against.
_KEPT = frozenset(
    {
        Type.NATIONAL_ID,
        Type.TAX_RU,
        Type.IMO,
        Type.IMO_COMPANY,
        Type.VIN,
        Type.IMEI,
        Type.CONTAINER,
    }
)

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Type.PASSPORT: "passport number",
        Type.NATIONAL_ID: "national identity number",
        Type.TAX: "tax number",
        Type.TAX_RU: "Russian tax number",
        Type.REGISTRATION: "registration number",
        Type.IMO: "IMO number",
        Type.IMO_COMPANY: "IMO company number",
        Type.MMSI: "MMSI",
        Type.CALLSIGN: "call sign",
        Type.VIN: "VIN",
        Type.PLATE: "number plate",
        Type.CONTAINER: "container number",
        Type.IBAN: "IBAN",
        Type.PHONE: "phone number",
        Type.EMAIL: "e-mail address",
        Type.IMEI: "IMEI",
        Type.ACCOUNT: "account number",
    }
)
_GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        Ground.UNMARKED: "agrees but for the letters written before it",
        Ground.UNFILLED: "agrees but for leading zeros",
        Ground.INSIDE: "agrees with the account inside an IBAN",
        Ground.SERIES: "agrees in its digits, and its series is not known",
        Ground.SLIPPED: "differs by one slip, and one of the two fails its check digit",
    }
)
_UNMARKED: Mapping[str, str] = MappingProxyType(
    {
        Type.PHONE: "agrees but for its country code",
        Type.PLATE: "agrees but for the country or region written with it",
    }
)

#: What two numbers say of one another, worth and words.
Said = tuple[float, str]
_NOTHING: Said = (0.0, "")


def agreeing(sought: Sequence[Number], held: Sequence[Number]) -> Said:
    """The worth of the best number that agrees, with words for it; (0, "") when none does.

    Up to 0.6 it is a lead beside other evidence. The worth is the same from either side.
    """
    return max((compared(mine, theirs) for mine in sought for theirs in held), default=_NOTHING)


def contradicting(sought: Sequence[Number], held: Sequence[Number]) -> str:
    """Words for a number of a kind that is kept for life and is another one here, or nothing.

    To be asked when none agrees. National numbers of different lengths are of two countries, and
    one whose check digit fails says nothing.
    """
    for mine in sought:
        if mine.type in _KEPT and any(_is_another(mine, theirs) for theirs in held):
            return f"{_words(mine.type)} differs"
    return ""


def compared(mine: Number, theirs: Number) -> Said:
    """What one number says of another; the worth is the same from either side."""
    if mine.normal == theirs.normal:
        return _equal(mine, theirs) if mine.normal else _NOTHING
    if _are_named_apart(mine, theirs) or not (mine.type == theirs.type or _are_kin(mine, theirs)):
        return _NOTHING
    is_open = not (mine.mark and theirs.mark) or mine.mark == theirs.mark
    return (
        _read(mine, theirs, is_open=is_open)
        or (_tail(mine, theirs) if is_open else None)
        or (_near(mine, theirs) if mine.type == theirs.type else None)
        or _NOTHING
    )


def _equal(mine: Number, theirs: Number) -> Said:
    words, is_apart = _words(mine.type), _are_named_apart(mine, theirs)
    if mine.type != theirs.type or is_apart:
        worth = _KINDRED if _are_kin(mine, theirs) and not is_apart else _OTHER
        return worth, f"{words} agrees, though held as a number of another type"
    if mine.type == Type.CONTAINER and mine.verdict != theirs.verdict:
        return _AGREES, f"{words} agrees, the check digit left out"
    if Verdict.INVALID in (mine.verdict, theirs.verdict):
        return _AGREES - _CHECK_FAILS, f"{words} agrees, though its check digit fails"
    return _AGREES, f"{words} agrees"


def _read(mine: Number, theirs: Number, *, is_open: bool) -> Said | None:
    """The best other reading of one that is one of the other's, or the other itself.

    Where two marks differ, only a slip brings the two together. Two that fail their check are two
    slips apart.
    """
    if not mine.readings and not theirs.readings:
        return None
    met = [text[0] for text in mine.readings if text[1:] == theirs.normal]
    met += [text[0] for text in theirs.readings if text[1:] == mine.normal]
    met += [text[0] for text in mine.readings & theirs.readings]
    grounds = [ground for ground in met if ground != Ground.SLIPPED] if is_open else []
    if not _are_confused(mine, theirs) and (_is_slip(mine, theirs) or _is_slip(theirs, mine)):
        grounds.append(Ground.SLIPPED)
    if not grounds:
        return None
    ground = max(grounds, key=_READ.__getitem__)
    words = _GROUNDS[ground]
    if ground == Ground.UNMARKED:
        words = _UNMARKED.get(mine.type, words)
    return _READ[ground], f"{_words(mine.type)} {words}"


def _is_slip(slip: Number, meant: Number) -> bool:
    """Whether one fails its check digit, and is one slip away from another that does not.

    A tax or registration number of an unknown country is not known to fail.
    """
    is_unknown = meant.verdict == Verdict.UNCHECKED and meant.type in _BY_COUNTRY
    if meant.verdict != Verdict.VALID and not is_unknown:
        return False
    texts = slipped(slip)
    return meant.normal in texts or any(
        is_neighbour(text, meant.normal, slip.type) for text in texts
    )


def _tail(mine: Number, theirs: Number) -> Said | None:
    """Agrees in its end, which is all that is known of one of the two."""
    worth = _TAILS.get(mine.type, 0.0)
    if not worth or mine.normal[-TAIL:] != theirs.normal[-TAIL:]:
        return None
    short, long = sorted((mine.normal, theirs.normal), key=len)
    if len(short) < TAIL or (mine.type != Type.PHONE and not long.endswith(short)):
        return None
    signs = "digits" if mine.type == Type.PHONE else "signs"
    return worth, f"{_words(mine.type)} agrees in its last {TAIL} {signs}"


def _near(mine: Number, theirs: Number) -> Said | None:
    """Agrees after confused signs, in a part, or but for one slip."""
    apart = abs(len(mine.normal) - len(theirs.normal))
    if mine.type not in CONFUSED or apart > MOST_LACKING:
        return None
    words, one, other = _words(mine.type), alike(mine.normal), alike(theirs.normal)
    if _are_confused(mine, theirs):
        return _CONFUSED, f"{words} agrees, taking signs that look alike for one another"
    if mine.type == Type.PLATE and apart and is_partial(one, other):
        if is_partial(mine.normal, theirs.normal):
            return _PARTIAL, f"{words} agrees in part: signs at its ends are missing"
        return _CONFUSED_PARTIAL, f"{words} agrees in part, taking signs that look alike as one"
    return _slip(mine, theirs) if mine.type in SLIPPING else None


def _are_confused(mine: Number, theirs: Number) -> bool:
    """Agree but for signs that are read for one another, which is worth more than a slip."""
    return mine.type in CONFUSED and alike(mine.normal) == alike(theirs.normal)


def _slip(mine: Number, theirs: Number) -> Said | None:
    one, other = mine.normal, theirs.normal
    if min(len(one), len(other)) < LEAST_SLIPPING or OSA.distance(one, other, score_cutoff=1) > 1:
        return None
    words = _words(mine.type)
    if sorted(one) == sorted(other):
        return _SWAPPED, f"{words} differs by two neighbours that are swapped"
    return _SLIP, f"{words} differs by one slip"


def _is_another(mine: Number, theirs: Number) -> bool:
    is_same_kind = mine.type == theirs.type and len(mine.normal) == len(theirs.normal)
    return is_same_kind and Verdict.INVALID not in (mine.verdict, theirs.verdict)


def _are_kin(mine: Number, theirs: Number) -> bool:
    family = _FAMILY.get(mine.type)
    return family is not None and family == _FAMILY.get(theirs.type)


def _are_named_apart(mine: Number, theirs: Number) -> bool:
    """Whether each is of a type of its own that is in no list, and the two are called otherwise."""
    return bool(mine.name and theirs.name) and mine.name != theirs.name


def _words(type_: str) -> str:
    return _WORDS.get(type_, "number")
