//! Everything that requests, the reconciler and administrators share.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tidegate_runtime::Runtime;
use tidegate_runtime::registry::Registry;
use tidegate_store::{Store, StoreError};
use tokio::sync::{Notify, watch};

use crate::access::password::Passwords;
use crate::apps::Apps;
use crate::capabilities::HostCapabilities;
use crate::clock::now_ms;
use crate::doctor::Surroundings;
use crate::files::Files;
use crate::locks::Locks;
use crate::metrics::Metrics;
use crate::policies::Staged;
use crate::probation::Probation;
use crate::replay::Recorder;
use crate::shadow::Shadows;
use crate::trust::Trust;

/// The running Tidegate, without its listeners and loops.
#[derive(Debug)]
pub struct Service {
    /// Durable state.
    pub store: Store,
    /// The sandbox.
    pub runtime: Runtime,
    /// Which version decides for which app.
    pub registry: Registry,
    /// One lock per resource.
    pub locks: Locks,
    /// Counters.
    pub metrics: Metrics,
    /// Versions that are compiled and not active.
    pub staged: Staged,
    /// Versions that decide beside those in force.
    pub shadows: Shadows,
    /// What policies were asked lately.
    pub recorder: Recorder,
    /// New versions that are watched.
    pub probation: Probation,
    /// Rung when apps or targets came.
    pub changed: Notify,
    /// Rung when rules about drift changed.
    pub drift_asked: Notify,
    /// Changes when a walk is asked for.
    pub walks: watch::Sender<()>,
    /// Works on administrators' passwords.
    pub(crate) passwords: Passwords,
    /// Held while the audit trail is verified.
    pub(crate) audit_walk: tokio::sync::Mutex<()>,
    public_url: String,
    /// How this process was started, for [`crate::doctor`].
    pub(crate) surroundings: OnceLock<Surroundings>,
    pub(crate) trust: Trust,
    pub(crate) files: Files,
    apps: Arc<RwLock<Arc<Apps>>>,
    /// What policies may be granted.
    pub(crate) capabilities: Arc<HostCapabilities>,
}

impl Service {
    /// Opens the store and makes the engine. Policies are not loaded yet
    /// ([`Service::load_policies`]).
    ///
    /// # Errors
    /// The data directory, the database or the engine cannot be used.
    pub fn open(files: &Files, public_url: String, trust: Trust) -> anyhow::Result<Arc<Self>> {
        let store = files.open_store()?;
        let runtime = Runtime::new(Some(&files.compile_cache()))?;
        let metrics = Metrics::default();
        let apps = Apps::load(&store, &Apps::default(), &metrics)?;
        let apps = Arc::new(RwLock::new(Arc::new(apps)));
        let capabilities = Arc::new(HostCapabilities::new(store.clone(), Arc::clone(&apps)));
        Ok(Arc::new(Self {
            store,
            runtime,
            registry: Registry::default(),
            locks: Locks::default(),
            metrics,
            staged: Staged::default(),
            shadows: Shadows::default(),
            recorder: Recorder::default(),
            probation: Probation::default(),
            changed: Notify::new(),
            drift_asked: Notify::new(),
            walks: watch::Sender::new(()),
            passwords: Passwords::default(),
            audit_walk: tokio::sync::Mutex::default(),
            public_url,
            surroundings: OnceLock::new(),
            trust,
            files: files.clone(),
            apps,
            capabilities,
        }))
    }

    /// The apps as of now. Hold it for one request, not longer.
    #[must_use]
    pub fn apps(&self) -> Arc<Apps> {
        Arc::clone(&self.apps.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads apps, tokens and targets again and shows them to all later requests.
    ///
    /// # Errors
    /// A database error.
    pub fn reload_apps(&self) -> anyhow::Result<()> {
        let before = self.apps();
        let apps = Arc::new(Apps::load(&self.store, &before, &self.metrics)?);
        *self.apps.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&apps);
        // Only now: a loop that is woken looks at what is shown. It may sleep for a minute, for a reason that is gone.
        for target in apps.all().into_iter().flat_map(|app| &app.targets) {
            if before
                .target(target.seq)
                .is_none_or(|known| !Arc::ptr_eq(known, target))
            {
                target.wake.notify_one();
            }
        }
        self.changed.notify_one();
        Ok(())
    }

    /// What policies may do over another store, of the same apps.
    pub(crate) fn capabilities_over(&self, store: Store) -> HostCapabilities {
        HostCapabilities::new(store, Arc::clone(&self.apps))
    }

    /// Asks for a walk over everything in an app; it is made in the background.
    ///
    /// # Errors
    /// A database error.
    pub async fn restate(&self, app: i64, reason: &str) -> Result<(), StoreError> {
        self.store.begin_restatement(app, reason, now_ms()).await?;
        self.walks.send_replace(());
        Ok(())
    }

    /// Base of all addresses that are given out.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The base URL of an app, as Okta is to be told.
    #[must_use]
    pub fn base_url(&self, app_id: &str) -> String {
        format!("{}/scim/{app_id}/v2", self.public_url)
    }

    /// The issuer of an app's access tokens.
    #[must_use]
    pub fn issuer(&self, app_id: &str) -> String {
        format!("{}/oauth/{app_id}", self.public_url)
    }
}
