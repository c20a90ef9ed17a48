"""Remarking: how we are told when a member's question touches one of our records, changed."""

from dataclasses import dataclass, replace

from federation.errors import NotFoundError
from node import store
from node.keeping import Keeping, Why
from node.people import Person, Role
from node.store import Store


@dataclass(frozen=True, slots=True)
class Remarking:
    """Gives a record another marking; what members were told of it follows in the same transaction.

    A record of which we were told first and are no more is found by members from then on.
    """

    store: Store
    keeping: Keeping

    def tell(self, record: str, tell: str, *, by: Person, role: Role) -> None:
        """Change how we are told of a record: our id, its id at its source, or SOURCE/ID.

        Raises `NotFoundError` for one that is not here, `InvalidError` when several have this id.
        """
        why = Why(by.id, role, "asked for at the desk")
        with self.store.write() as tx:
            held = store.records.named(tx, record)
            if held is None or held.record.is_withdrawn:
                raise NotFoundError("no record of this id")
            marking = replace(held.record.marking, tell=tell)
            self.keeping.remark(tx, held.record.id, marking, why)
