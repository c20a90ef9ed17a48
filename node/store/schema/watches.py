"""Standing queries, what matched them, and the alerts that they raised."""

#: What stands here until it expires: our own people's watches (`member` is our own id) and those
#: that other members asked us to keep; `question` is the watch as it came. A key weighs what it
#: says, in tenths. A match is a record that a watch's member was told of: `digest` is of what was
#: shown, `state` owed while there was no room in the lane.
WATCHES = """
CREATE TABLE standing (
    number INTEGER PRIMARY KEY,
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    question BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    is_due INTEGER NOT NULL DEFAULT 1 CHECK (is_due IN (0, 1)),
    ended_at INTEGER,
    UNIQUE (member, id)
) STRICT;

CREATE INDEX standing_expires_at ON standing (expires_at) WHERE ended_at IS NULL;

CREATE INDEX standing_is_due ON standing (number) WHERE is_due;

CREATE TABLE standing_key (
    key INTEGER NOT NULL,
    standing INTEGER NOT NULL REFERENCES standing (number),
    weight INTEGER NOT NULL,
    PRIMARY KEY (key, standing)
) STRICT, WITHOUT ROWID;

CREATE INDEX standing_key_standing ON standing_key (standing);

CREATE TABLE standing_match (
    standing INTEGER NOT NULL REFERENCES standing (number),
    record INTEGER NOT NULL REFERENCES record (number),
    state TEXT NOT NULL CHECK (state IN ('told', 'owed', 'recalled')),
    reference TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (standing, record)
) STRICT, WITHOUT ROWID;

CREATE INDEX standing_match_record ON standing_match (record);

CREATE INDEX standing_match_owed ON standing_match (standing, record) WHERE state = 'owed';

CREATE TABLE watch (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    question BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    case_ends_at INTEGER,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE watch_member (
    watch TEXT NOT NULL REFERENCES watch (id),
    member TEXT NOT NULL,
    state TEXT NOT NULL,
    ground TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (watch, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
    id TEXT PRIMARY KEY,
    watch TEXT NOT NULL REFERENCES watch (id),
    member TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'seen', 'assigned', 'useful', 'false')),
    assignee TEXT NOT NULL DEFAULT '',
    recalled TEXT NOT NULL DEFAULT '',
    times INTEGER NOT NULL DEFAULT 1,
    score REAL NOT NULL,
    hit BLOB,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    change INTEGER NOT NULL UNIQUE,
    UNIQUE (watch, member, reference)
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_state ON alert (state);
"""
