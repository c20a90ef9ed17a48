"""The code lists: what a handling code, grade, topic, category or purpose may be; how they join."""

import difflib
from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType

from federation.errors import InvalidError
from federation.messages import EVERYONE, Marking, Share

H0, H1, H2, H3 = "H0", "H1", "H2", "H3"

#: Europol handling codes. H0 is the ground on which the others stand, not a step of a ladder.
HANDLING = MappingProxyType(
    {
        H0: "For preventing and combating crime only.",
        H1: "Not for use in judicial proceedings without the provider's permission.",
        H2: "Not to be passed on without the provider's permission.",
        H3: "Other restriction; see the handling text.",
    }
)

#: Evaluation schemes: (source grades, information grades). A letter means something else in each.
GRADES = MappingProxyType(
    {
        "europol-4x4": ("ABCX", "1234"),
        "admiralty-6x6": ("ABCDEF", "123456"),
        "uk-3x5x2": ("123", "ABCDE"),
    }
)


class Operation(StrEnum):
    """The operations of Directive (EU) 2016/680 Art. 25(1), and two that are ours."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    REFUSAL = "refusal"
    ADMINISTRATION = "administration"


class Topic(StrEnum):
    """The Task Force's subjects."""

    DRUGS = "drugs"
    CUSTOMS = "customs"
    ILLEGAL_MIGRATION = "illegal-migration"
    TERRORISM = "terrorism-and-extremism"
    FIREARMS = "firearms"
    TRAFFICKING = "trafficking-in-persons"
    MONEY_LAUNDERING = "money-laundering"
    VEHICLE_CRIME = "vehicle-crime"
    OTHER = "other"


class Category(StrEnum):
    """What the person is in the matter (Directive 2016/680 Art. 6: to be kept apart)."""

    SUSPECT = "suspect"
    CONVICTED = "convicted"
    VICTIM = "victim"
    WITNESS = "witness"
    OTHER = "other"


class Purpose(StrEnum):
    """Why a question may be asked at all."""

    PREVENTION = "prevention"
    DETECTION = "detection"
    INVESTIGATION = "investigation"
    PROSECUTION = "prosecution"
    THREAT_TO_LIFE = "threat-to-life"
    CUSTOMS_CONTROL = "customs-control"
    BORDER_CONTROL = "border-control"
    ASSET_RECOVERY = "asset-recovery"


class Tell(StrEnum):
    """How an owner's people are told when a member's question touches a record, least first."""

    SILENTLY = "silently"
    OPENLY = "openly"
    FIRST = "first"


class ActivityKind(StrEnum):
    """What members plan, as far as another one should know before both are in the way."""

    OBSERVATION = "observation"
    CONTROL = "control"
    CONTROLLED_DELIVERY = "controlled-delivery"
    SEARCH = "search"
    ARREST = "arrest"
    INTERVIEW = "interview"
    COVERT = "covert"
    OTHER = "other"


class IdentifierType(StrEnum):
    """The numbers by which things are known."""

    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    TAX = "tax"
    TAX_RU = "tax_ru"
    REGISTRATION = "registration"
    IMO = "imo"
    IMO_COMPANY = "imo_company"
    MMSI = "mmsi"
    CALLSIGN = "callsign"
    VIN = "vin"
    PLATE = "plate"
    CONTAINER = "container"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    IMEI = "imei"
    ACCOUNT = "account"
    OTHER = "other"


class Verdict(StrEnum):
    """What the check digit of an identifier says. A pass proves typing, not existence."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


#: How alike a word and a type of the list are, of 1, that is taken for a slip of it.
_SLIPPED = 0.8


def type_word(text: str) -> str:
    """The type of an identifier as it is kept, however it is written: PLATE is plate."""
    return " ".join(text.replace(":", " ").lower().split()) or IdentifierType.OTHER


def type_asked(text: str) -> str:
    """The type that a question names; one in no list is sought among `other`, by its name.

    Raises `InvalidError` for a slip of a type of the list: it would find less, without a word.
    """
    word = type_word(text)
    slips = difflib.get_close_matches(word, list(IdentifierType), 1, _SLIPPED)
    if slips and word not in slips:
        raise InvalidError(
            f"a type of identifier is misspelt: is {slips[0]} meant? Types are"
            f" {', '.join(IdentifierType)}"
        )
    return word


_AND = "; "
_TELLS = ("", *Tell)

SHARES = MappingProxyType({share.name.lower(): share for share in Share})


def joined(first: Marking, *others: Marking) -> Marking:
    """The marking of something made from several: every restriction of each.

    Handling codes and texts unite, audience and share narrow, the earlier review date holds, and so
    does the strictest word on how the owner is told.
    """
    markings = (first, *others)
    texts = {text for marking in markings for text in marking.handling_text.split(_AND) if text}
    reviews = [marking.review_on for marking in markings if marking.review_on]
    return Marking(
        share=min(marking.share for marking in markings),
        audience=_narrowed(marking.audience for marking in markings),
        handling=frozenset().union(*(marking.handling for marking in markings)),
        handling_text=_AND.join(sorted(texts)),
        topic=first.topic,
        category=first.category,
        grade_scheme=first.grade_scheme,
        source_grade=first.source_grade,
        information_grade=first.information_grade,
        review_on=min(reviews) if reviews else None,
        owner=first.owner,
        tell=max((marking.tell for marking in markings), key=_TELLS.index),
    )


def _narrowed(audiences: Iterable[frozenset[str]]) -> frozenset[str]:
    """The audience that all of them allow; groups are compared by name, never opened."""
    every = list(audiences)
    limited = [audience for audience in every if EVERYONE not in audience]
    return frozenset.intersection(*(limited or every))


def split_grade(text: str) -> tuple[str, str, str]:
    """Scheme, source grade and information grade of `SCHEME:CODE` such as `europol-4x4:B2`.

    An empty text is the grade of what nobody has judged, X4 in Europol's scheme. Raises
    `InvalidError` naming the schemes and what each takes.
    """
    if not text:
        return "europol-4x4", "X", "4"
    scheme, _, code = text.partition(":")
    sources, informations = GRADES.get(scheme, ("", ""))
    if len(code) == 2 and code[0] in sources and code[1] in informations:  # noqa: PLR2004 - one letter each
        return scheme, code[0], code[1]
    forms = ", ".join(f"{name}:[{left}][{right}]" for name, (left, right) in GRADES.items())
    raise InvalidError(f"a grade is written as one of {forms}")
