"""What guards against fishing: how often who asked, what was asked lately, alarms."""

#: A `quota` row is one question that counts; `whom` is a keyed digest of a member, of one of its
#: people or of a case, `number` the how-manieth of theirs. An `asked` row is a question of the last
#: hour, with what it sought, and what became of it; no number comes twice. An `alarm` is what
#: looked like fishing: by the person of a member, or the member as a whole when `person` is empty;
#: `told_by` is who noticed, `theirs` its id there.
GUARD = """
CREATE TABLE quota (
    whom BLOB NOT NULL,
    number INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (whom, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX quota_asked_at ON quota (asked_at);

CREATE TABLE asked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    member TEXT NOT NULL,
    person TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    became TEXT NOT NULL CHECK (became IN ('hit', 'miss', 'stands', 'refused', 'quota', 'full')),
    seeks BLOB NOT NULL
) STRICT;

CREATE INDEX asked_member ON asked (member, number);

CREATE INDEX asked_asked_at ON asked (asked_at);

CREATE TABLE alarm (
    id TEXT PRIMARY KEY,
    told_by TEXT NOT NULL,
    theirs TEXT NOT NULL,
    member TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('misses', 'walk', 'variation', 'quota')),
    case_reference TEXT NOT NULL,
    questions INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'seen', 'assigned', 'useful', 'false')),
    assignee TEXT NOT NULL DEFAULT '',
    times INTEGER NOT NULL DEFAULT 1,
    first_at INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    change INTEGER NOT NULL UNIQUE,
    UNIQUE (told_by, member, person, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX alarm_state ON alarm (state);

CREATE INDEX alarm_told_at ON alarm (told_by, member, told_at);
"""
