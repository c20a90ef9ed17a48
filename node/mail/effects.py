"""What a notice does when it has come, and the word for why it did nothing."""

from collections import Counter
from collections.abc import Callable, Mapping

from federation.errors import FederationError, InvalidError, RefusedError
from federation.messages import Content, MemberId, Notice
from node.store import Tx

#: What a notice does, in the transaction that stores it. What it raises undoes that alone;
#: `InvalidError` and `RefusedError` are told to the sender by a word.
Effect = Callable[[Tx, MemberId, Notice], None]

#: Why a notice that is there has no effect, as the sender is told.
EXPIRED, INVALID, REFUSED, CONFLICT = "expired", "invalid", "refused", "conflict"
#: The ground of one whose effect met a fault that nobody foresaw, and how often it is tried before
#: that: nothing behind it would ever be taken.
FAULT, TRIES = "fault", 3


class ExpiredError(RefusedError):
    """What a notice is about is over."""


class Effects:
    """The effects of all kinds of notices; may be used from several threads."""

    def __init__(self, effects: Mapping[type, Effect] | None = None) -> None:
        self._effects = dict(effects or {})
        self._tries: Counter[tuple[MemberId, str]] = Counter()

    def __getitem__(self, kind: type) -> Effect:
        return self._effects[kind]

    def add(self, effects: Mapping[type, Effect]) -> None:
        """Have these kinds of notices do something, too."""
        self._effects.update(effects)

    def of(self, tx: Tx, member: MemberId, notice: Notice | InvalidError) -> str:
        """Have a member's notice do what it does; why it does nothing, or an empty word.

        Raises what nobody foresaw, so that it is tried again, and sets the notice aside in the end.
        """
        if isinstance(notice, InvalidError):
            return INVALID
        if notice.expires_at and notice.expires_at <= tx.now:
            return EXPIRED
        try:
            with tx.apart():
                self._effects[type(notice.content)](tx, member, notice)
        except (InvalidError, RefusedError) as fault:
            return _ground(fault)
        except FederationError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again, but for the last time
            return self._tried(tx, member, notice, error)
        return ""

    def _tried(self, tx: Tx, member: MemberId, notice: Notice, error: Exception) -> str:
        self._tries[member, notice.id] += 1
        if not tx.is_open or self._tries[member, notice.id] < TRIES:
            raise error
        del self._tries[member, notice.id]
        return FAULT


def kind_of(content: Content) -> str:
    """The word for what a notice says."""
    return type(content).__name__.lower()


def _ground(fault: InvalidError | RefusedError) -> str:
    """The word for why a notice has no effect."""
    if isinstance(fault, ExpiredError):
        return EXPIRED
    return INVALID if isinstance(fault, InvalidError) else REFUSED
