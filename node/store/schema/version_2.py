"""Keys as numbers, with years, and forms beside them."""

#: Keys as numbers, with the year before the record and a small table before the large one; forms
#: beside them. The keys of version 1 stay, under other names, until their records are reindexed.
VERSION_2 = """
ALTER TABLE search_key RENAME TO first_search_key;

ALTER TABLE record_key RENAME TO first_record_key;

CREATE TABLE search_key (
    key INTEGER NOT NULL,
    marking INTEGER NOT NULL,
    year INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (key, marking, year, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_key_new (
    key INTEGER NOT NULL,
    marking INTEGER NOT NULL,
    year INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (key, marking, year, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_key (
    record INTEGER PRIMARY KEY REFERENCES record (number),
    version INTEGER NOT NULL,
    marking INTEGER NOT NULL REFERENCES marking (number),
    forms BLOB NOT NULL,
    keys BLOB NOT NULL
) STRICT;

CREATE INDEX record_key_version ON record_key (version);
"""
