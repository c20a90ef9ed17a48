"""What goes wrong in a simulation: links, processes, disks and clocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from federation.lanes import Lane
from federation.messages import MemberId
from tests.simulation.agenda import Agenda, Do
from tests.simulation.evidence import MOST_SKEW
from tests.simulation.members import Member


@dataclass
class Way:
    """The way from one member to another: when it is tried, and what is in flight on it."""

    lane: Lane
    is_cut: bool = False
    is_busy: bool = False
    is_planned_at: float = -1.0


@dataclass(frozen=True)
class Troubles:
    """Whatever may go wrong with these members and the ways between them."""

    agenda: Agenda
    members: Mapping[MemberId, Member]
    ways: Mapping[tuple[MemberId, MemberId], Way]
    kill: Callable[[Member], None]

    def any(self) -> Do:
        """One of all troubles; links and processes break most often."""
        troubles = (
            *(self._cut, self._cut, self._crash, self._crash, self._fill),
            *(self._fail_once, self._turn, self._back_up, self._back_up),
        )
        return self.agenda.chance.choice(troubles)

    def anyone(self) -> Member:
        return self.agenda.chance.choice(list(self.members.values()))

    def _cut(self) -> None:
        """Nothing gets through from one member to another, or both ways, for a while."""
        sender, to = self.agenda.chance.sample(list(self.members), 2)
        ways = [(sender, to), (to, sender)][: self.agenda.chance.randint(1, 2)]

        def heal() -> None:
            for way in ways:
                self.ways[way].is_cut = False

        for way in ways:
            self.ways[way].is_cut = True
        self.agenda.later(5, 120, heal)

    def _crash(self) -> None:
        """A process dies: now, in its next transaction, or right behind it."""
        member = self.anyone()
        how = self.agenda.chance.randrange(3)
        member.disk.is_torn, member.disk.is_gone = how == 1, how == 2
        if how == 0:
            self.kill(member)

    def _fill(self) -> None:
        """A disk is full for a while."""
        member = self.anyone()
        if member.is_up:
            member.store.fill()
            self.agenda.later(5, 60, lambda: member.store.heal() if member.is_up else None)

    def _fail_once(self) -> None:
        self.anyone().disk.fails_once = True

    def _turn(self) -> None:
        """A clock goes wrong, or right again."""
        most_s = MOST_SKEW.total_seconds()
        self.anyone().skew_s = self.agenda.chance.choice(
            (0.0, self.agenda.chance.uniform(-most_s, most_s))
        )

    def _back_up(self) -> None:
        member = self.anyone()
        if member.is_up:
            member.take_backup()
