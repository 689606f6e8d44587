-- What a target holds, as it was read last: for discovery and drift. How far a reading came is kept, so that it
-- goes on after a restart.
CREATE TABLE survey (
    target      INTEGER PRIMARY KEY REFERENCES target(seq) ON DELETE CASCADE,
    generation  INTEGER NOT NULL,               -- grows with each reading
    whole       INTEGER NOT NULL,               -- members of every group, or of those that are managed
    phase       TEXT NOT NULL,                  -- accounts | groups | members | done
    cursor      TEXT,                           -- of the page that is read next
    grp         TEXT,                           -- whose members are read next; folded
    started_ms  INTEGER NOT NULL,
    ended_ms    INTEGER
) STRICT;

CREATE TABLE found_account (
    target        INTEGER NOT NULL REFERENCES target(seq) ON DELETE CASCADE,
    remote_id     TEXT NOT NULL,
    username      TEXT NOT NULL,
    username_key  TEXT NOT NULL,                -- folded
    email         TEXT,
    email_key     TEXT,                         -- folded
    display_name  TEXT,
    active        INTEGER NOT NULL,
    directory     TEXT,
    mutable       INTEGER NOT NULL,
    generation    INTEGER NOT NULL,
    PRIMARY KEY (target, remote_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX found_account_name ON found_account(target, username_key);

CREATE TABLE found_group (
    target      INTEGER NOT NULL REFERENCES target(seq) ON DELETE CASCADE,
    name_key    TEXT NOT NULL,                  -- folded
    name        TEXT NOT NULL,
    generation  INTEGER NOT NULL,
    PRIMARY KEY (target, name_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE found_member (
    target        INTEGER NOT NULL REFERENCES target(seq) ON DELETE CASCADE,
    grp           TEXT NOT NULL,                -- found_group.name_key
    username_key  TEXT NOT NULL,                -- folded
    generation    INTEGER NOT NULL,
    PRIMARY KEY (target, grp, username_key)
) STRICT, WITHOUT ROWID;
