//! What decides, and what it is stored in.

use std::sync::Arc;

use super::{Finding, bad, good};
use crate::service::Service;

pub(super) async fn look(service: &Arc<Service>) -> Vec<Finding> {
    let mut findings = vec![migrations(service)];
    let apps = service.apps();
    let unruled = |seq| service.registry.current(seq).is_none();
    if apps.all().iter().any(|app| unruled(app.seq)) {
        // Where a command looks and no server runs nothing was loaded yet; a server tries once more.
        service.load_policies().await;
    }
    for app in apps.all() {
        let what = format!("rules of {}", app.name);
        findings.push(if unruled(app.seq) {
            bad(
                what,
                "the active version does not load: writes are refused",
                "tidegate policy list has the reason; tidegate policy rollback goes back",
            )
        } else {
            good(what, "the active version decides")
        });
    }
    findings
}

fn migrations(service: &Service) -> Finding {
    const WHAT: &str = "database";
    match service.store.schema_version() {
        Ok((found, known)) if found == known => good(WHAT, format!("schema version {found}")),
        Ok((found, known)) => bad(
            WHAT,
            format!("schema version {found}, this program knows {known}"),
            "let the newest tidegate alone use it",
        ),
        Err(error) => bad(
            WHAT,
            error.to_string(),
            "look at the disk; tidegate restore makes it anew",
        ),
    }
}
