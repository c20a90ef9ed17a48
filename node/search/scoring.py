"""The score of one record for one question, with every reason that made it."""

from dataclasses import dataclass

from federation.messages import Entity, Reason, Sought
from node.dates import Agreement, PartialDate, agreement
from node.kinds import Kind, kind_of, names_of
from node.search.keying import MOST_NAMES, countries_of
from node.search.names import names
from node.search.numbers import agreeing, contradicting
from node.search.reasons import (
    BIRTH_DATE,
    IDENTIFIER,
    NAME,
    NATIONALITY,
    Tally,
    explain_name,
)
from node.search.weighing import NOTHING, Weighed, weighed

#: A hit from here on would raise an alert; a record below is no hit at all.
STRONG, LEAST = 0.85, 0.3
#: A name below this is no lead, whatever else agrees.
_LEAST_NAME = 0.2

#: What a date does: the share that it gives of what the score lacks, and what it leaves of it.
#: On UN and OFAC records a year that agrees is 68 times as likely of one person as of two that
#: bear the name; one that is off by more than three years 25 times less likely.
_DATES = {
    Agreement.EQUAL: (0.7, 1.0),
    Agreement.SWAPPED: (0.5, 1.0),
    Agreement.COMPATIBLE: (0.4, 1.0),
    Agreement.CLOSE: (0.0, 0.97),
    Agreement.DIFFERS: (0.0, 0.6),
}
_NEAR_YEARS, _NEAR_LEFT = 3, 0.8
_DATE_OF = {
    Kind.PERSON: "birthDate",
    Kind.ORGANISATION: "incorporationDate",
    Kind.VEHICLE: "buildDate",
    Kind.VESSEL: "buildDate",
    Kind.AIRCRAFT: "buildDate",
}
#: What is left of the score when a nationality, a lasting number, or the name beside a number
#: that agrees, is another one; what an agreeing nationality gives of what is lacking.
_OTHER_NATIONALITY, _OTHER_NUMBER, _OTHER_NAME, _SAME_NATIONALITY = 0.95, 0.8, 0.95, 0.1


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 1, and the evidence for and against; the points add up to the value."""

    value: float = 0.0
    reasons: tuple[Reason, ...] = ()


NO_SCORE = Score()


def score(sought: Sought, entity: Entity) -> Score:
    """Weigh everything a question says against everything a record says.

    A number that agrees decides, and a name or date beside it moves it little; without one the
    best of the record's names does, moved by dates, nationality and numbers that contradict.
    """
    kind = kind_of(entity.schema)
    if sought.kind and sought.kind != kind:
        return NO_SCORE
    worth, words = agreeing(sought, entity)
    found, use = _best_name(sought.name, entity, kind)
    if not worth and found.score < _LEAST_NAME:
        return NO_SCORE
    tally = Tally()
    if worth:
        tally.move(worth, IDENTIFIER, words)
        _name_beside(tally, sought, found)
    else:
        explain_name(tally, found, use, entity)
        if differing := contradicting(sought, entity):
            tally.move(tally.value * _OTHER_NUMBER, IDENTIFIER, differing)
    _weigh_date(tally, sought, entity, kind)
    _weigh_nationality(tally, sought, entity)
    return Score(tally.value, tuple(tally.reasons)) if tally.value >= LEAST else NO_SCORE


def _best_name(text: str, entity: Entity, kind: Kind) -> tuple[Weighed, str]:
    """The best agreement of the name asked for with any name of the record, and that name's use."""
    best, best_use = NOTHING, "primary"
    for mine in names(text, kind):
        for use, other in names_of(entity)[:MOST_NAMES]:
            for theirs in names(other, kind):
                found = weighed(mine, theirs)
                if found.score > best.score:
                    best, best_use = found, use
    return best, best_use


def _name_beside(tally: Tally, sought: Sought, found: Weighed) -> None:
    if sought.name and found.score < _LEAST_NAME:
        text = "no name of the record agrees with the name asked for"
        tally.move(tally.value * _OTHER_NAME, NAME, text)
    elif sought.name:
        tally.move(tally.value, NAME, "a name agrees, too")


def _weigh_date(tally: Tally, sought: Sought, entity: Entity, kind: Kind) -> None:
    """The best agreement of the date asked for with any that the record knows."""
    wanted = PartialDate.read(sought.birth_date)
    order = list(Agreement)
    agreements = (
        (agreement(wanted, held), held)
        for held in map(PartialDate.read, entity.all(_DATE_OF.get(kind, "date")))
    )
    best, held = min(
        agreements, key=lambda one: order.index(one[0]), default=(Agreement.UNKNOWN, wanted)
    )
    if best is Agreement.UNKNOWN:
        return
    gives, leaves = _DATES[best]
    if best is Agreement.DIFFERS and abs(wanted.year - held.year) <= _NEAR_YEARS:
        leaves = _NEAR_LEFT
    value = (tally.value + (1 - tally.value) * gives) * leaves
    tally.move(value, BIRTH_DATE, _date_words(best, wanted, held))


def _date_words(best: Agreement, wanted: PartialDate, held: PartialDate) -> str:
    if best is Agreement.EQUAL:
        return "birth date agrees to the day"
    if best is Agreement.SWAPPED:
        return "birth day and month are swapped"
    if best is Agreement.COMPATIBLE:
        return "birth year and month agree" if wanted.month and held.month else "birth year agrees"
    if best is Agreement.CLOSE:
        return "birth date differs by one slip"
    return "birth date differs"


def _weigh_nationality(tally: Tally, sought: Sought, entity: Entity) -> None:
    held = {country.lower() for country in countries_of(entity)}
    if not sought.nationality or not held:
        return
    if sought.nationality.lower() in held:
        value = tally.value + (1 - tally.value) * _SAME_NATIONALITY
        tally.move(value, NATIONALITY, "nationality agrees")
    else:
        tally.move(tally.value * _OTHER_NATIONALITY, NATIONALITY, "nationality differs")
