"""The audit log as a Merkle tree, and what is known of those of others."""

#: The log as a tree (RFC 6962). Of level 0 are the hashes in `audit` themselves; `peaks` are the
#: whole subtrees up to the head, largest first. `cosignature` is what others signed of our heads,
#: `witnessed` the last head of each of them that we signed, `rumour` one that it showed to another
#: and is still to be proven to us, `doubt` a head that contradicts these.
TREE = """
CREATE TABLE audit_tree (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash ANY NOT NULL,
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

ALTER TABLE audit_head ADD COLUMN peaks ANY;

CREATE TABLE cosignature (
    member TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    cosignature BLOB NOT NULL,
    PRIMARY KEY (member, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE witnessed (
    member TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rumour (
    member TEXT NOT NULL,
    told_by TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (member, told_by)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_receipt (
    question TEXT NOT NULL,
    member TEXT NOT NULL,
    entry INTEGER NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (question, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE doubt (
    number INTEGER PRIMARY KEY,
    member TEXT NOT NULL,
    what TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL,
    doubted_at INTEGER NOT NULL
) STRICT;

CREATE INDEX doubt_member ON doubt (member);
"""
