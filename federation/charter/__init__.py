"""Who the members are: a document that enough of them sign, and when one may replace another.

Trust: whoever can write this file can withhold a charter, but not change one: it counts only with
the signatures that its own threshold and that of the charter before it ask for.
"""

from federation.charter.amending import Amendment, Place, amended, renewed
from federation.charter.cards import card, fingerprint, introduced, is_read_as, read_card
from federation.charter.changes import changes
from federation.charter.document import (
    LIFE,
    document_fingerprint,
    draft,
    identity,
    joined,
    proposal,
    read,
    replacement,
    sign,
    written,
)
from federation.charter.members import (
    Charter,
    FormerCa,
    Group,
    Kind,
    Member,
    Proposal,
    Standing,
)
from federation.charter.routine import Drafted, Routine, endorsed, is_endorsed, routine

__all__ = [
    "LIFE",
    "Amendment",
    "Charter",
    "Drafted",
    "FormerCa",
    "Group",
    "Kind",
    "Member",
    "Place",
    "Proposal",
    "Routine",
    "Standing",
    "amended",
    "card",
    "changes",
    "document_fingerprint",
    "draft",
    "endorsed",
    "fingerprint",
    "identity",
    "introduced",
    "is_endorsed",
    "is_read_as",
    "joined",
    "proposal",
    "read",
    "read_card",
    "renewed",
    "replacement",
    "routine",
    "sign",
    "written",
]
