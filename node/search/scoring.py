"""The score of one record for one question, with every reason that made it."""

from collections.abc import Sequence

import msgspec

from federation.messages import Entity, Reason, Sought
from node.dates import Agreement, PartialDate, agreement
from node.kinds import Kind
from node.search.addresses import same_place
from node.search.likeness import compare_all
from node.search.names import names
from node.search.numbers import agreeing, contradicting
from node.search.reasons import (
    ADDRESS,
    BIRTH_DATE,
    IDENTIFIER,
    NAME,
    NATIONALITY,
    Tally,
    explain_name,
)
from node.search.subjects import Subject, Wanted, subject_of, wanted_of
from node.search.weighing import NOTHING, Weighed, weighed

#: A hit from here on would raise an alert; a record below is no hit at all.
STRONG, LEAST = 0.7, 0.3
#: A name below this is no lead, whatever else agrees.
_LEAST_NAME = 0.2

#: What a date does: the share that it gives of what the score lacks, for itself and for each point
#: of what the name says, and what it leaves of the score. On UN and OFAC records a year that agrees
#: is 68 times as likely of one person as of two that bear the name; one that is off by more than
#: three years 25 times less likely. With a name that hardly agrees it still says little.
_DATES = {
    Agreement.EQUAL: (0.4, 0.8, 1.0),
    Agreement.SWAPPED: (0.3, 0.8, 1.0),
    Agreement.COMPATIBLE: (0.0, 1.1, 1.0),
    Agreement.CLOSE: (0.0, 0.0, 0.97),
    Agreement.DIFFERS: (0.0, 0.0, 0.6),
}
_ORDER = {found: place for place, found in enumerate(Agreement)}
_NEAR_YEARS, _NEAR_LEFT = 3, 0.69
#: The most that a date makes of a name of which a known given name is another one: thousands bear
#: a surname, and some of them were born on one day. It leaves room for a nationality that agrees.
_MOST_BESIDE_OTHER_GIVEN = 0.66
#: What is left of the score when a nationality, a lasting number, or the name beside a number
#: that agrees, is another one; what an agreeing nationality gives of what is lacking.
_OTHER_NATIONALITY, _OTHER_NUMBER, _OTHER_NAME, _SAME_NATIONALITY = 0.95, 0.6, 0.95, 0.1
#: The share that a name beside a number that does not decide gives of what is lacking.
_NAME_BESIDE = 0.5
#: What the date and the country of a thing are called.
_DATE_OF = {
    Kind.PERSON: "birth",
    Kind.ORGANISATION: "founding",
    Kind.VEHICLE: "build",
    Kind.VESSEL: "build",
    Kind.AIRCRAFT: "build",
}
_COUNTRY_OF = {Kind.PERSON: "nationality", Kind.VESSEL: "flag"}


class Score(msgspec.Struct, frozen=True):
    """0 to 1, and the evidence for and against; the points add up to the value.

    Made for every record that is compared, hence a struct.
    `name` is the best agreement of names, with the use of the record's one, where names decide;
    `moves` are the values after each further step, with their feature and words.
    """

    value: float = 0.0
    name: tuple[Weighed, str] | None = None
    moves: tuple[tuple[float, str, str], ...] = ()

    def reasons(self, subject: Subject) -> tuple[Reason, ...]:
        """What made this score of a subject, in words and points, in order."""
        tally = Tally()
        if self.name:
            explain_name(tally, *self.name, subject.labels)
        for value, feature, text in self.moves:
            tally.move(value, feature, text)
        return tuple(tally.reasons)


NO_SCORE = Score()

#: The share that evidence gives of what the score lacks, what it leaves of it, feature and words.
_Step = tuple[float, float, str, str]
_NO_STEP: _Step = (0.0, 1.0, "", "")


def score(sought: Sought, entity: Entity) -> Score:
    """Weigh a question against a record, neither of which is prepared."""
    return compared(wanted_of(sought), subject_of(entity))


def compared_all(wanted: Wanted, subjects: Sequence[Subject]) -> list[Score]:
    """Weigh a question against many records, as `compared` does with each, in less time."""
    parts = {part.sign: part for one in subjects for _, name in one.names for part in name}
    for kind in {one.kind for one in subjects}:
        compare_all([part for name in names(wanted.name, kind) for part in name], parts)
    return [compared(wanted, subject) for subject in subjects]


