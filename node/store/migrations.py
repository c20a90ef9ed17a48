"""How the schema came to be: forward only, each step recorded in the transaction that makes it."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from federation import witness
from node.store import backfill
from node.store.schema import (
    ACTIVITIES,
    CHARTERS,
    EXCHANGES,
    GUARD,
    LETTERS,
    MAIL,
    SCREENING,
    TOUCHES,
    TREE,
    VERSION_1,
    VERSION_2,
    WATCHES,
)

#: "AMBR": how `file` and we ourselves know the database from any other. Set by the first
#: migration with the tables, so a file that was never finished does not bear it.
APPLICATION_ID = 0x414D4252

migrations = Migrations("amber")


@migrations()
def first(db: Database) -> None:
    """Records, markings, keys, evidence and staging."""
    db.executescript(VERSION_1)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@migrations()
def keys_as_numbers(db: Database) -> None:
    """Smaller search keys, with years; those of version 1 stay until records are reindexed."""
    db.executescript(VERSION_2)
    db.execute("PRAGMA user_version = 2")


@migrations()
def screening(db: Database) -> None:
    """How far the screening of a file has come."""
    db.executescript(SCREENING)


@migrations()
def mail(db: Database) -> None:
    """The durable lane to and from each member."""
    db.executescript(MAIL)


@migrations()
def watches(db: Database) -> None:
    """Standing queries, what matched them, and the alerts that they raised."""
    db.executescript(WATCHES)


@migrations()
def tree(db: Database) -> None:
    """The log as a Merkle tree, and what others have seen of it and we of theirs."""
    db.executescript(TREE)
    peaks: list[bytes] = []
    rows = db.execute("SELECT seq, CAST(hash AS BLOB) FROM audit ORDER BY seq")
    for size, (_, leaf) in enumerate(rows):
        peaks, made = witness.grown(peaks, size, leaf)
        rows_ = [(level, size >> level, made[level]) for level in range(1, len(made))]
        db.conn.executemany("INSERT INTO audit_tree VALUES (?, ?, ?)", rows_)
    db.execute("UPDATE audit_head SET peaks = ?", (b"".join(peaks),))


@migrations()
def letters(db: Database) -> None:
    """What leaves by the ways out of the node."""
    db.executescript(LETTERS)


@migrations()
def touches(db: Database) -> None:
    """Records of which their owner is told when a question touches them."""
    db.executescript(TOUCHES)


@migrations()
def activities(db: Database) -> None:
    """Planned activities, what is found out about them with members, and which of them meet."""
    db.executescript(ACTIVITIES)


@migrations()
def exchanges(db: Database) -> None:
    """What we asked each member and it asked us; what was so before is read from the log."""
    db.executescript(EXCHANGES)
    backfill.exchanges(db.conn)


@migrations()
def guard(db: Database) -> None:
    """Quotas, what was asked lately, and alarms."""
    db.executescript(GUARD)


@migrations()
def charters(db: Database) -> None:
    """Charters that were in force, those that are proposed, and what of them we signed."""
    db.executescript(CHARTERS)


#: Every migration of this version. A database that records another one is of a newer Amber.
NAMES = frozenset(
    {
        "first",
        "keys_as_numbers",
        "screening",
        "mail",
        "watches",
        "tree",
        "letters",
        "touches",
        "activities",
        "exchanges",
        "guard",
        "charters",
    }
)
