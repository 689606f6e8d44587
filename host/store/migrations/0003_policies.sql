-- Secrets that the host attaches to requests of policies, by name. Their origins are theirs: a policy
-- that is granted two origins cannot send the secret of one to the other.
CREATE TABLE app_credential (
    app      INTEGER NOT NULL REFERENCES app(seq),
    name     TEXT NOT NULL,
    origins  TEXT NOT NULL,                     -- JSON list
    header   TEXT NOT NULL,
    sealed   BLOB NOT NULL,
    PRIMARY KEY (app, name)
) STRICT, WITHOUT ROWID;

-- What a policy stores is its own: another policy of the same app does not see it.
DROP TABLE policy_entry;
CREATE TABLE policy_entry (
    app        INTEGER NOT NULL REFERENCES app(seq),
    policy     TEXT NOT NULL,                   -- the policy's own name
    namespace  TEXT NOT NULL,
    key        TEXT NOT NULL,
    value      BLOB NOT NULL,
    revision   INTEGER NOT NULL,
    PRIMARY KEY (app, policy, namespace, key)
) STRICT, WITHOUT ROWID;
