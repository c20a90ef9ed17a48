"""What members say to one another about the next charter: values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CharterProposed:
    """The sender proposes a charter, which it has signed, and says why.

    `endorsement` is by the sender's CA, where the change is one of the sender's own line.
    """

    document: bytes
    reason: str
    endorsement: bytes = b""


@dataclass(frozen=True, slots=True)
class CharterSigned:
    """A proposed charter with the sender's signature, and every other that the sender knows."""

    document: bytes


@dataclass(frozen=True, slots=True)
class CharterWithdrawn:
    """The sender proposes a charter, named by its identity, no longer."""

    identity: str


@dataclass(frozen=True, slots=True)
class CharterAdopted:
    """A charter that is in force at the sender.

    `is_missed` says that the receiver seemed to be behind it: it was told of it before, or is back
    from an earlier day.
    """

    document: bytes
    is_missed: bool = False


Vote = CharterProposed | CharterSigned | CharterWithdrawn | CharterAdopted
