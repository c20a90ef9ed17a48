"""Keys changed while the node runs: begun, named by the charter, taken up, and those before let go.

Whatever ends the process, the next one goes on: what was begun is on disk, and how far it came is
what the charter and the members say.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from federation import keys
from federation.charter import Charter, Member
from federation.errors import FederationError, InvalidError
from federation.faults import foreseen
from federation.keys import Place, Ring, Turn, What
from federation.messages import MemberId
from node import store
from node.audit import Entry, Operation
from node.keyring.expiries import Held, held
from node.people import Person
from node.store import Store

#: How long a proposal may be on its way before it is made anew.
PROPOSED_FOR = timedelta(seconds=60)
#: A node certificate that ends sooner is renewed by the node itself.
LAST_MOMENT = timedelta(days=1)


@dataclass(slots=True)
class _Tried:
    """What is remembered of a change, and need not outlive the process."""

    proposed_at: datetime | None = None
    after: int = 0

    def is_due(self, charter: Charter, now: datetime) -> bool:
        """Whether to propose now: under another charter than last time, or a while after it."""
        if self.proposed_at is None or self.after != charter.version:
            return True
        return now - self.proposed_at >= PROPOSED_FOR


@dataclass(frozen=True, slots=True)
class Rotating:
    """Changes our keys. Plain synchronous code, called from several threads.

    What is done, by whom and why is in the log before any of it counts: a full disk leaves the
    keys as they are.
    `propose` hands our new line to the members, who put a charter with it in force; `wake` has a
    member heard, so that it is known which charter it holds.
    """

    place: Place
    ring: Ring
    store: Store
    charter: Callable[[], Charter]
    clock: Callable[[], datetime]
    propose: Callable[[Member], None]
    wake: Callable[[MemberId], None] = lambda _: None
    _tried: _Tried = field(default_factory=_Tried)
    _turns: threading.RLock = field(default_factory=threading.RLock)

    def rotate(self, what: Collection[What], *, by: Person) -> None:
        """Begin to change these keys; raises `InvalidError` while a change is under way."""
        self._begin(what, "keys rotated", by=by, reason="", is_revocation=False)

    def revoke(self, what: What, reason: str, *, by: Person) -> None:
        """Take a stolen key back: a new one at once, and the old one counts for nothing soon."""
        if not reason.strip():
            raise InvalidError("say why the key is revoked (--reason)")
        self._begin([what], "key revoked", by=by, reason=reason, is_revocation=True)

    def step(self) -> bool:
        """Do what can be done now; whether a change is under way still."""
        with self._turns:
            self._renew_in_time()
            self._settle()
            turn = self.turn
            if turn:
                self._line(turn)
            self._let_go()
            return self.is_changing

    @property
    def turn(self) -> Turn | None:
        """The change that has not come through."""
        return keys.turn_of(self.place.folder)

    @property
    def is_changing(self) -> bool:
        """Whether a change is under way, or members do not know yet of one that came through."""
        return self.turn is not None or self.ring.former is not None

    @property
    def is_encrypted(self) -> bool:
        """Whether our private keys are encrypted on disk."""
        return keys.lock_of(self.place.folder) is not None

    def held(self) -> list[Held]:
        """Everything that ends: keys, certificates and the charter."""
        return held(self.place, self.ring, self.charter(), self.turn)

    def cas(self) -> tuple[bytes, ...]:
        """Our own CAs whose certificates our people may use now: that of now, and one before it."""
        us, now = self._us(), self.clock()
        former = [one.certificate for one in us.former_cas if now < one.until] if us else []
        return (self.ring.present.ca, *former)

    def unheard(self) -> tuple[MemberId, ...]:
        """Active members that were not heard to hold the charter that names the keys of now."""
        charter = self.charter()
        others = [one.id for one in charter.others(self.place.member)]
        return tuple(one for one in others if not self.ring.are_known_to([one]))

    def _begin(
        self, what: Collection[What], event: str, *, by: Person, reason: str, is_revocation: bool
    ) -> None:
        with self._turns:
            self._settle()
            now, us = self.clock(), self._us()
            if us is None:
                raise InvalidError("the charter does not name us: there is nothing to change in it")
            if not us.has_vote and set(what) != {What.TLS}:
                raise InvalidError(
                    "our signature counts for nothing in this charter: a member proposes our new"
                    " card (amber charter propose --replace)"
                )
            decided = partial(self._write_down, event, what, by=by, reason=reason)
            keys.begin(self.place, us, what, now, is_revocation=is_revocation, decided=decided)
            self._tried.proposed_at = None
            self._reload()
            self.step()

    def _settle(self) -> None:
        """Take up what the charter names."""
        us, charter, now = self._us(), self.charter(), self.clock()
        decided = partial(self._write_down, "new keys in use", [])
        if us and keys.settle(self.place, us, charter.version, now, decided):
            self._reload()

    def _line(self, turn: Turn) -> None:
        """Have the charter say what it is to say of us, or end a change of which it does."""
        us, now = self._us(), self.clock()
        if us is None:
            return
        wanted = keys.lined(turn, us, now)
        if wanted == us:
            decided = partial(self._write_down, "keys changed", turn.what)
            keys.end(self.place.folder, self.charter().version, now, decided)
            self._reload()
        elif self._tried.is_due(self.charter(), now):
            self._tried.proposed_at, self._tried.after = now, self.charter().version
            if self._is_proposed(wanted) and self._us() != us:
                self._settle()
                if now_wanted := self.turn:  # a key that was stolen again may follow at once
                    self._line(now_wanted)

    def _is_proposed(self, wanted: Member) -> bool:
        try:
            self.propose(wanted)
        except FederationError as fault:
            foreseen(fault)
            return False
        return True

    def _let_go(self) -> None:
        """Let go of the keys before those of now once nobody needs them, and ask who does."""
        former, charter, us = self.ring.former, self.charter(), self._us()
        if former is None:
            return
        unheard = self.unheard()
        if self.turn is not None:
            is_over = former.is_sudden and former.since <= charter.version
            if us and is_over and keys.put_off(self.place, us, charter.version):
                self._reload()
        elif not unheard or self.clock() >= former.until:
            decided = partial(self._write_down, "former keys let go", [])
            keys.drop_former(self.place.folder, decided)
            self._reload()
        for member in unheard:
            self.wake(member)

    def _renew_in_time(self) -> None:
        """Renew a node certificate that is about to end: without one nobody lets us in."""
        us, now = self._us(), self.clock()
        if us is None or self.turn or self.ring.present.tls_ends_at - now > LAST_MOMENT:
            return
        event, what = "node certificate renewed at its end", [What.TLS]
        keys.begin(self.place, us, what, now, decided=partial(self._write_down, event, what))
        self._reload()

    def _us(self) -> Member | None:
        return self.charter().members.get(self.place.member)

    def _reload(self) -> None:
        folder, member, safe = self.place.folder, self.place.member, self.place.safe
        now = self.clock()
        former = keys.former(folder, member, now, safe)
        coming = keys.coming_signer(self.place)
        self.ring.turn(keys.open(folder, member, now, safe), former, coming)

    def _write_down(
        self, event: str, what: Collection[What], *, by: Person | None = None, reason: str = ""
    ) -> None:
        entry = Entry(
            operation=Operation.ADMINISTRATION,
            event=event,
            person=by.id if by else "",
            role=" ".join(sorted(by.roles)) if by else "",
            reason=reason,
            counts={str(one): 1 for one in what},
        )
        with self.store.write() as tx:
            store.audit.append(tx, entry)
