-- Each line of the audit trail has the SHA-256 of the hash before it and of itself (`audit/chain.rs`), so that none is
-- changed or taken out unseen. Lines that are there already begin the chain: their hashes are filled in beside this step.
ALTER TABLE audit ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
