-- Every resource of an app in the order of creation. The row number is part of each index of a
-- table: these two hold nothing else.
CREATE INDEX scim_user_app ON scim_user(app);
CREATE INDEX scim_group_app ON scim_group(app);

-- Filters on `active` and on `meta.lastModified`.
CREATE INDEX scim_user_inactive ON scim_user(app) WHERE active = 0;
CREATE INDEX scim_user_modified ON scim_user(app, modified_ms);
CREATE INDEX scim_group_modified ON scim_group(app, modified_ms);

-- How many resources each block of 1,024 row numbers holds, so that the page at the far end is
-- found without passing over all the others. Kept by the triggers below, in every transaction.
CREATE TABLE scim_block (
    app    INTEGER NOT NULL,
    kind   INTEGER NOT NULL,                    -- 0: users, 1: groups
    block  INTEGER NOT NULL,                    -- seq / 1024
    count  INTEGER NOT NULL,
    PRIMARY KEY (app, kind, block)
) STRICT, WITHOUT ROWID;
INSERT INTO scim_block SELECT app, 0, seq >> 10, count(*) FROM scim_user GROUP BY app, seq >> 10;
INSERT INTO scim_block SELECT app, 1, seq >> 10, count(*) FROM scim_group GROUP BY app, seq >> 10;

CREATE TRIGGER scim_user_came AFTER INSERT ON scim_user BEGIN
    INSERT INTO scim_block VALUES (new.app, 0, new.seq >> 10, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER scim_user_went AFTER DELETE ON scim_user BEGIN
    UPDATE scim_block SET count = count - 1 WHERE app = old.app AND kind = 0 AND block = old.seq >> 10;
END;
CREATE TRIGGER scim_group_came AFTER INSERT ON scim_group BEGIN
    INSERT INTO scim_block VALUES (new.app, 1, new.seq >> 10, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER scim_group_went AFTER DELETE ON scim_group BEGIN
    UPDATE scim_block SET count = count - 1 WHERE app = old.app AND kind = 1 AND block = old.seq >> 10;
END;

-- Extensions that an administrator registered, as complete SCIM Schema documents.
CREATE TABLE app_schema (
    app       INTEGER NOT NULL REFERENCES app(seq),
    urn       TEXT NOT NULL COLLATE NOCASE,
    users     INTEGER NOT NULL,                 -- whether users have it
    groups    INTEGER NOT NULL,                 -- whether groups have it
    required  INTEGER NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (app, urn)
) STRICT, WITHOUT ROWID;

-- Grows with every change of the app's extensions: what was checked against older ones is not stored.
ALTER TABLE app ADD COLUMN schemas_rev INTEGER NOT NULL DEFAULT 0;

-- Values of extension attributes whose schema says that they are unique.
CREATE TABLE scim_unique (
    app        INTEGER NOT NULL,
    kind       INTEGER NOT NULL,                -- 0: users, 1: groups
    attribute  TEXT NOT NULL,                   -- urn:name, in lower case
    value      TEXT NOT NULL,                   -- in the form in which it is compared
    resource   INTEGER NOT NULL,                -- scim_user.seq or scim_group.seq
    PRIMARY KEY (app, kind, attribute, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_unique_resource ON scim_unique(kind, resource);

-- Clients that obtain access tokens (RFC 6749 section 4.4), each for one app.
CREATE TABLE oauth_client (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    app         INTEGER NOT NULL REFERENCES app(seq),
    name        TEXT NOT NULL COLLATE NOCASE,
    keys        TEXT,                           -- JSON Web Key Set, where it signs assertions
    created_ms  INTEGER NOT NULL,
    UNIQUE (app, name)
) STRICT;

CREATE TABLE oauth_secret (
    hash        BLOB PRIMARY KEY,               -- SHA-256 of the secret; the secret itself is shown once
    client      INTEGER NOT NULL REFERENCES oauth_client(seq) ON DELETE CASCADE,
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER                         -- set on rotation: the overlap
) STRICT, WITHOUT ROWID;

-- Assertions that were used (RFC 7523 section 3: each once), until they expire by themselves.
CREATE TABLE oauth_assertion (
    client      INTEGER NOT NULL,
    jti         BLOB NOT NULL,                  -- SHA-256 of the identifier
    expires_ms  INTEGER NOT NULL,
    PRIMARY KEY (client, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_assertion_expires ON oauth_assertion(expires_ms);
