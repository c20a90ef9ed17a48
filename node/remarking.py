"""Remarking: how we are told when a member's question touches one of our records, changed."""

from dataclasses import dataclass, replace

from federation.errors import NotFoundError
from node import store
from node.keeping import Keeping, Why
from node.people import Person, Role
from node.records import RecordId
from node.store import Store


@dataclass(frozen=True, slots=True)
class Remarking:
    """Gives a record another marking; what members were told of it follows in the same transaction.

    A record of which we were told first and are no more is found by members from then on.
    """

    store: Store
    keeping: Keeping

    def tell(self, record: RecordId, tell: str, *, by: Person, role: Role) -> None:
        """Change how we are told; raises `NotFoundError` for a record that is not here."""
        why = Why(by.id, role, "asked for at the desk")
        with self.store.write() as tx:
            held = store.records.get(tx, record)
            if held is None or held.record.is_withdrawn:
                raise NotFoundError(f"no record {record}")
            self.keeping.remark(tx, record, replace(held.record.marking, tell=tell), why)
