-- Who wants to change the trail must say so to SQLite first; the chain tells it all the same.
CREATE TRIGGER audit_stays AFTER UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
