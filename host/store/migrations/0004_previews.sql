-- What a version would change, as an administrator saw it. The digest is what an activation states.
CREATE TABLE preview (
    digest   TEXT PRIMARY KEY,
    app      INTEGER NOT NULL REFERENCES app(seq),
    version  INTEGER NOT NULL REFERENCES policy_version(id),
    base     INTEGER,                           -- the version in force then
    report   TEXT NOT NULL,                     -- JSON
    at_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX preview_app ON preview(app, at_ms);
