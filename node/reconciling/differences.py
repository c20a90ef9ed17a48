"""Differences: what the books of two members say of the same question or notice, compared. Pure.

One judge for both ways: the book of the side that began (it asked, it sent) against that of the
side it went to. Who of the two we are makes no difference here.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from federation.accounts import Line

ANSWERED, REFUSED, TURNED_AWAY = "answered", "refused", "turned-away"
WAITING, DELIVERED = "waiting", "delivered"

#: What is open for longer than this is open for good: its node ended before it was noted.
OPEN_FOR = timedelta(hours=1)
#: How far the moments of one question may be apart in both books: deadlines and clocks.
APART = timedelta(minutes=15)


class What(StrEnum):
    """What is different. The first ones say what happened; the others are gaps."""

    IN_FLIGHT = "in-flight"
    NOT_GATHERED = "not-gathered"
    CALL_FAILED = "call-failed"
    REFUSED_UNREAD = "refused-unread"
    REPLY_LOST = "reply-lost"
    RECEIPT_LOST = "receipt-lost"
    NO_LONGER_HELD = "no-longer-held"

    NOT_ASKED = "not-asked"
    NOT_RECORDED = "not-recorded"
    ANSWER_DENIED = "answer-denied"
    REFUSAL_DENIED = "refusal-denied"
    ANSWERED_TWICE = "answered-twice"
    OTHER_QUESTION = "other-question"
    NOT_SHOWN = "not-shown"
    OTHER_ANSWER = "other-answer"
    OTHER_PLACE = "other-place"
    NOT_SENT = "not-sent"
    PUT_BACK = "put-back"
    NOT_TAKEN = "not-taken"
    OTHER_NOTICE = "other-notice"
    OTHER_EFFECT = "other-effect"

    @property
    def is_gap(self) -> bool:
        """Whether one of the two books lacks something, or says something else."""
        return self not in _EXPLAINED


_EXPLAINED = frozenset(
    {
        What.IN_FLIGHT,
        What.NOT_GATHERED,
        What.CALL_FAILED,
        What.REFUSED_UNREAD,
        What.REPLY_LOST,
        What.RECEIPT_LOST,
        What.NO_LONGER_HELD,
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One question or notice of which the books say different things.

    `begun` is the line of the side that asked or sent, `met` that of the side it went to; None
    where that side has none.
    """

    what: What
    begun: Line | None
    met: Line | None


@dataclass(frozen=True, slots=True)
class Period:
    """The first and last moment of what is compared, and what is now."""

    since: datetime
    until: datetime
    now: datetime

    def holds(self, line: Line) -> bool:
        """Whether a line is of this period."""
        return self.since <= line.at <= self.until


def questions(
    asked: Sequence[Line],
    heard: Sequence[Line],
    period: Period,
    is_known: Callable[[str], bool],
) -> tuple[int, list[Difference]]:
    """How many questions of a period both books agree on, and the differences of the others.

    Both books are read from a little before the period to a little behind it. `is_known` tells of
    a question that is not in what was read of the first book whether it is one all the same:
    asked at another time, or heard a second time.
    """
    met: defaultdict[str, list[Line]] = defaultdict(list)
    for line in heard:
        met[line.id].append(line)
    judged = [
        Difference(what, one, met[one.id][0] if met[one.id] else None)
        for one in filter(period.holds, asked)
        if (what := question(one, met[one.id], period.now))
    ]
    agreed = sum(map(period.holds, asked)) - len(judged)
    ours = {one.id for one in asked}
    unknown = (lines[0] for id, lines in met.items() if id not in ours and lines)
    judged += [
        Difference(What.NOT_ASKED, None, line)
        for line in unknown
        if period.holds(line) and not is_known(line.id)
    ]
    return agreed, judged


def question(asked: Line, heard: Sequence[Line], now: datetime) -> What | None:
    """How the books differ on one question; what was heard of it several times, in order."""
    answers = [one for one in heard if one.word == ANSWERED]
    if not heard:
        return _unheard(asked, now)
    if not answers:
        return _refused(asked, now)
    if asked.word == REFUSED:
        return What.REFUSAL_DENIED
    if asked.word != ANSWERED:
        return _open(asked, now) if not asked.word else What.REPLY_LOST
    if len(answers) > 1:
        return What.ANSWERED_TWICE
    return _answered(asked, answers[0])


def _unheard(asked: Line, now: datetime) -> What:
    """Why a question is in one book alone."""
    if asked.word == ANSWERED:
        return What.NOT_RECORDED
    if asked.word == REFUSED:
        return What.REFUSED_UNREAD
    return What.CALL_FAILED if asked.word else _open(asked, now)


def _refused(asked: Line, now: datetime) -> What | None:
    if asked.word == ANSWERED:
        return What.ANSWER_DENIED
    if asked.word == REFUSED:
        return None
    return What.REPLY_LOST if asked.word else _open(asked, now)


def _open(asked: Line, now: datetime) -> What:
    return What.IN_FLIGHT if now - asked.at < OPEN_FOR else What.NOT_GATHERED


def _answered(asked: Line, heard: Line) -> What | None:
    """How an answer differs in both books; what was noted without place or digest is believed."""
    if asked.theirs and asked.theirs != heard.entry:
        return What.OTHER_PLACE
    if asked.answer and heard.answer and asked.answer != heard.answer:
        return What.OTHER_ANSWER
    return None


def notices(
    sent: Sequence[Line], taken: Sequence[Line], *, assigned: int, received: int
) -> tuple[int, list[Difference]]:
    """How many notices both books agree on, and the differences of the others, by sequence.

    The lines are of the same sequences; `assigned` is the last that was ever sent, `received` the
    last that came.
    """
    begun = {one.sequence: one for one in sent}
    met = {one.sequence: one for one in taken}
    judged = [
        Difference(what, begun.get(place), met.get(place))
        for place in sorted(begun.keys() | met.keys())
        if (what := notice(begun.get(place), met.get(place), assigned, received))
    ]
    return len(begun.keys() | met.keys()) - len(judged), judged


def notice(sent: Line | None, taken: Line | None, assigned: int, received: int) -> What | None:
    """How the books differ on the notice of one place."""
    if sent is None:
        place = taken.sequence if taken else 0
        return What.PUT_BACK if place <= assigned else What.NOT_SENT
    if taken is None:
        return _untaken(sent, received)
    if _statement(sent) != _statement(taken):
        return What.OTHER_NOTICE
    if sent.word == WAITING:
        return What.RECEIPT_LOST
    return What.OTHER_EFFECT if (sent.word == DELIVERED) == bool(taken.word) else None


def _untaken(sent: Line, received: int) -> What:
    """Why a notice is in the outbox of one side alone."""
    if sent.word != WAITING:
        return What.NOT_TAKEN
    return What.NO_LONGER_HELD if sent.sequence <= received else What.IN_FLIGHT


def _statement(line: Line) -> bytes:
    return sha256(line.kept.statement).digest() if line.kept else b""
