"""Identifiers: the form in which two of them are compared, and what their check digits say."""

from dataclasses import dataclass
from typing import Self

from federation.messages import Identifier
from node.codes import Verdict
from node.identifiers.forms import MAX_LENGTH, normal_form
from node.identifiers.prepared import Number, number

__all__ = ["MAX_LENGTH", "Checked", "Number", "checked", "normal_form", "number"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A number as typed, the form in which it is compared, and the verdict on its check digit."""

    type: str
    value: str
    normal: str
    verdict: Verdict

    @classmethod
    def stored(cls, type_: str, value: str, normal: str, verdict: str) -> Self:
        """One that was checked before."""
        return cls(type_, value, normal, Verdict(verdict))


def checked(identifier: Identifier, countries: tuple[str, ...] = ()) -> Checked:
    """Check a number, with the two-letter codes of the countries it may be from.

    Never raises and never changes what was typed. A pass proves typing, not existence; where no
    rule is known, or the country is not, nothing is said.
    """
    prepared = number(identifier, countries)
    said = Verdict(prepared.verdict)
    return Checked(identifier.type, identifier.value, prepared.normal, said)
