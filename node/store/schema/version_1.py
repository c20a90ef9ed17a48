"""The tables of the first version."""

VERSION_1 = """
CREATE TABLE marking (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    share INTEGER NOT NULL CHECK (share BETWEEN 0 AND 3),
    handling_text TEXT NOT NULL,
    topic TEXT NOT NULL,
    category TEXT NOT NULL,
    grade_scheme TEXT NOT NULL,
    source_grade TEXT NOT NULL,
    information_grade TEXT NOT NULL,
    review_on TEXT,
    owner TEXT NOT NULL
) STRICT;

CREATE TABLE marking_audience (
    marking INTEGER NOT NULL REFERENCES marking (number),
    audience TEXT NOT NULL,
    PRIMARY KEY (marking, audience)
) STRICT, WITHOUT ROWID;

CREATE INDEX marking_audience_name ON marking_audience (audience);

CREATE TABLE marking_handling (
    marking INTEGER NOT NULL REFERENCES marking (number),
    code TEXT NOT NULL,
    PRIMARY KEY (marking, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    schema TEXT NOT NULL,
    marking INTEGER NOT NULL REFERENCES marking (number),
    version INTEGER NOT NULL CHECK (version >= 1),
    is_withdrawn INTEGER NOT NULL CHECK (is_withdrawn IN (0, 1)),
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (source, source_id)
) STRICT;

CREATE INDEX record_changed_at ON record (changed_at, is_withdrawn);

CREATE TABLE record_version (
    record INTEGER NOT NULL REFERENCES record (number),
    version INTEGER NOT NULL,
    marking INTEGER NOT NULL REFERENCES marking (number),
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    content TEXT,
    PRIMARY KEY (record, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE identifier (
    record INTEGER NOT NULL REFERENCES record (number),
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    normal TEXT NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE link (
    record INTEGER NOT NULL REFERENCES record (number),
    property TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (record, property, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX link_target ON link (target);

CREATE TABLE key_family (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE search_key (
    family INTEGER NOT NULL,
    text TEXT NOT NULL,
    marking INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (family, text, marking, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_key (
    record INTEGER PRIMARY KEY REFERENCES record (number),
    marking INTEGER NOT NULL REFERENCES marking (number),
    keys BLOB NOT NULL
) STRICT;

CREATE TABLE reference (
    reference TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record (number),
    UNIQUE (member, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE disclosure (
    number INTEGER PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (number),
    version INTEGER NOT NULL,
    marking INTEGER NOT NULL REFERENCES marking (number),
    member TEXT NOT NULL,
    question TEXT NOT NULL,
    reference TEXT NOT NULL,
    share INTEGER NOT NULL CHECK (share BETWEEN 1 AND 3),
    fields TEXT NOT NULL,
    disclosed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX disclosure_record ON disclosure (record);

CREATE INDEX disclosure_member ON disclosure (member, disclosed_at);

CREATE TABLE question (
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    statement BLOB NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL,
    body BLOB,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (sender, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX question_expires_at ON question (expires_at) WHERE body IS NOT NULL;

CREATE TABLE seen (
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (sender, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_sender_at ON seen (sender, seen_at);

CREATE INDEX seen_at ON seen (seen_at);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    data ANY NOT NULL,
    hash ANY NOT NULL,
    signature ANY NOT NULL
) STRICT;

CREATE TABLE audit_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL,
    hash ANY NOT NULL,
    signature ANY NOT NULL
) STRICT;

CREATE TABLE import (
    number INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    is_read INTEGER NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
    read INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE import_row (
    import INTEGER NOT NULL REFERENCES import (number),
    position INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_id (
    import INTEGER NOT NULL REFERENCES import (number),
    source_id TEXT NOT NULL,
    PRIMARY KEY (import, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_reject (
    import INTEGER NOT NULL REFERENCES import (number),
    position INTEGER NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;
"""
