"""What administrators and supervisors do to the house: membership, people, proof; written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from federation.charter import Charter
from node import store
from node.audit import Break, Entry, Operation
from node.people import Person, Role
from node.store import Store
from node.store.letters import WayState
from node.store.mail import LaneState

#: Ids of questions are remembered this long: longer than any time window and than quotas count.
SEEN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a node stands: the charter it follows, what it holds, how long its log is.

    `reindex_due` are the records that are still found by keys of an earlier version, `lanes` how
    the mail to and from each member stands, `ways` what leaves by the ways out of the node.
    """

    charter: Charter
    records: int
    audit_entries: int
    reindex_due: int
    lanes: Sequence[LaneState]
    ways: Sequence[WayState]


@dataclass(frozen=True, slots=True)
class Administration:
    """Each change of the house with its entry in the log."""

    store: Store
    charter: Callable[[], Charter]
    adopt: Callable[[bytes], Charter]
    keys_version: int
    keep_mail: timedelta

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
                ways=store.letters.states(view),
            )

    def adopt_charter(self, document: bytes, *, by: Person) -> Charter:
        """Put a charter in force; raises `CharterError` unless it may replace ours."""
        adopted = self.adopt(document)
        self._write_down("charter adopted", by, {"version": adopted.version})
        return adopted

    def person_added(self, roles: tuple[Role, ...], *, by: Person) -> None:
        """Write down that a certificate was issued; whose is in the certificate, not in the log."""
        self._write_down("person added", by, {str(role): 1 for role in roles})

    def verify(self, *, by: Person) -> tuple[int, Break | None]:
        """Prove the whole log: how many entries it has, and the first one that does not hold."""
        with self.store.view() as view:
            head, broken = store.audit.head(view), store.audit.verify(view)
        self._write_down("audit verified", by, {"whole": int(broken is None)})
        return head.seq if head else 0, broken

    def erase_overdue(self) -> int:
        """Erase the text of questions whose retention has ended; their seals and entries stay.

        Ids older than any time window are dropped with them. Returns how many texts were erased.
        """
        with self.store.write() as tx:
            erased = store.questions.erase_expired(tx)
            store.seen.forget(tx, tx.now - SEEN_FOR)
            store.mail.erase(tx, tx.now - self.keep_mail)
            store.letters.forget(tx, tx.now - self.keep_mail)
            if erased:
                entry = Entry(
                    operation=Operation.ERASURE,
                    event="questions erased",
                    reason="their retention ended",
                    counts={"questions": erased},
                )
                store.audit.append(tx, entry)
        return erased

    def _write_down(self, event: str, by: Person, counts: dict[str, int]) -> None:
        entry = Entry(
            operation=Operation.ADMINISTRATION,
            event=event,
            person=by.id,
            role=" ".join(sorted(by.roles)),
            counts=counts,
        )
        with self.store.write() as tx:
            store.audit.append(tx, entry)
