-- When the identity provider last came with the app's credential, and what it calls itself: "connected" on the pages.
ALTER TABLE app ADD COLUMN heard_ms INTEGER;
ALTER TABLE app ADD COLUMN heard_client TEXT NOT NULL DEFAULT '';
