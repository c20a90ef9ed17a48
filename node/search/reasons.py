"""Reasons: the words for each piece of evidence, and points that add up to the score.

They name what agrees and how, never a value of the record, so that they can be repeated anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from federation.messages import Reason
from node.search.alignment import Pair
from node.search.likeness import Ground
from node.search.parts import Role
from node.search.weighing import Weighed

NAME, BIRTH_DATE, NATIONALITY, IDENTIFIER = "name", "birth_date", "nationality", "identifier"
ADDRESS = "address"

_OF = {
    "primary": "of the name",
    "alias": "of an alias",
    "former": "of a former name",
    "weak": "of a weak alias",
}
_ROLES = {
    Role.PATRONYMIC: "patronymic",
    Role.NUMBER: "number",
    Role.GENERIC: "common word",
    Role.PARTICLE: "particle",
}


@dataclass(slots=True)
class Tally:
    """A score on its way; the points of its reasons add up to it at every step."""

    value: float = 0.0
    reasons: list[Reason] = field(default_factory=list)

    def move(self, value: float, feature: str, text: str) -> None:
        """Move the score to a value, for this reason."""
        points = round(value - self.value, 3)
        self.value = round(self.value + points, 3)
        self.reasons.append(Reason(feature, text, points))


def explain_name(tally: Tally, found: Weighed, use: str, labels: Mapping[str, str]) -> None:
    """Add what agrees in a name, then what contradicts, what is missing and a mere namesake."""
    said = sum(pair.says for pair in found.pairs)
    value = tally.value
    for (label, ground), (count, says) in _groups(found, labels).items():
        value += says / said
        tally.move(value, NAME, _agrees(label, ground, count, _OF[use]))
    for left, text in (
        (found.contradicted, f"a part {_OF[use]} contradicts a part of the name asked for"),
        (found.incomplete, "a part of the name stands on one side only"),
        (found.namesake, "only one word agrees: a namesake"),
        (found.common, "only words that many have in their name agree"),
        (found.branch, "one of the two is a branch"),
        (found.gender, "each part agrees but for its gender: brother and sister, or a couple"),
        (found.score, "what agrees is common to many, or little"),
    ):
        if round(left - tally.value, 3):
            tally.move(left, NAME, text)


def _groups(
    found: Weighed, labels: Mapping[str, str]
) -> dict[tuple[str, Ground], tuple[int, float]]:
    """(label, ground) -> how many parts agree so, and how much that says."""
    groups: dict[tuple[str, Ground], tuple[int, float]] = {}
    for pair in found.pairs:
        key = _label(pair, labels), pair.ground
        count, says = groups.get(key, (0, 0.0))
        groups[key] = count + 1, says + pair.says * pair.alike
    return groups


def _label(pair: Pair, labels: Mapping[str, str]) -> str:
    return _ROLES.get(pair.role) or labels.get(pair.theirs[0].plain, "part")


def _agrees(label: str, ground: Ground, count: int, of: str) -> str:
    if count > 1:
        return f"{count} {label}s {of} agree {ground}"
    return f"{label} {of} agrees {ground}"
