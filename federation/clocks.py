"""Clocks: how far each member's is from ours, as its seals show."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from federation.messages import MemberId


@dataclass(frozen=True, slots=True)
class Clocks:
    """The last that each member's clock was heard to say; one that is far off is told to the log.

    What a member sealed is on its way for a moment, so a clock looks that much behind.
    """

    window: timedelta = timedelta(seconds=30)
    _ahead: dict[MemberId, timedelta] = field(default_factory=dict)

    def heard(self, member: MemberId, sealed_at: datetime, now: datetime) -> None:
        """Something that a member sealed at an instant of its clock came now by ours."""
        was_off = bool(self.off_s(member))
        self._ahead[member] = sealed_at - now
        if bool(ahead_s := self.off_s(member)) != was_off:
            log = structlog.get_logger()
            if ahead_s:
                log.warning("clock differs", member=member, ahead_s=ahead_s)
            else:
                log.info("clock agrees again", member=member)

    def off_s(self, member: MemberId) -> int:
        """Seconds by which its clock is ahead of ours (behind: below 0), 0 within the window."""
        ahead = self._ahead.get(member, timedelta())
        return round(ahead.total_seconds()) if abs(ahead) > self.window else 0
