//! The apps as the running server sees them: tokens, targets, connectors. One immutable
//! picture, replaced as a whole when an administrator changes something, so that no
//! request sees half a change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::protected::Protected;
use tidegate_directory::target::TargetConfig;
use tidegate_runtime::TargetView;
use tidegate_store::Store;
use tidegate_store::apps::{TokenHash, hash_token};
use tidegate_store::targets::TargetRow;
use tokio::sync::Notify;

/// One app.
#[derive(Debug)]
pub struct App {
    /// Row number.
    pub seq: i64,
    /// Its part of the base URL.
    pub id: String,
    /// The administrator's name for it.
    pub name: String,
    /// Names that no policy may touch.
    pub protected: Protected,
    /// Where its changes go.
    pub targets: Vec<Arc<Target>>,
    tokens: Vec<(TokenHash, Option<i64>)>,
}

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
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("seq", &self.seq)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Every app.
#[derive(Debug, Default)]
pub struct Apps {
    by_id: HashMap<String, Arc<App>>,
}

impl App {
    /// Whether the token opens this app now. Compares hashes of 256 random bits: what a
    /// comparison's timing tells about a hash helps nobody to find a token.
    #[must_use]
    pub fn accepts(&self, token: &str, now_ms: i64) -> bool {
        let hash = hash_token(token);
        let valid = |(known, until): &(TokenHash, Option<i64>)| {
            *known == hash && until.is_none_or(|until| now_ms < until)
        };
        self.tokens.iter().any(valid)
    }

    /// The targets as a policy sees them.
    #[must_use]
    pub fn target_views(&self) -> Vec<TargetView> {
        let view = |target: &Arc<Target>| TargetView {
            name: target.config.name.clone(),
            product: target.config.product,
            directory: target.config.directory.clone(),
        };
        self.targets.iter().map(view).collect()
    }

    /// The target of that name, without case.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Arc<Target>> {
        self.targets
            .iter()
            .find(|target| target.config.name.eq_ignore_ascii_case(name))
    }
}

impl Target {
    /// One target that cannot be set up (no root certificates, say) stops alone: writes of
    /// Okta's are stored all the same, and the other targets go on.
    fn new(row: TargetRow, wake: Arc<Notify>) -> Self {
        let connector = products::connect(&row.config);
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
        }
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
}

impl Apps {
    /// Reads everything from the store. Targets that did not change keep their connector
    /// and their bell from `before`.
    ///
    /// # Errors
    /// A database error, or a secret that the key does not open.
    pub fn load(store: &Store, before: &Self) -> anyhow::Result<Self> {
        let kept: HashMap<i64, &Arc<Target>> = before
            .by_id
            .values()
            .flat_map(|app| &app.targets)
            .map(|target| (target.seq, target))
            .collect();
        let mut targets: HashMap<i64, Vec<Arc<Target>>> = HashMap::new();
        for row in store.targets()? {
            let (known, app) = (kept.get(&row.seq), row.app);
            let target = match known {
                Some(target) if target.config == row.config => Arc::clone(target),
                _ => {
                    let wake = known.map_or_else(Arc::default, |target| Arc::clone(&target.wake));
                    Arc::new(Target::new(row, wake))
                }
            };
            targets.entry(app).or_default().push(target);
        }
        let mut tokens: HashMap<i64, Vec<(TokenHash, Option<i64>)>> = HashMap::new();
        for (hash, app, until) in store.tokens()? {
            tokens.entry(app).or_default().push((hash, until));
        }
        let mut by_id = HashMap::new();
        for row in store.apps()? {
            let app = App {
                seq: row.seq,
                id: row.id.clone(),
                name: row.name,
                protected: row.options.protected,
                targets: targets.remove(&row.seq).unwrap_or_default(),
                tokens: tokens.remove(&row.seq).unwrap_or_default(),
            };
            by_id.insert(row.id, Arc::new(app));
        }
        Ok(Self { by_id })
    }

    /// The app of that base URL.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Arc<App>> {
        self.by_id.get(id)
    }

    /// The app with that row number.
    #[must_use]
    pub fn by_seq(&self, seq: i64) -> Option<&Arc<App>> {
        self.by_id.values().find(|app| app.seq == seq)
    }

    /// The app of that name, without case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Arc<App>> {
        self.by_id
            .values()
            .find(|app| app.name.eq_ignore_ascii_case(name))
    }

    /// All of them, by name.
    #[must_use]
    pub fn all(&self) -> Vec<&Arc<App>> {
        let mut all: Vec<_> = self.by_id.values().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The target with that row number.
    #[must_use]
    pub fn target(&self, seq: i64) -> Option<&Arc<Target>> {
        self.by_id
            .values()
            .flat_map(|app| &app.targets)
            .find(|target| target.seq == seq)
    }
}
