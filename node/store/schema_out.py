"""The tables of what is told outside of the node and to its own people, as SQL; see `schema`."""

#: What leaves by a way out of the node: a letter, and a line for each alert that it tells of. None
#: of it is personal. While a letter is open, lines are added to it.
LETTERS = """
CREATE TABLE letter (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    way TEXT NOT NULL,
    is_urgent INTEGER NOT NULL CHECK (is_urgent IN (0, 1)),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '',
    taken_at INTEGER
) STRICT;

CREATE INDEX letter_waiting ON letter (way, due_at) WHERE taken_at IS NULL;

CREATE INDEX letter_taken_at ON letter (taken_at) WHERE taken_at IS NOT NULL;

CREATE TABLE letter_line (
    letter INTEGER NOT NULL REFERENCES letter (number),
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    alert TEXT NOT NULL,
    watch TEXT NOT NULL,
    member TEXT NOT NULL,
    state TEXT NOT NULL,
    topic TEXT NOT NULL,
    purpose TEXT NOT NULL,
    is_urgent INTEGER NOT NULL CHECK (is_urgent IN (0, 1)),
    score REAL,
    PRIMARY KEY (letter, position)
) STRICT, WITHOUT ROWID;
"""

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
