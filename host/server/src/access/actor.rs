//! On whose behalf something is done, for the audit trail. A layer says it once, and lines that are written further in
//! find it here.

use serde_json::json;
use tidegate_store::audit::AuditLine;

use crate::apps::App;
use crate::clock::now_ms;

tokio::task_local! {
    static ACTING: Actor;
}

/// Who acts, from where, in which request.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    /// As the audit trail names it: `administrator:ada`, `token:ci`, `socket`.
    pub(crate) who: String,
    /// The address that the request came from; none: this machine.
    pub(crate) from: Option<String>,
    /// The request's id.
    pub(crate) request: String,
}

impl Actor {
    /// Somebody on this machine.
    pub(crate) fn here(who: &str) -> Self {
        Self {
            who: who.to_owned(),
            from: None,
            request: uuid::Uuid::now_v7().to_string(),
        }
    }

    /// A line about what they did.
    pub(crate) fn line(&self, action: &str, subject: &str, mut detail: serde_json::Value) -> AuditLine {
        if let (Some(from), Some(fields)) = (&self.from, detail.as_object_mut()) {
            fields.insert("from".into(), json!(from));
        }
        AuditLine {
            at_ms: now_ms(),
            app: None,
            request: self.request.clone(),
            actor: self.who.clone(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail,
        }
    }
}

/// Does something on somebody's behalf.
pub(crate) async fn acting<T>(actor: Actor, work: impl Future<Output = T>) -> T {
    ACTING.scope(actor, work).await
}

/// A task of its own, on behalf of the same.
pub(crate) fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let actor = ACTING.try_with(Clone::clone).ok();
    async move {
        match actor {
            Some(actor) => acting(actor, work).await,
            None => work.await,
        }
    }
}

/// Who acts; where nobody does, the host itself.
pub(crate) fn who() -> String {
    ACTING
        .try_with(|actor| actor.who.clone())
        .unwrap_or_else(|_| "host".into())
}

/// The request that it is done in; empty: none.
pub(crate) fn request() -> String {
    ACTING.try_with(|actor| actor.request.clone()).unwrap_or_default()
}

/// A line about something in an app, by whoever acts.
pub(crate) fn line(app: &App, action: &str, subject: &str, detail: serde_json::Value) -> AuditLine {
    AuditLine {
        at_ms: now_ms(),
        app: Some(app.seq),
        request: request(),
        actor: who(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail,
    }
}
