"""What leaves by the ways out of the node."""

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
