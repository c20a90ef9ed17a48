"""When the mail to one member is tried again: pure, told what happened and at what time."""

from collections.abc import Callable
from dataclasses import dataclass

#: Seconds before the first retry; each later one waits twice as long, up to the most.
FIRST_S, MOST_S = 0.5, 60.0
#: A member that is heard is up, and is tried at once, though not more often than this.
LEAST_S = 1.0


@dataclass(slots=True)
class Lane:
    """The mail to one member: when it is due. Times are seconds of any clock that only goes on.

    Without mail it is due once in `beat_s`, which is a heartbeat. `chance` gives numbers from 0
    to 1: retries are spread, so that members that came back together are not met together.
    """

    beat_s: float
    chance: Callable[[], float]
    due_at: float = 0.0
    failures: int = 0
    tried_at: float = -LEAST_S
    heard_at: float = -LEAST_S
    has_news: bool = False

    def queued(self, now: float) -> None:
        """Something waits; while the member cannot be reached that changes nothing."""
        self.has_news = True
        if not self.failures:
            self.due_at = min(self.due_at, now)

    def heard(self, now: float) -> None:
        """The member called us, so it is up."""
        self.heard_at = now
        if self.failures:
            self.due_at = min(self.due_at, max(now, self.tried_at + LEAST_S))

    def tried(self, now: float) -> None:
        """A transfer begins: until it ends nothing else is due."""
        self.tried_at = now
        self.has_news = False
        self.due_at = now + self.beat_s

    def delivered(self, now: float, *, has_more: bool) -> None:
        """The member has taken what it was given."""
        self.failures = 0
        is_due = has_more or self.has_news
        self.due_at = now if is_due else min(self.due_at, now + self.beat_s)

    def failed(self, now: float) -> None:
        """The member was not reached, or did not take it; one that called meanwhile is up."""
        self.failures += 1
        longest = min(MOST_S, FIRST_S * 2.0 ** min(self.failures - 1, 16))
        self.due_at = now + longest * (1 + self.chance()) / 2
        if self.heard_at > self.tried_at:
            self.due_at = min(self.due_at, max(now, self.tried_at + LEAST_S))
