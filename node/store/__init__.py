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
    screenings,
    seen,
    staging,
)
from node.store.engine import House, Reading, Store, Tx, View
from node.store.file import create, look, open  # noqa: A004 - store.open, as io.open

__all__ = [
    "House",
    "Reading",
    "Store",
    "Tx",
    "View",
    "audit",
    "create",
    "derived",
    "disclosures",
    "keys",
    "look",
    "markings",
    "open",
    "questions",
    "records",
    "references",
    "screenings",
    "seen",
    "staging",
]
