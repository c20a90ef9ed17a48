"""Records of which their owner is told when a question touches them."""

#: Whose questions touched which record: a touch gathers those of one member in one role, for one
#: case and purpose. Each question counts once for a record. What is owed is to be looked through
#: for records whose owner is told first.
TOUCHES = """
ALTER TABLE marking ADD COLUMN tell TEXT NOT NULL DEFAULT '';

CREATE INDEX marking_tell ON marking (tell) WHERE tell <> '';

CREATE TABLE touch (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record (number),
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    topic TEXT NOT NULL,
    is_urgent INTEGER NOT NULL CHECK (is_urgent IN (0, 1)),
    tell TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'seen', 'assigned', 'useful', 'false')),
    assignee TEXT NOT NULL DEFAULT '',
    times INTEGER NOT NULL DEFAULT 1,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    change INTEGER NOT NULL UNIQUE,
    UNIQUE (member, record, person, role, purpose, case_reference)
) STRICT, WITHOUT ROWID;

CREATE TABLE touch_question (
    member TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record (number),
    question TEXT NOT NULL,
    PRIMARY KEY (member, record, question)
) STRICT, WITHOUT ROWID;

CREATE TABLE touch_owed (
    number INTEGER PRIMARY KEY,
    member TEXT NOT NULL,
    question BLOB NOT NULL,
    least REAL NOT NULL
) STRICT;
"""
