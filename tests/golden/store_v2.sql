PRAGMA application_id = 1095582290;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'amber','first','2026-11-24 22:01:15.473014+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'amber','keys_as_numbers','2026-11-24 22:01:15.485140+00:00');
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    data ANY NOT NULL,
    hash ANY NOT NULL,
    signature ANY NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,'{"seq":1,"at":"2026-03-01T12:00:00.123456Z","node":"EE","previous":"0000000000000000000000000000000000000000000000000000000000000000","entry":{"operation":"administration","event":"home made"}}',X'2E5B4465ACF7B6B9F0F4ABB0CF5DD36F30A57127D899E402BBFDD0E0109B8514',X'4B2E5B7FBF8DD4673DC063EAADE7CD2BBB7054515C3D8A751C9EA5F0360FBE1E');
INSERT INTO "audit" VALUES(2,'{"seq":2,"at":"2026-03-01T12:00:00.123456Z","node":"EE","previous":"2e5b4465acf7b6b9f0f4abb0cf5dd36f30a57127d899e402bbfdd0e0109b8514","entry":{"operation":"collection","event":"stored","person":"ann","role":"analyst","reason":"a test (ours)","records":["R1","R2","R3"],"handling":["H0"],"counts":{"stored":3}}}',X'A18C66ED9D7D0E2FC65FE53D1C6649033CA5F446338AC2EAA95AD3C87E0DFC32',X'A341830FA03E398D22C56D3337DA4D763C2C722FF2D1B6D40B25AA265F522C7F');
INSERT INTO "audit" VALUES(3,'{"seq":3,"at":"2026-03-01T12:01:00.123456Z","node":"EE","previous":"a18c66ed9d7d0e2fc65fe53d1c6649033ca5f446338ac2eaa95ad3c87e0dfc32","entry":{"operation":"alteration","event":"updated","person":"ann","role":"analyst","reason":"a test (ours)","records":["R1"],"handling":["H0"],"counts":{"updated":1}}}',X'0262C204AB2A0BB595FC19A12F7310A6D05C4A07C17701C65BAADBB6FBFF90CE',X'EB8FBCB6CB50D8C75ACB838BAD052471D2FA45C87A07F012E9E0A5838D5767FB');
INSERT INTO "audit" VALUES(4,'{"seq":4,"at":"2026-03-01T12:01:00.123456Z","node":"EE","previous":"0262c204ab2a0bb595fc19a12f7310a6d05c4a07c17701c65baadbb6fbff90ce","entry":{"operation":"alteration","event":"withdrawn","person":"ann","role":"analyst","reason":"a test (ours)","records":["R2"],"handling":["H0"],"counts":{"withdrawn":1}}}',X'5F23772148152C03B5FD5745E217DF1EC8A7AFEF83E2093812406E9B02F6B75B',X'C9525BDEC39CFABCCA37DAC3E34BAA9BB993AEBB8AC3FA2E005B4F1F13AA9E6F');
CREATE TABLE audit_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL,
    hash ANY NOT NULL,
    signature ANY NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,4,X'5F23772148152C03B5FD5745E217DF1EC8A7AFEF83E2093812406E9B02F6B75B',X'1DB620EC38733940C93BA095B33C84901E64D8B753BEB97FFEEEFB049B771EA3');
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
CREATE TABLE "first_record_key" (
    record INTEGER PRIMARY KEY REFERENCES record (number),
    marking INTEGER NOT NULL REFERENCES marking (number),
    keys BLOB NOT NULL
) STRICT;
CREATE TABLE "first_search_key" (
    family INTEGER NOT NULL,
    text TEXT NOT NULL,
    marking INTEGER NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (family, text, marking, record)
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
INSERT INTO "identifier" VALUES(2,0,'national_id','37605030299','37605030299','valid');
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
CREATE TABLE import_row (
    import INTEGER NOT NULL REFERENCES import (number),
    position INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE key_family (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE link (
    record INTEGER NOT NULL REFERENCES record (number),
    property TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (record, property, target)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "marking" VALUES(1,X'3B19BCFFDBE19E272A10E9D0C816BE086F70106A5F2A1F0A45E0E0F0E582AD25',2,'','other','other','europol-4x4','X','4',NULL,'EE');
INSERT INTO "marking" VALUES(2,X'AC1F852EDBDAD9DF76D448DD3BA467C08CCBA03F66D9F610742FBDA03B7508B3',3,'','other','other','europol-4x4','X','4',NULL,'EE');
CREATE TABLE marking_audience (
    marking INTEGER NOT NULL REFERENCES marking (number),
    audience TEXT NOT NULL,
    PRIMARY KEY (marking, audience)
) STRICT, WITHOUT ROWID;
INSERT INTO "marking_audience" VALUES(1,'ALL');
INSERT INTO "marking_audience" VALUES(2,'LV');
CREATE TABLE marking_handling (
    marking INTEGER NOT NULL REFERENCES marking (number),
    code TEXT NOT NULL,
    PRIMARY KEY (marking, code)
) STRICT, WITHOUT ROWID;
INSERT INTO "marking_handling" VALUES(1,'H0');
INSERT INTO "marking_handling" VALUES(2,'H0');
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
INSERT INTO "record" VALUES(1,'R1','ours','P-1','Person',1,2,0,1772366460123456,'ann','a test','{"id":"P-1","schema":"Person","properties":{"name":["Anna Nowak"]}}');
INSERT INTO "record" VALUES(2,'R2','ours','P-2','Person',1,2,1,1772366460123456,'ann','a test','{"id":"P-2","schema":"Person","properties":{"idNumber":["37605030299"],"name":["Olga Kask"]}}');
INSERT INTO "record" VALUES(3,'R3','ours','P-3','Person',2,1,0,1772366400123456,'ann','a test','{"id":"P-3","schema":"Person","properties":{"birthDate":["1970-05-03"],"name":["Peeter Tamm"]}}');
CREATE TABLE record_key (
    record INTEGER PRIMARY KEY REFERENCES record (number),
    version INTEGER NOT NULL,
    marking INTEGER NOT NULL REFERENCES marking (number),
    forms BLOB NOT NULL,
    keys BLOB NOT NULL
) STRICT;
INSERT INTO "record_key" VALUES(1,2,1,X'502D31',X'9292CF00004C2F1F80D7F0D3FFFFF5ECECFB30C89100');
INSERT INTO "record_key" VALUES(3,2,2,X'502D33',X'9292D3FFFFB38183D5D0E1CF0000726BCA9AE6DE91CD07B2');
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
INSERT INTO "record_version" VALUES(1,1,1,1772366400123456,'ann','a test','{"id":"P-1","schema":"Person","properties":{"name":["Anna Liiv"]}}');
INSERT INTO "record_version" VALUES(2,1,1,1772366400123456,'ann','a test','{"id":"P-2","schema":"Person","properties":{"idNumber":["37605030299"],"name":["Olga Kask"]}}');
CREATE TABLE reference (
    reference TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record (number),
    UNIQUE (member, record)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "search_key_new" VALUES(-84106132729631,2,1970,3);
INSERT INTO "search_key_new" VALUES(-11077039738680,1,0,1);
INSERT INTO "search_key_new" VALUES(83765275711472,1,0,1);
INSERT INTO "search_key_new" VALUES(125807286216414,2,1970,3);
CREATE TABLE seen (
    sender TEXT NOT NULL,
    id TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (sender, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX marking_audience_name ON marking_audience (audience);
CREATE INDEX record_changed_at ON record (changed_at, is_withdrawn);
CREATE INDEX link_target ON link (target);
CREATE INDEX disclosure_record ON disclosure (record);
CREATE INDEX disclosure_member ON disclosure (member, disclosed_at);
CREATE INDEX question_expires_at ON question (expires_at) WHERE body IS NOT NULL;
CREATE INDEX seen_sender_at ON seen (sender, seen_at);
CREATE INDEX seen_at ON seen (seen_at);
CREATE INDEX record_key_version ON record_key (version);
COMMIT;
