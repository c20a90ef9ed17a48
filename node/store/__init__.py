"""The only door to the database: typed verbs, no SQL outside."""

from node.store import (
    audit,
    derived,
    disclosures,
    keys,
    markings,
    questions,
    records,
    references,
    seen,
    staging,
)
from node.store.engine import House, Store, Tx, View
from node.store.file import create, open  # noqa: A004 - store.open, as io.open

__all__ = [
    "House",
    "Store",
    "Tx",
    "View",
    "audit",
    "create",
    "derived",
    "disclosures",
    "keys",
    "markings",
    "open",
    "questions",
    "records",
    "references",
    "seen",
    "staging",
]
