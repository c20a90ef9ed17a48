"""The only door to the database: typed verbs, no SQL outside."""

from node.store import (
    alerts,
    audit,
    derived,
    disclosures,
    keys,
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
    witness,
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
    "witness",
]
