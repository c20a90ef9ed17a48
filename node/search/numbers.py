"""What identifiers say: one that agrees decides, one that contradicts counts against."""

from collections.abc import Mapping, Sequence

from node.codes import IdentifierType as Type
from node.codes import Verdict
from node.search.subjects import PHONE_TAIL, Number

#: What a number that agrees is worth: of its type, of a type that is taken for it, of another
#: type, and the last digits of a phone.
_AGREES, _KINDRED, _OTHER, _TAIL = 1.0, 0.97, 0.75, 0.85
_CHECK_FAILS = 0.05

#: Types that lists take for one another.
_KIN = frozenset({Type.TAX, Type.TAX_RU, Type.REGISTRATION, Type.NATIONAL_ID, Type.OTHER})

#: Numbers that their bearer keeps: another one of the same type is evidence against.
_KEPT = frozenset({Type.NATIONAL_ID, Type.TAX_RU, Type.IMO, Type.IMO_COMPANY, Type.VIN, Type.IMEI})

_WORDS: Mapping[str, str] = {
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


def agreeing(sought: Sequence[Number], held: Sequence[Number]) -> tuple[float, str]:
    """The worth of the best number that agrees, with words for it; (0, "") when none does."""
    found = (_agrees(wanted, one) for wanted in sought for one in held)
    return max(found, default=(0.0, ""))


def contradicting(sought: Sequence[Number], held: Sequence[Number]) -> str:
    """Words for a number of a kind that is kept for life and is another one here, or nothing."""
    for wanted in sought:
        if wanted.type in _KEPT and any(one.type == wanted.type for one in held):
            return f"{_words(wanted.type)} differs"
    return ""


def _agrees(wanted: Number, held: Number) -> tuple[float, str]:
    mine, theirs = wanted.normal, held.normal
    if mine and mine == theirs:
        return _equal(wanted, held)
    is_phone = wanted.type == held.type == Type.PHONE
    if is_phone and mine[-PHONE_TAIL:] == theirs[-PHONE_TAIL:] and len(mine) >= PHONE_TAIL:
        return _TAIL, f"{_words(wanted.type)} agrees in its last {PHONE_TAIL} digits"
    return 0.0, ""


def _equal(wanted: Number, held: Number) -> tuple[float, str]:
    words = _words(wanted.type)
    if wanted.type != held.type:
        worth = _KINDRED if {wanted.type, held.type} <= _KIN else _OTHER
        return worth, f"{words} agrees, though held as a number of another type"
    if held.verdict == Verdict.INVALID:
        return _AGREES - _CHECK_FAILS, f"{words} agrees, though its check digit fails"
    return _AGREES, f"{words} agrees"


def _words(type_: str) -> str:
    return _WORDS.get(type_, "number")
