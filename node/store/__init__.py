"""The only door to the database: typed verbs, no SQL outside."""

from node.store import (
    alerts,
    audit,
    derived,
    disclosures,
    keys,
    letters,
    mail,
    markings,
    questions,
    records,
    references,
    screenings,
    seen,
    staging,
    standing,
    watches,
)
from node.store.engine import House, Reading, Store, Tx, View
from node.store.file import create, look, open  # noqa: A004 - store.open, as io.open

__all__ = [
    "House",
    "Reading",
    "Store",
    "Tx",
    "View",
    "alerts",
    "audit",
    "create",
    "derived",
    "disclosures",
    "keys",
    "letters",
    "look",
    "mail",
    "markings",
    "open",
    "questions",
    "records",
    "references",
    "screenings",
    "seen",
    "staging",
    "standing",
    "watches",
]
