//! Attempts on protected names: each is an alarm that an administrator looks at.

use serde_json::json;
use tidegate_store::audit::AuditLine;

use crate::apps::App;
use crate::clock::now_ms;

/// The line of the audit trail; logs it as well.
pub(crate) fn alarm(app: &App, request: &str, kind: &'static str, name: &str) -> AuditLine {
    tracing::error!(
        app = app.name,
        request,
        kind,
        name,
        "ALARM: the rules tried to touch what is protected"
    );
    AuditLine {
        at_ms: now_ms(),
        app: Some(app.seq),
        request: request.to_owned(),
        actor: "policy".into(),
        action: "alarm.protected".into(),
        subject: name.to_owned(),
        detail: json!({"kind": kind}),
    }
}
