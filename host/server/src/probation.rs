//! New rules are watched: where they fail instead of deciding, the rules before them come back by themselves.
//!
//! A failure is a trap, a limit, an answer that cannot be read. A rejection is a decision.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tidegate_runtime::{Failure, Version};
use tidegate_store::audit::AuditLine;
use tidegate_store::policies::VersionRow;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::now_ms;
use crate::policies::PolicyError;
use crate::service::Service;

/// How long a version is watched after it was activated.
const WATCHED: Duration = Duration::from_secs(600);

/// Failures that are needed: one odd resource is no reason to go back …
const FAILURES: u32 = 5;

/// … and of how many decisions at most: one in five.
const SHARE: u32 = 5;

/// Versions that are watched, by the app's row number.
#[derive(Debug)]
pub struct Probation {
    watched: Mutex<HashMap<i64, Watched>>,
    tipped: UnboundedSender<Tipped>,
    returns: Mutex<Option<UnboundedReceiver<Tipped>>>,
}

#[derive(Debug)]
struct Watched {
    /// Row number of the version.
    row: i64,
    digest: String,
    until: Instant,
    decided: u32,
    failed: u32,
}

/// A version that failed too often.
#[derive(Debug)]
struct Tipped {
    app: i64,
    row: i64,
    decided: u32,
    failed: u32,
    cause: String,
}

impl Default for Probation {
    fn default() -> Self {
        let (tipped, returns) = unbounded_channel();
        Self {
            watched: Mutex::default(),
            tipped,
            returns: Mutex::new(Some(returns)),
        }
    }
}

impl Probation {
    /// A version was activated: it is watched from now on.
    pub(crate) fn begin(&self, app: i64, row: i64, version: &Version) {
        let watched = Watched {
            row,
            digest: version.digest().to_owned(),
            until: Instant::now() + WATCHED,
            decided: 0,
            failed: 0,
        };
        self.lock().insert(app, watched);
    }

    /// The app's version is watched no longer: an administrator went back.
    pub(crate) fn end(&self, app: i64) {
        self.lock().remove(&app);
    }

    /// What became of one decision.
    pub(crate) fn note(&self, app: i64, version: &Version, failure: Option<&Failure>) {
        let failure = failure.filter(|failure| !matches!(failure, Failure::Overloaded | Failure::Host(_)));
        let mut all = self.lock();
        let Some(watched) = all
            .get_mut(&app)
            .filter(|watched| watched.digest == version.digest())
        else {
            return;
        };
        if Instant::now() >= watched.until {
            all.remove(&app);
            return;
        }
        watched.decided = watched.decided.saturating_add(1);
        let Some(failure) = failure else { return };
        watched.failed = watched.failed.saturating_add(1);
        if watched.failed < FAILURES || watched.failed.saturating_mul(SHARE) < watched.decided {
            return;
        }
        let tipped = Tipped {
            app,
            row: watched.row,
            decided: watched.decided,
            failed: watched.failed,
            cause: failure.to_string(),
        };
        all.remove(&app);
        // Nobody listens where no server runs: commands make no decisions of clients.
        drop(self.tipped.send(tipped));
    }

    /// Once per process.
    fn receiver(&self) -> Option<UnboundedReceiver<Tipped>> {
        self.returns.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings predecessors back, until told to stop.
pub(crate) async fn run(service: Arc<Service>, stop: CancellationToken) {
    let Some(mut returns) = service.probation.receiver() else {
        return;
    };
    loop {
        let tipped = tokio::select! {
            () = stop.cancelled() => return,
            tipped = returns.recv() => tipped,
        };
        let Some(tipped) = tipped else { return };
        if let Err(error) = go_back(&service, &tipped).await {
            tracing::error!(app = tipped.app, %error, "the rules fail, and there is nothing to go back to");
        }
    }
}

async fn go_back(service: &Arc<Service>, tipped: &Tipped) -> Result<(), PolicyError> {
    let apps = service.apps();
    let Some(app) = apps.by_seq(tipped.app) else {
        return Ok(());
    };
    let canary = app.options.canary;
    let is_canary = |row: &VersionRow| canary.is_some_and(|canary| canary.number == row.number);
    let failed_row = service.store.version(tipped.row)?;
    if is_canary(&failed_row) {
        let note = format!(
            "{} of its first {} decisions failed: {}",
            tipped.failed, tipped.decided, tipped.cause
        );
        tracing::error!(
            app = app.name,
            note,
            "ALARM: a canary fails: the version in force decides about all again"
        );
        service.metrics.alarms.inc();
        service.set_canary(app, None).await?;
        service
            .store
            .set_version_state(tipped.row, "failed", &note)
            .await?;
        return service.note(app, "policy.return", &failed_row, &note).await;
    }
    // An administrator was quicker.
    if service.store.app(app.seq)?.active_version != Some(tipped.row) {
        return Ok(());
    }
    let back = service.rollback(app).await?;
    let Tipped {
        decided,
        failed,
        cause,
        ..
    } = tipped;
    let note = format!(
        "{failed} of its first {decided} decisions failed, so version {} decides again: {cause}",
        back.number
    );
    tracing::error!(
        app = app.name,
        note,
        "ALARM: new rules fail: the rules before them are back"
    );
    service.metrics.alarms.inc();
    service.store.fail_replaced(tipped.row, &note).await?;
    let line = AuditLine {
        at_ms: now_ms(),
        app: Some(app.seq),
        request: String::new(),
        actor: "host".into(),
        action: "policy.return".into(),
        subject: format!("{} version {}", app.name, back.number),
        detail: json!({"failed": failed, "decided": decided, "cause": cause}),
    };
    Ok(service.store.audit(line).await?)
}
