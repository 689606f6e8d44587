-- Integers named seq are never reused (AUTOINCREMENT): a desired row may outlive
-- the SCIM user it was made for, and must not be mistaken for another's.

CREATE TABLE app (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL UNIQUE COLLATE NOCASE,
    options         TEXT NOT NULL,              -- JSON: protected names
    active_version  INTEGER REFERENCES policy_version(id),
    users           INTEGER NOT NULL DEFAULT 0, -- counters, so that totalResults needs no scan
    groups          INTEGER NOT NULL DEFAULT 0,
    created_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE app_token (
    hash        BLOB PRIMARY KEY,               -- SHA-256 of the token; the token itself is shown once
    app         INTEGER NOT NULL REFERENCES app(seq),
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER                         -- set on rotation: the overlap
) STRICT, WITHOUT ROWID;

CREATE TABLE scim_user (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    app           INTEGER NOT NULL REFERENCES app(seq),
    id            TEXT NOT NULL,
    user_name     TEXT NOT NULL,                -- folded to lower case: the uniqueness key
    external_id   TEXT,
    display_name  TEXT,                         -- folded
    active        INTEGER NOT NULL,
    doc           TEXT NOT NULL,
    created_ms    INTEGER NOT NULL,
    modified_ms   INTEGER NOT NULL,
    version       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX scim_user_id ON scim_user(app, id);
CREATE UNIQUE INDEX scim_user_name ON scim_user(app, user_name);
CREATE INDEX scim_user_external ON scim_user(app, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX scim_user_display ON scim_user(app, display_name) WHERE display_name IS NOT NULL;

CREATE TABLE scim_email (
    app    INTEGER NOT NULL,
    email  TEXT NOT NULL,                       -- folded
    user   INTEGER NOT NULL REFERENCES scim_user(seq) ON DELETE CASCADE,
    PRIMARY KEY (app, email, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_email_user ON scim_email(user);

CREATE TABLE scim_group (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    app           INTEGER NOT NULL REFERENCES app(seq),
    id            TEXT NOT NULL,
    display_name  TEXT NOT NULL,                -- folded: the uniqueness key
    external_id   TEXT,
    doc           TEXT NOT NULL,
    members       INTEGER NOT NULL DEFAULT 0,   -- counter
    created_ms    INTEGER NOT NULL,
    modified_ms   INTEGER NOT NULL,
    version       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX scim_group_id ON scim_group(app, id);
CREATE UNIQUE INDEX scim_group_display ON scim_group(app, display_name);
CREATE INDEX scim_group_external ON scim_group(app, external_id) WHERE external_id IS NOT NULL;

-- Membership is a table, not an array in a document: one more member costs the
-- same in a group of ten and in a group of a hundred thousand.
CREATE TABLE scim_member (
    grp   INTEGER NOT NULL REFERENCES scim_group(seq) ON DELETE CASCADE,
    user  INTEGER NOT NULL REFERENCES scim_user(seq) ON DELETE CASCADE,
    PRIMARY KEY (grp, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_member_user ON scim_member(user, grp);

CREATE TABLE target (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    app         INTEGER NOT NULL REFERENCES app(seq),
    name        TEXT NOT NULL COLLATE NOCASE,
    config      TEXT NOT NULL,                  -- JSON without credentials
    sealed      BLOB NOT NULL,                  -- credentials, encrypted
    stopped     TEXT,                           -- why no call is made until an administrator acts
    created_ms  INTEGER NOT NULL,
    UNIQUE (app, name)
) STRICT;

-- Desired state. In all three tables: rev grows when what is wanted changes,
-- applied_rev is the rev last brought about, due_ms is when to try next (NULL:
-- nothing to do, parked, or waiting for another row).
CREATE TABLE account (
    target       INTEGER NOT NULL REFERENCES target(seq) ON DELETE CASCADE,
    user         INTEGER NOT NULL,              -- scim_user.seq; the row may outlive the user
    spec         TEXT NOT NULL,                 -- JSON: attributes wanted
    username     TEXT,                          -- folded; NULL once removed or released
    state        TEXT NOT NULL,                 -- ensured (usable or not is left alone) | active | suspended | removed | released
    strip        INTEGER NOT NULL DEFAULT 0,    -- suspended: also out of the groups
    orphan       INTEGER NOT NULL DEFAULT 0,    -- the SCIM user is deleted
    present      INTEGER NOT NULL DEFAULT 0,    -- applied: 0 absent, 1 active, 2 suspended
    link         TEXT,                          -- JSON: AccountLink
    rev          INTEGER NOT NULL,
    applied_rev  INTEGER NOT NULL DEFAULT 0,
    due_ms       INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error_kind   TEXT,
    error        TEXT,
    parked       INTEGER NOT NULL DEFAULT 0,
    reason       TEXT NOT NULL,
    request      TEXT NOT NULL,
    policy       TEXT,
    changed_ms   INTEGER NOT NULL,
    applied_ms   INTEGER,
    PRIMARY KEY (target, user)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_username ON account(target, username) WHERE username IS NOT NULL;
CREATE INDEX account_due ON account(target, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX account_user ON account(user);
-- Whose account it is: asked before an account is taken by its name.
CREATE INDEX account_remote ON account(target, json_extract(link, '$.remote-id')) WHERE link IS NOT NULL;

CREATE TABLE directory_group (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    target       INTEGER NOT NULL REFERENCES target(seq) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL,                 -- folded
    on_missing   TEXT NOT NULL,
    state        TEXT NOT NULL,                 -- present | removed | released
    present      INTEGER NOT NULL DEFAULT 0,
    rev          INTEGER NOT NULL,
    applied_rev  INTEGER NOT NULL DEFAULT 0,
    due_ms       INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error_kind   TEXT,
    error        TEXT,
    parked       INTEGER NOT NULL DEFAULT 0,
    reason       TEXT NOT NULL,
    request      TEXT NOT NULL,
    policy       TEXT,
    changed_ms   INTEGER NOT NULL,
    applied_ms   INTEGER,
    UNIQUE (target, name_key)
) STRICT;
CREATE INDEX directory_group_due ON directory_group(target, due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE membership (
    grp          INTEGER NOT NULL REFERENCES directory_group(seq) ON DELETE CASCADE,
    user         INTEGER NOT NULL,
    target       INTEGER NOT NULL,
    wanted       INTEGER NOT NULL,
    applied      INTEGER,                       -- NULL: not known
    rev          INTEGER NOT NULL,
    due_ms       INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error_kind   TEXT,
    error        TEXT,
    parked       INTEGER NOT NULL DEFAULT 0,
    reason       TEXT NOT NULL,
    request      TEXT NOT NULL,
    policy       TEXT,
    changed_ms   INTEGER NOT NULL,
    applied_ms   INTEGER,
    PRIMARY KEY (grp, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_due ON membership(target, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX membership_user ON membership(user, target);

-- Which SCIM resource wants a directory group or a membership. Several may: the
-- wish goes when the last claim goes. source: a scim_group.seq, or 0 for the user itself.
CREATE TABLE group_claim (
    grp     INTEGER NOT NULL REFERENCES directory_group(seq) ON DELETE CASCADE,
    source  INTEGER NOT NULL,
    PRIMARY KEY (grp, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_claim_source ON group_claim(source);

CREATE TABLE member_claim (
    grp     INTEGER NOT NULL REFERENCES directory_group(seq) ON DELETE CASCADE,
    user    INTEGER NOT NULL,
    source  INTEGER NOT NULL,
    PRIMARY KEY (grp, user, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_claim_user ON member_claim(user, source);
CREATE INDEX member_claim_source ON member_claim(source, user) WHERE source > 0;

CREATE TABLE component (
    digest      TEXT PRIMARY KEY,               -- SHA-256 of the bytes
    bytes       BLOB NOT NULL,
    created_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE policy_version (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    app           INTEGER NOT NULL REFERENCES app(seq),
    number        INTEGER NOT NULL,
    digest        TEXT NOT NULL REFERENCES component(digest),
    settings      TEXT NOT NULL,
    grants        TEXT NOT NULL,
    name          TEXT NOT NULL DEFAULT '',
    semver        TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL,
    note          TEXT NOT NULL DEFAULT '',     -- why it failed, or why it is not snapshotted
    created_ms    INTEGER NOT NULL,
    activated_ms  INTEGER,
    UNIQUE (app, number)
) STRICT;

-- A configured component's memory image, as a component again: derived data.
CREATE TABLE snapshot (
    key    TEXT PRIMARY KEY,                    -- digest of component, settings and snapshotter
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE policy_entry (
    app        INTEGER NOT NULL REFERENCES app(seq),
    namespace  TEXT NOT NULL,
    key        TEXT NOT NULL,
    value      BLOB NOT NULL,
    revision   INTEGER NOT NULL,
    PRIMARY KEY (app, namespace, key)
) STRICT, WITHOUT ROWID;

-- A walk over all users and groups of an app that decides anew for each: after a target
-- was added, or rules were changed. It goes on where it was after a restart.
CREATE TABLE restatement (
    app          INTEGER PRIMARY KEY REFERENCES app(seq),
    users_after  INTEGER NOT NULL,              -- scim_user.seq done so far; all done: the largest integer
    groups_after INTEGER NOT NULL,
    generation   INTEGER NOT NULL,              -- grows when a walk begins anew before it ended
    reason       TEXT NOT NULL,
    started_ms   INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms    INTEGER NOT NULL,
    app      INTEGER,
    request  TEXT NOT NULL,
    actor    TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL                      -- JSON
) STRICT;
