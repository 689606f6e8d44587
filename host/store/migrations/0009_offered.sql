-- Users and groups that were not sent but discovered in a target, and are shown to the identity provider so that it
-- can import them. No rule is asked about one until the identity provider writes it.
CREATE TABLE offered (
    kind      INTEGER NOT NULL,                 -- 0 user, 1 group
    resource  INTEGER NOT NULL,
    PRIMARY KEY (kind, resource)
) STRICT, WITHOUT ROWID;
