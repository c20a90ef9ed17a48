"""The tables as SQL: what each migration makes.

Every table is STRICT, instants are integer microseconds UTC. In the audit log ANY lets an editor
put what they like, so that it is read and named as an edit and not as a fault of the database.
A text that was released is never changed again; what comes later is a migration of its own.
"""

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

CREATE INDEX mail_in_id ON mail_in (id);
CREATE INDEX mail_in_received_at ON mail_in (received_at) WHERE body IS NOT NULL;
"""

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
