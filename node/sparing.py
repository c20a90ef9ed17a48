"""Sparing: a flood of calls that are turned away must not fill the disk with its entries."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from federation.charter import Member
from federation.errors import FederationError
from federation.messages import Answer, MemberId, Question
from federation.seal import Sealed, Statement
from node.answering import Gate

#: So many refusals of one member and reason have an entry each; then one entry says how many
#: there were, this often, until it has been quiet for long enough to have some each again.
EACH, EVERY_S = 100, 10.0


@dataclass(slots=True)
class _Kind:
    """The refusals of one member for one reason: how many entries it may still have at once."""

    left: float
    at: float
    calls: int = 0
    fault: FederationError | None = None


class Sparing:
    """The gate as the doors have it: what never got as far as a question is written down sparingly.

    A question that was weighed has its own entry always: that is the gate's. May be called from
    several threads.
    """

    def __init__(self, gate: Gate, clock: Callable[[], float] = time.monotonic) -> None:
        self._gate, self._clock, self._guard = gate, clock, threading.Lock()
        self._kinds: dict[tuple[MemberId, str], _Kind] = {}

    def answer(
        self, member: Member, question: Question, sealed: Sealed, statement: Statement
    ) -> Answer:
        """As the gate answers."""
        return self._gate.answer(member, question, sealed, statement)

    def turned_away(
        self, member: MemberId, fault: FederationError, statement: Statement | None
    ) -> None:
        """Write down a call that was turned away, or count it for an entry that is due later."""
        with self._guard:
            kind = self._kinds.setdefault((member, fault.code), _Kind(float(EACH), self._clock()))
            kind.calls, kind.fault = kind.calls + 1, fault
            calls = self._due(kind)
        if calls:
            self._write(kind, member, fault, statement, calls)

    def tell(self) -> None:
        """Write down what was counted and is due."""
        with self._guard:
            due = [
                (kind, member, kind.fault, calls)
                for (member, _), kind in self._kinds.items()
                if kind.fault and kind.calls and (calls := self._due(kind))
            ]
        for kind, member, fault, calls in due:
            self._write(kind, member, fault, None, calls)

    def _write(
        self,
        kind: _Kind,
        member: MemberId,
        fault: FederationError,
        statement: Statement | None,
        calls: int,
    ) -> None:
        try:
            self._gate.turned_away(member, fault, statement, calls=calls)
        except BaseException:
            with self._guard:
                kind.calls += calls
            raise

    def _due(self, kind: _Kind) -> int:
        """How many calls an entry is to be written of now; 0 when it is to wait."""
        now = self._clock()
        kind.left = min(EACH, kind.left + (now - kind.at) / EVERY_S)
        kind.at = now
        if kind.left < 1:
            return 0
        kind.left -= 1
        calls, kind.calls = kind.calls, 0
        return calls
