"""Quotas: how often a member, one of its people and a case may ask, in any hour and in any day."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from federation.errors import FederationError, QuotaError
from federation.messages import MemberId, Question
from node import store
from node.store import Tx, View
from node.store.asked import Became

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Bytes by which one that asks is known.
_WHOM = 16


@dataclass(frozen=True, slots=True)
class Quota:
    """How many questions in any hour and in any day; 0: any number."""

    per_hour: int = 0
    per_day: int = 0

    @property
    def most(self) -> int:
        """How many questions back it looks."""
        return max(self.per_hour, self.per_day)

    @property
    def periods(self) -> Iterator[tuple[int, timedelta, str]]:
        """How many in which time, and that time in words."""
        every = ((self.per_hour, HOUR, "an hour"), (self.per_day, DAY, "a day"))
        yield from (one for one in every if one[0])


class Of(StrEnum):
    """Whose questions a quota counts."""

    MEMBER = "member"
    ANALYST = "analyst"
    CASE = "case"


class SpentError(QuotaError):
    """A quota allows no question more; `of` says whose."""

    def __init__(self, of: Of, said: str) -> None:
        super().__init__(said)
        self.of = of


def became_refused(fault: FederationError) -> Became:
    """What became of a question that met this fault."""
    if not isinstance(fault, SpentError):
        return Became.REFUSED
    return Became.FULL if fault.of is Of.MEMBER else Became.QUOTA


_ANY = Quota()


@dataclass(frozen=True, slots=True)
class Quotas:
    """Counts questions by member, analyst and case; only those that were let through.

    Any hour and any day count, not those of a clock: nobody has twice as many around the turn of
    one. Who asked is kept as a digest under `key`, so that the counts name nobody, and stands on
    disk with the question: a restart forgets nothing. Case and person are those of one member:
    another member's case of the same name is another one.
    """

    key: bytes
    member: Quota = _ANY
    analyst: Quota = _ANY
    case: Quota = _ANY

    @property
    def own(self) -> "Quotas":
        """The same for our own people: by person and by case, for we are no member of ourselves."""
        return replace(self, member=_ANY)

    def spent(
        self, view: View, now: datetime, member: MemberId, question: Question
    ) -> SpentError | None:
        """The quota that allows no question more; None when all do."""
        for of, quota, whom in self._whose(member, question):
            for most, period, name in quota.periods:
                first = store.quotas.nth_last(view, whom, most)
                if first and first > now - period:
                    return SpentError(of, f"{member}: {most} questions of one {of} in {name}")
        return None

    def take(self, tx: Tx, member: MemberId, question: Question) -> SpentError | None:
        """Count a question unless a quota allows no more; that quota, or None when it is counted.

        The same transaction must write down what becomes of the question.
        """
        spent = self.spent(tx, tx.now, member, question)
        if not spent:
            for _, quota, whom in self._whose(member, question):
                store.quotas.count(tx, whom, keep=quota.most)
        return spent

    def _whose(self, member: MemberId, question: Question) -> Iterator[tuple[Of, Quota, bytes]]:
        """Each quota that is set, and by what it knows who asks."""
        scopes = (
            (Of.MEMBER, self.member, ""),
            (Of.ANALYST, self.analyst, question.asker.person),
            (Of.CASE, self.case, question.case.strip().casefold()),
        )
        for of, quota, id in scopes:
            if quota.most:
                whom = "\0".join((of, member, id)).encode("utf-8", "surrogatepass")
                yield of, quota, hmac.digest(self.key, whom, "sha256")[:_WHOM]
