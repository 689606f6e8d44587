//! Stopping a target until an administrator acts.

use tidegate_store::audit::AuditLine;

use crate::apps::Target;
use crate::clock::now_ms;
use crate::service::Service;

impl Service {
    /// No call is made any longer, since going on would lock the account (CAPTCHA) and help nobody. It is on
    /// record, and stays so after a restart.
    pub(crate) async fn stop_target(&self, target: &Target, reason: &str) {
        if target.stopped().is_some() {
            return;
        }
        tracing::error!(
            target_name = target.config.name,
            error = reason,
            "the target is stopped: mend its credentials"
        );
        target.stop(Some(reason.to_owned()));
        let line = AuditLine {
            at_ms: now_ms(),
            app: None,
            request: String::new(),
            actor: "reconciler".into(),
            action: "target.stop".into(),
            subject: target.config.name.clone(),
            detail: serde_json::json!({"reason": reason}),
        };
        let stored = self.store.stop_target(target.seq, Some(reason)).await;
        let noted = self.store.audit(line).await;
        if let Err(error) = stored.and(noted) {
            tracing::error!(target_name = target.config.name, %error, "the stop of a target was not stored");
        }
    }
}
