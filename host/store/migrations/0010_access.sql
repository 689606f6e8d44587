-- Who administers over the network. A password is there as argon2id in PHC form; of everything that opens by itself
-- (sessions, tokens, the set-up link) only the SHA-256 is, since it has 256 random bits.
CREATE TABLE administrator (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL UNIQUE,           -- folded
    password    TEXT NOT NULL,
    role        TEXT NOT NULL,                  -- viewer | operator | administrator
    disabled    INTEGER NOT NULL DEFAULT 0,
    created_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE admin_session (
    hash           BLOB PRIMARY KEY,
    administrator  INTEGER NOT NULL REFERENCES administrator(seq) ON DELETE CASCADE,
    created_ms     INTEGER NOT NULL,
    seen_ms        INTEGER NOT NULL,            -- to the minute: not every request writes
    expires_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_session_administrator ON admin_session(administrator, created_ms);
CREATE INDEX admin_session_expires ON admin_session(expires_ms);

CREATE TABLE admin_token (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash        BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL UNIQUE,           -- folded
    role        TEXT NOT NULL,
    app         INTEGER REFERENCES app(seq),    -- NULL: all of them
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL
) STRICT;

-- The link that the start prints while there is no administrator: one, for once.
CREATE TABLE admin_setup (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    hash        BLOB NOT NULL,
    expires_ms  INTEGER NOT NULL
) STRICT;

-- Attempts to sign in that did not succeed, by name and by address. Hashed: what people type as their name is
-- sometimes their password.
CREATE TABLE login_failure (
    key       BLOB PRIMARY KEY,
    count     INTEGER NOT NULL,
    last_ms   INTEGER NOT NULL,
    until_ms  INTEGER NOT NULL                  -- nothing is tried before
) STRICT, WITHOUT ROWID;
CREATE INDEX login_failure_last ON login_failure(last_ms);
