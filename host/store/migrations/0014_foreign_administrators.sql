-- Administrators who sign in elsewhere, by OpenID Connect: who they are is said by issuer and subject together, never by
-- a name. They have no password here: '' is none, and no password has it for a hash. (SQLite cannot take a NOT NULL
-- away without making the table anew, and with it everybody's sessions.)
ALTER TABLE administrator ADD COLUMN issuer TEXT;
ALTER TABLE administrator ADD COLUMN subject TEXT CHECK ((issuer IS NULL) = (subject IS NULL));
CREATE UNIQUE INDEX administrator_identity ON administrator(issuer, subject) WHERE issuer IS NOT NULL;
