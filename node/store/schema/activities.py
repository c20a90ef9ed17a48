"""The tables of planned activities as SQL.

`activity.content` is the activity as its room encoded it, gone once it is forgotten. A `probe` is
our name for an activity towards one member; `secret` blinds what is asked of it, and is gone once
the last part of the answer came. A `comparison` is what a member sent and is still to be worked
on. An `answered` row is one part of our answer: the activities behind its blocks in their order
as JSON, null for one that was made up, and the tags that prove that the member has a token, gone
once it sent them. A `meeting` is one activity of ours and one of a member's, under the names that
both have for them; until the member says its own it is known by part and block of its answer.
"""

ACTIVITIES = """
CREATE TABLE activity (
    id TEXT PRIMARY KEY REFERENCES watch (id),
    content BLOB,
    made_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    ended_at INTEGER,
    ground TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE INDEX activity_ends_at ON activity (ends_at) WHERE ended_at IS NULL;

CREATE TABLE probe (
    handle TEXT PRIMARY KEY,
    activity TEXT NOT NULL REFERENCES activity (id),
    member TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'asked', 'compared', 'over')),
    secret BLOB,
    parts INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL,
    UNIQUE (activity, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX probe_state ON probe (state, changed_at) WHERE state IN ('due', 'asked');

CREATE TABLE comparison (
    number INTEGER PRIMARY KEY,
    member TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('probe', 'answer')),
    content BLOB NOT NULL
) STRICT;

CREATE TABLE probed (
    member TEXT NOT NULL,
    probe TEXT NOT NULL,
    came_at INTEGER NOT NULL,
    PRIMARY KEY (member, probe)
) STRICT, WITHOUT ROWID;

CREATE INDEX probed_came_at ON probed (came_at);

CREATE TABLE answered (
    member TEXT NOT NULL,
    probe TEXT NOT NULL,
    part INTEGER NOT NULL,
    handles TEXT NOT NULL,
    tags BLOB,
    PRIMARY KEY (member, probe, part),
    FOREIGN KEY (member, probe) REFERENCES probed (member, probe)
) STRICT, WITHOUT ROWID;

CREATE TABLE meeting (
    id TEXT PRIMARY KEY,
    mine TEXT NOT NULL REFERENCES probe (handle),
    member TEXT NOT NULL,
    theirs TEXT NOT NULL,
    in_target INTEGER NOT NULL CHECK (in_target IN (0, 1)),
    in_place INTEGER NOT NULL CHECK (in_place IN (0, 1)),
    met_at INTEGER NOT NULL,
    contact BLOB,
    shows TEXT NOT NULL DEFAULT '',
    our_word TEXT NOT NULL DEFAULT '',
    their_word TEXT NOT NULL DEFAULT '',
    shown BLOB,
    has_shown INTEGER NOT NULL DEFAULT 0 CHECK (has_shown IN (0, 1)),
    ended_at INTEGER,
    ground TEXT NOT NULL DEFAULT '',
    UNIQUE (mine, theirs)
) STRICT, WITHOUT ROWID;

CREATE INDEX meeting_theirs ON meeting (member, theirs);
"""
