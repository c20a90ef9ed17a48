"""The one fault tree: a code for machines, a public sentence for people, the detail for our log."""

from enum import StrEnum
from typing import ClassVar


class Code(StrEnum):
    """What went wrong, in the words that travel between nodes and to an agency's own systems."""

    INTERNAL = "internal"
    INVALID = "invalid"
    TOO_WIDE = "too_wide"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    STRANGER = "stranger"
    BROKEN_SEAL = "broken_seal"
    REPLAYED = "replayed"
    CLOCK = "clock"
    CHARTER = "charter"
    QUOTA = "quota"
    NOT_FOUND = "not_found"
    BUSY = "busy"
    UNFINISHED = "unfinished"
    FLOOD = "flood"
    UNKNOWN_METHOD = "unknown_method"
    UNREACHABLE = "unreachable"
    UNPROVEN = "unproven"
    LATE = "late"
    UNTRUSTED = "untrusted"


class FederationError(Exception):
    """A fault of Amber's own making.

    `str(error)` is for our log only and must hold ids, never personal data. `public` is the
    sentence that may leave the node; where `is_told`, the text leaves instead: a fault of the
    caller's own making, which it can mend only when it is told what is wrong.
    """

    code: ClassVar[Code] = Code.INTERNAL
    is_told: ClassVar[bool] = False
    public: ClassVar[str] = "The node met a fault of its own. Its log has the details."


class InvalidError(FederationError):
    """What was sent cannot be read as what it claims to be; the text names the field and the mend.

    The text of this fault, unlike all others, is shown to whoever sent the input: it names
    fields and rules, never the values of somebody else's record.
    """

    code = Code.INVALID
    is_told = True
    public = "The input is not valid."


class TooWideError(InvalidError):
    """A question that would match half a register."""

    code = Code.TOO_WIDE
    public = "The question is too wide to be asked."


class TooLargeError(InvalidError):
    """More bytes than one message may hold."""

    code = Code.TOO_LARGE
    public = "The message is too large."


class UnreadableError(InvalidError):
    """A file that cannot be read to its end; nothing of it was stored."""

    code = Code.UNREADABLE
    public = "The file cannot be read to its end. Nothing was changed."


class RefusedError(FederationError):
    """Policy said no. The asker learns that much and nothing more."""

    code = Code.REFUSED
    public = "This request was refused."


class StrangerError(FederationError):
    """The caller did not prove to be the member whose door it knocked at."""

    code = Code.STRANGER
    public = "The caller is not known here."


class BrokenSealError(FederationError):
    """The envelope is not signed by the member that sent it, or not meant for us."""

    code = Code.BROKEN_SEAL
    public = "The seal of the message does not hold."


class ReplayedError(FederationError):
    """The same sealed bytes arrived a second time."""

    code = Code.REPLAYED
    public = "This message was already received."


class ClockError(FederationError):
    """The message was sealed outside the time window: one of the two clocks is wrong."""

    code = Code.CLOCK
    is_told = True
    public = "The message is outside the time window. Check the clock of the sending node."


class CharterError(FederationError):
    """The charter is not one that may be used, or may not replace the one we hold."""

    code = Code.CHARTER
    is_told = True
    public = "The charter does not allow this."


class QuotaError(FederationError):
    """The member asked more often than its quota allows."""

    code = Code.QUOTA
    public = "The quota for this period is used up. Ask again later."


class NotFoundError(FederationError):
    """The reference names nothing that this caller may know of."""

    code = Code.NOT_FOUND
    public = "Nothing is known under this reference."


class BusyError(FederationError):
    """The node has as much work in hand as it takes on; the same call may be sent again."""

    code = Code.BUSY
    public = "The node is busy. Try again in a moment."


class UnfinishedError(FederationError):
    """A call of which no whole message came: cut off, too long, or kept waiting for its end."""

    code = Code.UNFINISHED
    public = "The message did not come to its end in time."


class FloodError(FederationError):
    """A member sends what are no calls, by the hundred: its door is shut for a while."""

    code = Code.FLOOD
    public = "Too much came that is no call. The door is shut for a while."


class UnknownMethodError(FederationError):
    """A method that no node has."""

    code = Code.UNKNOWN_METHOD
    public = "This method is not known here."


class UnreachableError(FederationError):
    """No connection to the member, or none that it proved."""

    code = Code.UNREACHABLE
    public = "The member could not be reached."


class UnprovenError(UnreachableError):
    """The member answered, but not in a way that proves the answer to be its own."""

    code = Code.UNPROVEN
    public = "The answer could not be proven to come from this member, so it is not shown."


class LateError(FederationError):
    """The member did not answer before the deadline."""

    code = Code.LATE
    public = "The member did not answer in time."


class UntrustedError(FederationError):
    """Our own trust material is missing, expired or does not fit together."""

    code = Code.UNTRUSTED
    public = "The keys or certificates of this node are not in order."
