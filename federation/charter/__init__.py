"""Who the members are: a document that enough of them sign, and when one may replace another.

Trust: whoever can write this file can withhold a charter, but not change one: it counts only with
the signatures that its own threshold and that of the charter before it ask for.
"""

from federation.charter.cards import card, fingerprint, read_card
from federation.charter.document import draft, proposal, read, replacement, sign, written
from federation.charter.members import (
    Charter,
    FormerCa,
    Group,
    Groups,
    Kind,
    Member,
    Proposal,
    Standing,
    majority,
)

__all__ = [
    "Charter",
    "FormerCa",
    "Group",
    "Groups",
    "Kind",
    "Member",
    "Proposal",
    "Standing",
    "card",
    "draft",
    "fingerprint",
    "majority",
    "proposal",
    "read",
    "read_card",
    "replacement",
    "sign",
    "written",
]
