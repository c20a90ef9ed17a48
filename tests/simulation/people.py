"""What people do in a simulation: they store, mark, watch, and change their minds."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from federation.errors import FederationError
from federation.messages import (
    Asker,
    Marking,
    MemberId,
    PersonId,
    Share,
    Sought,
    Watch,
    WatchId,
)
from node import store
from node.people import person
from node.records import Draft
from node.store.alerts import AlertState
from tests.simulation.history import Kept
from tests.simulation.members import MEMBERS, WHY, Member, entity

#: Invented people whom nobody takes for one another.
SUBJECTS = ("Viktor Lesnikov", "Anna Nowak", "Jaan Tammsalu", "Marta Ozolina")
ANALYST = person(PersonId("first"), ["analyst"])


@dataclass(frozen=True)
class People:
    """The people of all members; what they do is by chance."""

    chance: random.Random

    def act(self, member: Member) -> None:
        """Somebody does something at a node; where it cannot be done, they are told so."""
        doing = self.chance.choices(_ACTIONS, _OFTEN)[0]
        try:
            doing(self, member)
        except FederationError:
            return

    def _store(self, member: Member) -> None:
        """Somebody new, or something new of somebody."""
        is_new = not member.stamps or self.chance.random() < 0.6
        id = f"P-{len(member.stamps)}" if is_new else self.chance.choice(list(member.stamps))
        subject = self.chance.choice(SUBJECTS)
        with member.store.write() as tx:
            draft = Draft(entity(id, subject, self._stamp(member, id)), self._marking(), "ours")
            member.keeping.keep(tx, [draft], WHY)
            _note(member, tx, id)

    def _remark(self, member: Member) -> None:
        with member.store.write() as tx:
            known = store.records.by_source(tx, "ours", list(member.stamps))
            if known:
                id = self.chance.choice(sorted(known))
                member.keeping.remark(tx, known[id].record.id, self._marking(), WHY)
                _note(member, tx, id)

    def _withdraw(self, member: Member) -> None:
        with member.store.write() as tx:
            known = store.records.by_source(tx, "ours", list(member.stamps))
            if known:
                id = self.chance.choice(sorted(known))
                member.keeping.withdraw(tx, "ours", [id], WHY)
                _note(member, tx, id)

    def _watch(self, member: Member) -> None:
        now = member.clock()
        lasts_s = self.chance.choice((self.chance.uniform(10, 300), 86_400.0))
        watch = Watch(
            id=WatchId(member.ids()),
            asker=Asker(PersonId("first"), "analyst"),
            case="CASE-1",
            purpose="investigation",
            seeks=Sought(name=self.chance.choice(SUBJECTS)),
            threshold=0.9,
            expires_at=now + timedelta(seconds=lasts_s),
        )
        members = self.chance.sample([MemberId(one) for one in MEMBERS], self.chance.randint(1, 3))
        member.post.watching.add(watch, members, now=now)

    def _renew(self, member: Member) -> None:
        if id := self._own(member):
            until = member.clock() + timedelta(seconds=self.chance.uniform(60, 86_400))
            member.post.watching.renew(id, ANALYST, until=until, now=member.clock())

    def _remove(self, member: Member) -> None:
        if id := self._own(member):
            member.post.watching.remove(id, ANALYST)

    def _see(self, member: Member) -> None:
        if shown := member.post.inbox.behind(0):
            id = self.chance.choice(shown).alert.id
            member.post.inbox.change(id, AlertState.SEEN, ANALYST)

    def _own(self, member: Member) -> WatchId | None:
        with member.store.view() as view:
            every = store.watches.every(view, is_ended=False)
        return self.chance.choice(every).id if every else None

    def _stamp(self, member: Member, id: str) -> str:
        member.stamps[id] = f"{id} {self.chance.getrandbits(32):08x}"
        return member.stamps[id]

    def _marking(self) -> Marking:
        share = self.chance.choices(list(Share), (1, 2, 2, 5))[0]
        some = self.chance.sample(MEMBERS, self.chance.randint(0, 4))
        audience = ("ALL",) if self.chance.random() < 0.6 else some
        return replace(Marking(), share=share, audience=frozenset(audience))


def _note(member: Member, tx: store.Tx, id: str) -> None:
    """Have it written down, with its transaction, how a record is now."""
    held = store.records.by_source(tx, "ours", [id])[id].record
    member.kept.append(
        Kept(
            member.id,
            held.id,
            held.version,
            held.entity.first("name"),
            int(held.marking.share),
            frozenset(held.marking.audience),
            held.entity.first("notes"),
            is_withdrawn=held.is_withdrawn,
        )
    )


_ACTIONS: Sequence[Callable[[People, Member], None]] = (
    People._store,
    People._remark,
    People._withdraw,
    People._watch,
    People._renew,
    People._remove,
    People._see,
)
_OFTEN = (10, 4, 1, 4, 1, 1, 1)
