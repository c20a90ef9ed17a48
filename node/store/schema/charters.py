"""Charters that were in force, those that are proposed, and what of them we signed."""

#: `charter` is every one that was in force here, `way` how it came in force and `member` who told
#: us of it. `proposal` is one that is proposed or was, with every signature that we know;
#: `proposed_by` is empty until its drafter has said so itself. `charter_vote` is what we signed,
#: one of each version. `charter_fork` is another charter of a version that was in force, signed
#: by enough.
CHARTERS = """
CREATE TABLE charter (
    version INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    document BLOB NOT NULL,
    in_force_at INTEGER NOT NULL,
    way TEXT NOT NULL,
    member TEXT NOT NULL
) STRICT;

CREATE TABLE proposal (
    identity TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    document BLOB NOT NULL,
    proposed_by TEXT NOT NULL,
    brought_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    endorsement BLOB NOT NULL,
    came_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    ended_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX proposal_state ON proposal (state, version);

CREATE TABLE charter_vote (
    version INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE charter_fork (
    version INTEGER NOT NULL,
    identity TEXT NOT NULL,
    document BLOB NOT NULL,
    members TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (version, identity)
) STRICT, WITHOUT ROWID;
"""
