//! The audit trail is append-only, and says where it was changed all the same.

#![allow(
    clippy::unwrap_used,
    reason = "a test that finds something else than it looks for ends there"
)]

use rusqlite::Connection;
use serde_json::json;
use tidegate_store::Store;
use tidegate_store::audit::AuditLine;
use tidegate_store::seal::Sealer;

fn line(subject: &str) -> AuditLine {
    AuditLine {
        at_ms: 1,
        app: None,
        request: "r".into(),
        actor: "test".into(),
        action: "do".into(),
        subject: subject.into(),
        detail: json!({"a": 1}),
    }
}

fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("tidegate.db"), Sealer::new(&[7; 32])).unwrap()
}

/// The database as somebody with a shell sees it.
fn by_hand(folder: &tempfile::TempDir, what: &str) -> rusqlite::Result<()> {
    Connection::open(folder.path().join("tidegate.db"))?.execute_batch(what)
}

const UNLOCK: &str = "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept;";

async fn of_ten() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    for count in 1..=10 {
        store.audit(line(&count.to_string())).await.unwrap();
    }
    (folder, store)
}

#[tokio::test]
async fn what_is_written_is_whole_and_cannot_be_changed() {
    let (folder, store) = of_ten().await;
    for change in [
        "UPDATE audit SET subject = 'x' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
    ] {
        let refused = by_hand(&folder, change).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    let verified = store.verify_audit().await.unwrap();
    assert_eq!((verified.lines, verified.last, verified.broken), (10, 10, None));
    let last = store.audit_page(0, 9, 10).await.unwrap();
    assert_eq!(last.last().unwrap().hash, verified.hash);
    assert_eq!(last.first().unwrap().line, line("10"));
}

#[tokio::test]
async fn the_first_broken_line_is_named() {
    for (change, named) in [
        ("UPDATE audit SET subject = 'x' WHERE seq = 3", 3),
        ("UPDATE audit SET at_ms = 2 WHERE seq IN (4, 7)", 4),
        ("UPDATE audit SET hash = x'00' WHERE seq = 6", 6),
        ("UPDATE audit SET actor = 'do', action = 'test' WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 8", 8),
        ("DELETE FROM audit WHERE seq = 1", 2),
        ("DELETE FROM audit WHERE seq > 8", 9),
    ] {
        let (folder, store) = of_ten().await;
        by_hand(&folder, &format!("{UNLOCK}{change}")).unwrap();
        let broken = store.verify_audit().await.unwrap().broken.expect(change);
        assert_eq!(broken.line, named, "{change}: {}", broken.why);
    }
}
