"""The durable lane to and from each member."""

#: The durable lane. `assigned` is the last sequence that we gave a notice for the member,
#: `acknowledged` how far it has them, `received` how far we have its, `claimed` how many it said
#: there are, when we had `claimed_through` of them.
MAIL = """
CREATE TABLE lane (
    member TEXT PRIMARY KEY,
    assigned INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    warned INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '',
    tried_at INTEGER,
    received INTEGER NOT NULL DEFAULT 0,
    claimed INTEGER NOT NULL DEFAULT 0,
    claimed_through INTEGER NOT NULL DEFAULT 0,
    withheld_since INTEGER,
    heard_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_out (
    member TEXT NOT NULL REFERENCES lane (member),
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    statement BLOB NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL,
    body BLOB,
    queued_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    ended_at INTEGER,
    ground TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (member, sequence)
) STRICT;

CREATE INDEX mail_out_about ON mail_out (about, member);

CREATE INDEX mail_out_ended_at ON mail_out (ended_at) WHERE body IS NOT NULL;

CREATE TABLE mail_in (
    member TEXT NOT NULL REFERENCES lane (member),
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    statement BLOB NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL,
    body BLOB,
    received_at INTEGER NOT NULL,
    ground TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (member, sequence)
) STRICT;

CREATE INDEX mail_in_received_at ON mail_in (received_at) WHERE body IS NOT NULL;

CREATE INDEX mail_in_id ON mail_in (id);
"""
