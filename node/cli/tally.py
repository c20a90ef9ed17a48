"""What became of a batch of questions: counted, in words, and as an exit code."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from federation.errors import FederationError
from node.cli.faults import DONE, EXIT_CODES, PARTIAL, REFUSED, UNTRUSTED
from node.cli.hits import flat
from node.desk import Plain


@dataclass
class Tally:
    """What became of the questions of one file."""

    questions: int = 0
    faults: list[FederationError] = field(default_factory=list)
    #: Answers that some member has, or may have, more hits for than are shown.
    cut: int = 0
    #: Of each member that did not answer: how often, by outcome, and the reasons it gave.
    silent: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reasons: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def count(self, answer: Plain, fault: FederationError | None) -> None:
        """Count one more answer."""
        self.questions += 1
        if fault is not None:
            self.faults.append(fault)
            return
        members = answer["members"]
        self.cut += any(one["more"] or one["shown"] < one["hits"] for one in members)
        for one in members:
            if one["outcome"] != "answered":
                self.silent[one["member"]][one["outcome"]] += 1
                self.reasons[one["member"]][flat(one["reason"])] = None

    @property
    def code(self) -> int:
        """How the command ends: in part where a line could not be asked or a member was silent."""
        codes = {EXIT_CODES.get(fault.code, PARTIAL) for fault in self.faults}
        for worst in (UNTRUSTED, REFUSED):
            if worst in codes:
                return worst
        return PARTIAL if codes or self.silent else DONE

    def words(self) -> Iterator[str]:
        """The same for people, a line each; nobody who did not answer is left out."""
        asked = self.questions - len(self.faults)
        yield f"{asked} of {self.questions} questions were answered."
        if self.faults:
            yield f"{len(self.faults)} were not: `error` in the answers says why."
        for member, outcomes in sorted(self.silent.items()):
            how = ", ".join(f"{outcome} {times}" for outcome, times in outcomes.items())
            reasons = " ".join(filter(None, self.reasons[member]))
            yield f"{member}: {how} of {asked} times. {reasons}".rstrip()
        if self.cut:
            yield f"{self.cut} of {asked} have, or may have, more hits than are shown: --limit"
