"""What administrators and supervisors do to the house: membership, people, proof; written down."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from federation.charter import Charter
from federation.errors import InvalidError
from federation.messages import MemberId
from node import store
from node.audit import About, Break, Entry, Framed, Operation, framed
from node.people import Person, Role
from node.quotas import DAY
from node.store import Store, View
from node.store.charters import Adopted, Fork, ProposalState
from node.store.letters import WayState
from node.store.mail import LaneState

#: Entries of the log that are read at once.
PAGE = 1_000
#: Ids of questions are remembered this long: longer than any time window.
SEEN_FOR = timedelta(days=1)
#: Of what others sign of our log every state is kept this long, then one a day.
WHOLE_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LogState:
    """How far we have signed a member's log and it ours, and how it contradicts itself."""

    witnessed: int
    cosigned: int
    doubt: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node stands: the charter it follows, what it holds, how long its log is.

    `reindex_due` are the records that are still found by keys of an earlier version, `lanes` how
    the mail to and from each member stands and `waiting_since` since when it waits for whom, `logs`
    how each log stands, ours among them, `ways` what leaves by the ways out of the node, and
    `alarms` are those that nobody has looked at. `adopted` is how the charter came in force,
    `missed` the last one that we had missed, `proposals` how many are open, and `forks` charters
    that were signed beside one in force.
    """

    charter: Charter
    records: int
    audit_entries: int
    reindex_due: int
    lanes: Sequence[LaneState]
    waiting_since: Mapping[MemberId, datetime]
    logs: Mapping[MemberId, LogState]
    ways: Sequence[WayState]
    adopted: Adopted | None
    missed: Adopted | None
    proposals: int
    forks: Sequence[Fork]
    alarms: int


@dataclass(frozen=True, slots=True)
class Administration:
    """Each change of the house with its entry in the log."""

    store: Store
    charter: Callable[[], Charter]
    keys_version: int
    keep_mail: timedelta
    keep_alarms: timedelta
    unwitnessed: Callable[[View], Break | None] = lambda _: None

    def standing(self) -> Standing:
        """How this node stands now."""
        with self.store.view() as view:
            head = store.audit.head(view)
            return Standing(
                charter=self.charter(),
                records=store.records.count(view),
                audit_entries=head.seq if head else 0,
                reindex_due=store.keys.due(view, self.keys_version),
                lanes=store.mail.lanes(view),
                waiting_since=store.mail.waiting_since(view),
                logs={one.id: _log(view, one.id) for one in self.charter().members.values()},
                ways=store.letters.states(view),
                adopted=store.charters.current(view),
                missed=store.charters.last_missed(view),
                proposals=len(store.charters.proposals(view, ProposalState.OPEN)),
                forks=store.charters.forks(view),
                alarms=store.alarms.unseen(view),
            )

    def person_added(self, roles: tuple[Role, ...], *, by: Person) -> None:
        """Write down that a certificate is issued; whose is in the certificate, not in the log."""
        counts = {str(role): 1 for role in roles}
        self._write_down("person added", by, counts, reason=f"a certificate as {', '.join(roles)}")

    def person_renewed(self, *, by: Person) -> None:
        """Write down that a certificate is renewed."""
        self._write_down("person renewed", by, {})

    def verify(self, *, by: Person) -> tuple[int, Break | None]:
        """Prove the whole log: how many entries it has, and the first one that does not hold."""
        with self.store.view() as view:
            head = store.audit.head(view)
            broken = store.audit.verify(view) or self.unwitnessed(view)
        self._write_down("audit verified", by, {"whole": int(broken is None)})
        return head.seq if head else 0, broken

    def report(self, about: About, *, by: Person) -> Generator[Framed, None, None]:
        """Every entry of the log about something, in order.

        That it is read, and what was asked for, is on disk before the first one is shown: whoever
        stops early has read it, too. So long as somebody reads, nothing is held open. A record may
        be named as `store.records.named` takes it.

        Raises `InvalidError` when records of several sources have the id that is named, and at the
        end for a person, record or member that is neither known here nor named by any entry.
        """
        about, unknown = self._known(about)
        end = self._write_down("audit reported", by, {}, reason=str(about))
        after = 0
        while after < end:
            with self.store.view() as view:
                rows = list(islice(store.audit.read(view, after=after), PAGE))
            for entry in (framed(row) for row in rows if row.seq < end):
                unknown -= about.named(entry) if unknown else set()
                if about.fits(entry):
                    yield entry
            after = rows[-1].seq if rows else end
        if unknown:
            raise InvalidError(self._of_none(min(unknown)))

    def _known(self, about: About) -> tuple[About, set[str]]:
        """What is asked for with our id of the record, and what of it only the log may know."""
        unknown = {what for what in ("person", "record", "member") if getattr(about, what)}
        if about.member in self.charter().members:
            unknown.discard("member")
        if about.record:
            with self.store.view() as view:
                held = store.records.named(view, about.record)
            if held:
                about = replace(about, record=held.record.id)
                unknown.discard("record")
        return about, unknown

    def _of_none(self, what: str) -> str:
        """Says that there is nothing of the name that was given, and what to do."""
        mend = {
            "member": f"members are {', '.join(self.charter().members)}",
            "person": "no entry is of anybody of this name, here or at another member",
            "record": "name it by its id at its source, as SOURCE/ID, or by our id",
        }
        return f"neither the node nor its log knows this {what} (--{what}): {mend[what]}"

    def shown(self, what: str, ids: Sequence[str], *, by: Person, role: Role) -> None:
        """Write down that one of our people looks at a list of what we keep, before it is shown."""
        if not ids:
            return
        entry = Entry(
            operation=Operation.CONSULTATION,
            event=f"{what} shown",
            person=by.id,
            role=role,
            reason=f"list of {what}",
            records=tuple(ids),
            counts={what: len(ids)},
        )
        with self.store.write() as tx:
            store.audit.append(tx, entry)

    def accept_log(self, member: MemberId, reason: str, *, by: Person) -> None:
        """Take a member's log as it stands from now on, for a reason that is written down.

        Raises `InvalidError` without a reason, and for a member that the charter does not name.
        """
        if not reason.strip():
            raise InvalidError("say why the log is accepted (--reason)")
        if member not in (members := self.charter().members):
            raise InvalidError(f"no member {member}; members are {', '.join(members)}")
        with self.store.write() as tx:
            store.witness.accept(tx, member)
            entry = Entry(
                operation=Operation.ADMINISTRATION,
                event="log accepted",
                person=by.id,
                role=by.all_roles,
                peer=member,
                reason=reason,
            )
            store.audit.append(tx, entry)

    def erase_overdue(self) -> int:
        """Erase questions, mail, alarms and touches whose retention ended; seals and entries stay.

        Ids older than any time window are dropped with them. Returns how many texts were erased.
        """
        with self.store.write() as tx:
            erased = {
                "questions": store.questions.erase_expired(tx),
                "notices": store.mail.erase(tx, tx.now - self.keep_mail),
                "alarms": store.alarms.erase(tx, tx.now - self.keep_alarms),
                "touches": store.touches.erase(tx, tx.now - self.keep_alarms),
            }
            store.seen.forget(tx, tx.now - SEEN_FOR)
            store.quotas.forget(tx, tx.now - DAY)
            store.witness.thin(tx, tx.now - WHOLE_FOR)
            store.letters.forget(tx, tx.now - self.keep_mail)
            for what, count in erased.items():
                if count:
                    store.audit.append(tx, _erased(what, count))
        return sum(erased.values())

    def _write_down(
        self, event: str, by: Person, counts: dict[str, int], *, reason: str = ""
    ) -> int:
        """Write down what somebody does to the house; the place of the entry."""
        entry = Entry(
            operation=Operation.ADMINISTRATION,
            event=event,
            person=by.id,
            role=by.all_roles,
            reason=reason,
            counts=counts,
        )
        with self.store.write() as tx:
            return store.audit.append(tx, entry)


def _erased(what: str, count: int) -> Entry:
    return Entry(
        operation=Operation.ERASURE,
        event=f"{what} erased",
        reason="their retention ended",
        counts={what: count},
    )


def _log(view: View, member: MemberId) -> LogState:
    witnessed = store.witness.witnessed(view, member)
    cosigned = store.witness.last_cosigned(view, member)
    doubts = store.witness.doubts(view, member)
    return LogState(
        witnessed.size if witnessed else 0,
        cosigned.head.size if cosigned else 0,
        doubts[-1].what if doubts else "",
    )
