//! A target with its connector.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_directory::connector::{Connector, ConnectorError, TargetInfo};
use tidegate_directory::products;
use tidegate_directory::target::TargetConfig;
use tidegate_store::targets::TargetRow;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::metrics::Metrics;

/// What a product said of itself.
pub(crate) type Probed = Result<Arc<TargetInfo>, ConnectorError>;

/// One target with its connector.
pub struct Target {
    /// Row number.
    pub seq: i64,
    /// How it is reached.
    pub config: TargetConfig,
    connector: Result<Arc<dyn Connector>, ConnectorError>,
    /// Rung when rows may have fallen due.
    pub wake: Arc<Notify>,
    stopped: Mutex<Option<String>>,
    paused_until_ms: AtomicI64,
    resting: Mutex<Option<(String, i64)>>,
    probed: Mutex<Option<(Instant, Arc<TargetInfo>)>>,
    /// Times that it was asked what it is, and the last answer.
    asked: AtomicU64,
    answer: tokio::sync::Mutex<Option<Probed>>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("seq", &self.seq)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Target {
    /// One target that cannot be set up (no root certificates, say) stops alone: writes of
    /// Okta's are stored all the same, and the other targets go on.
    pub(crate) fn new(row: TargetRow, wake: Arc<Notify>, metrics: &Metrics) -> Self {
        let connector = products::connect_observed(&row.config, metrics.observer(&row.config.name));
        let mut stopped = row.stopped;
        if let Err(error) = &connector {
            tracing::error!(target_name = row.config.name, %error, "a target cannot be set up; it is stopped");
            stopped = Some(error.to_string());
        }
        Self {
            seq: row.seq,
            config: row.config,
            connector,
            wake,
            stopped: Mutex::new(stopped),
            paused_until_ms: AtomicI64::new(0),
            resting: Mutex::default(),
            probed: Mutex::default(),
            asked: AtomicU64::new(0),
            answer: tokio::sync::Mutex::default(),
        }
    }

    /// Asks the product what it is and can do, which proves the credentials by one call before others use them, and
    /// keeps the answer. Its connector then uses what that version has. Who comes while somebody asks gets that
    /// answer: each question may be a failed log-in.
    ///
    /// # Errors
    /// Those of [`products::probe`].
    pub async fn probe(&self) -> Result<Arc<TargetInfo>, ConnectorError> {
        let before = self.asked.load(Ordering::Acquire);
        let mut last = self.answer.lock().await;
        let answered = last
            .as_ref()
            .filter(|_| self.asked.load(Ordering::Acquire) != before);
        if let Some(answer) = answered {
            return answer.clone();
        }
        let answer = match self.connector() {
            Ok(connector) => products::probe(&self.config, connector.as_ref())
                .await
                .map(Arc::new),
            Err(error) => Err(error),
        };
        if let Ok(info) = &answer {
            *self.probed.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), Arc::clone(info)));
        }
        self.asked.fetch_add(1, Ordering::Release);
        *last = Some(answer.clone());
        answer
    }

    /// What it was found to be, and how long ago; none: it was not asked yet, or was away since.
    #[must_use]
    pub fn probed(&self) -> Option<(Duration, Arc<TargetInfo>)> {
        let probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        probed.as_ref().map(|(at, info)| (at.elapsed(), Arc::clone(info)))
    }

    #[cfg(test)]
    pub(crate) fn probed_now(&self, info: TargetInfo) {
        *self.probed.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::new(info)));
    }

    /// It may have come back as another version.
    pub(crate) fn forget(&self) {
        *self.probed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What calls go through.
    ///
    /// # Errors
    /// It could not be set up.
    pub fn connector(&self) -> Result<&Arc<dyn Connector>, ConnectorError> {
        self.connector.as_ref().map_err(Clone::clone)
    }

    /// Why no call is made until an administrator acts.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Stops the target, or lets it go on; the store is told apart.
    pub fn stop(&self, reason: Option<String>) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = reason;
        self.wake.notify_one();
    }

    /// Why the product is left alone, and until when (milliseconds since 1970).
    #[must_use]
    pub fn resting(&self) -> Option<(String, i64)> {
        self.resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The product is left alone for a while, or no longer.
    pub(crate) fn rest(&self, why: Option<(String, i64)>) {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// The product asked for a pause: no call is made before this time.
    pub fn pause(&self, until_ms: i64) {
        self.paused_until_ms.fetch_max(until_ms, Ordering::Relaxed);
    }

    /// Until when the product wants no call, in milliseconds since 1970; 0: it never said so.
    #[must_use]
    pub fn paused_until_ms(&self) -> i64 {
        self.paused_until_ms.load(Ordering::Relaxed)
    }
}