def compared(wanted: Wanted, subject: Subject) -> Score:
    """Weigh everything a question says against everything a record says.

    What agrees more, a number or a name, leads, and the other one gives its share of what the
    score lacks; then dates, nationality and numbers that contradict move it.
    """
    if wanted.kind and wanted.kind != subject.kind:
        return NO_SCORE
    worth, feature, words = _best_number(wanted, subject)
    found, use = _best_name(wanted, subject)
    if not worth and found.score < _LEAST_NAME:
        return NO_SCORE
    is_by_name, has_other_given = found.score > worth, found.alignment.has_other_given
    value = round(max(worth, found.score), 3)
    steps = (
        _beside(is_by_name, (worth, feature, words), found, wanted),
        _other_number(worth, wanted, subject),
        _dates(wanted, subject, value, has_other_given=is_by_name and has_other_given),
        _nationality(wanted, subject),
    )
    moves = [] if is_by_name else [(value, feature, words)]
    for gives, leaves, step, text in steps:
        if text:
            value = round((value + (1 - value) * gives) * leaves, 3)
            moves.append((value, step, text))
    if value < LEAST:
        return NO_SCORE
    return Score(value, (found, use) if is_by_name else None, tuple(moves))


def _best_number(wanted: Wanted, subject: Subject) -> tuple[float, str, str]:
    """The worth of the number that agrees best, or of the address where a place is sought."""
    if subject.kind is Kind.PLACE and subject.places:
        places = (same_place(wanted.place, place) for place in subject.places)
        worth, words = max(places)
        if worth:
            return worth, ADDRESS, words
    if not wanted.numbers:
        return 0.0, "", ""
    worth, words = agreeing(wanted.numbers, subject.numbers)
    return worth, IDENTIFIER, words


def _best_name(wanted: Wanted, subject: Subject) -> tuple[Weighed, str]:
    """The best agreement of the name asked for with any name of the record, and that name's use."""
    best, best_use = NOTHING, "primary"
    for mine in names(wanted.name, subject.kind):
        for use, theirs in subject.names:
            found = weighed(mine, theirs)
            if found.score > best.score:
                best, best_use = found, use
    return best, best_use


def _beside(
    is_by_name: bool, number: tuple[float, str, str], found: Weighed, wanted: Wanted
) -> _Step:
    """What a number does beside a name that leads, or a name beside a number.

    A number that decides needs no name, and of a place both are one text.
    """
    worth, feature, words = number
    if feature != IDENTIFIER or not wanted.name:
        return _NO_STEP
    if is_by_name:
        return worth, 1.0, feature, words
    if found.score < _LEAST_NAME:
        return 0.0, _OTHER_NAME, NAME, "no name of the record agrees with the name asked for"
    gives = 0.0 if worth >= STRONG else found.score * _NAME_BESIDE
    return gives, 1.0, NAME, "a name agrees, too"


def _other_number(worth: float, wanted: Wanted, subject: Subject) -> _Step:
    if worth or not wanted.numbers:
        return _NO_STEP
    differing = contradicting(wanted.numbers, subject.numbers)
    return 0.0, _OTHER_NUMBER, IDENTIFIER, differing


def _dates(wanted: Wanted, subject: Subject, value: float, *, has_other_given: bool) -> _Step:
    """The best agreement of the date asked for with any that the record knows."""
    held = [PartialDate(*date) for date in (*subject.dates, *subject.carried)]
    if not wanted.date.year or not held:
        return _NO_STEP
    agreements = [(agreement(wanted.date, date), date) for date in held]
    best, date = min(agreements, key=lambda one: _ORDER[one[0]])
    itself, beside, leaves = _DATES[best]
    if best is Agreement.DIFFERS and abs(wanted.date.year - date.year) <= _NEAR_YEARS:
        leaves = _NEAR_LEFT
    words = _date_words(best, wanted.date, date, _DATE_OF.get(subject.kind, "its"))
    if (date.year, date.month, date.day) in subject.carried:
        words += ", which the national identity number carries"
    gives = min(1.0, itself + beside * value)
    if has_other_given and value + (1 - value) * gives > _MOST_BESIDE_OTHER_GIVEN:
        gives = max(0.0, (_MOST_BESIDE_OTHER_GIVEN - value) / (1 - value))
        words += ", beside another given name"
    return gives, leaves, BIRTH_DATE, words


def _date_words(best: Agreement, wanted: PartialDate, held: PartialDate, of: str) -> str:
    if best is Agreement.EQUAL:
        return f"{of} date agrees to the day"
    if best is Agreement.SWAPPED:
        return f"{of} day and month are swapped"
    if best is Agreement.COMPATIBLE:
        has_month = wanted.month and held.month
        return f"{of} year and month agree" if has_month else f"{of} year agrees"
    if best is Agreement.CLOSE:
        return f"{of} date differs by one slip"
    return f"{of} date differs"


def _nationality(wanted: Wanted, subject: Subject) -> _Step:
    if not wanted.nationality or not subject.countries:
        return _NO_STEP
    of = _COUNTRY_OF.get(subject.kind, "country")
    if wanted.nationality in subject.countries:
        return _SAME_NATIONALITY, 1.0, NATIONALITY, f"{of} agrees"
    return 0.0, _OTHER_NATIONALITY, NATIONALITY, f"{of} differs"
