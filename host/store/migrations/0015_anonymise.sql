-- An administrator's wish that an account loses its name for good: 0 none, 1 to be done, 2 done. Nothing that the
-- rules decide takes back 1 but that the account is to be used again; and of 2 nothing else makes work.
ALTER TABLE account ADD COLUMN anonymise INTEGER NOT NULL DEFAULT 0;
