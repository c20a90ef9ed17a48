"""How far the screening of a list has come."""

#: A part is what one transaction screened: the rows of the file behind row `after`.
SCREENING = """
CREATE TABLE screening (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE TABLE screening_part (
    screening INTEGER NOT NULL REFERENCES screening (number),
    after INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    strong INTEGER NOT NULL,
    PRIMARY KEY (screening, after)
) STRICT, WITHOUT ROWID;

CREATE TABLE screening_reject (
    screening INTEGER NOT NULL REFERENCES screening (number),
    position INTEGER NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (screening, position)
) STRICT, WITHOUT ROWID;
"""
