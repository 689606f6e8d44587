-- Rows that take something from a user and wait for an administrator, or for the end of the walk that
-- made them, are not handed out.
ALTER TABLE account ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE directory_group ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE membership ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
DROP INDEX account_due;
CREATE INDEX account_due ON account(target, due_ms) WHERE due_ms IS NOT NULL AND held = 0;
DROP INDEX directory_group_due;
CREATE INDEX directory_group_due ON directory_group(target, due_ms) WHERE due_ms IS NOT NULL AND held = 0;
DROP INDEX membership_due;
CREATE INDEX membership_due ON membership(target, due_ms) WHERE due_ms IS NOT NULL AND held = 0;
CREATE INDEX account_held ON account(target) WHERE held = 1;
CREATE INDEX directory_group_held ON directory_group(target) WHERE held = 1;
CREATE INDEX membership_held ON membership(target) WHERE held = 1;

-- Who lost something in a target, and when last: what the brake counts.
CREATE TABLE harm (
    target  INTEGER NOT NULL REFERENCES target(seq) ON DELETE CASCADE,
    user    INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (target, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX harm_at ON harm(target, at_ms);

-- Targets in which too many lost something: what takes more away waits for an administrator.
CREATE TABLE brake (
    target    INTEGER PRIMARY KEY REFERENCES target(seq) ON DELETE CASCADE,
    since_ms  INTEGER NOT NULL,
    users     INTEGER NOT NULL,                 -- who lost something within the window, when it was pulled
    allowed   INTEGER NOT NULL
) STRICT;
