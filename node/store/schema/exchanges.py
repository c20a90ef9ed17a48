"""What we asked each member and what it asked us, beside the places of both in the log."""

#: A question in one of two books, `asked` or `heard`, at the place of its entry in our log; of one
#: that several members were asked each has a line. `word` is how it ended, empty while it is open.
#: `said` is the keyed digest of what we asked, `answer` that of what was answered, `theirs` the
#: place that the member gave for its answer. Of a notice `entry` is the one that says that it
#: was taken, by the member or by us. Of a member's log it is kept when we signed it last, and how
#: many heads it has shown since without a proof that was asked for.
EXCHANGES = """
CREATE TABLE exchange (
    member TEXT NOT NULL,
    book TEXT NOT NULL CHECK (book IN ('asked', 'heard')),
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    question TEXT NOT NULL,
    word TEXT NOT NULL DEFAULT '',
    said TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    theirs INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (member, book, at, entry)
) STRICT, WITHOUT ROWID;

CREATE INDEX exchange_question ON exchange (member, book, question);

ALTER TABLE mail_out ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;

ALTER TABLE mail_in ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;

ALTER TABLE witnessed ADD COLUMN witnessed_at INTEGER;

ALTER TABLE witnessed ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0;

ALTER TABLE rumour ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0;

CREATE INDEX mail_out_queued_at ON mail_out (member, queued_at, sequence);
"""
